import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url, u32 } from "../bytes.ts";
import { type PeerId, swarmIdOf } from "../ids.ts";
import { type Address, associatedData, decodeEnvelope, encodeEnvelope } from "./envelope.ts";

const filled = (count: number, value: number) => new Uint8Array(count).fill(value);
const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
const envelope = fc.record({
  counter: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  freshKey: fc.option(bytes(32)),
  nonce: bytes(12),
  sealed: bytes(17, 100),
});

test("any envelope survives the round trip", () => {
  fc.assert(
    fc.property(envelope, (sent) => {
      expect(decodeEnvelope(encodeEnvelope(sent))).toEqual(sent);
    }),
  );
});

test("the format stays what it is", () => {
  const hex = (body: string): string => Buffer.from(body, "base64url").toString("hex");
  const sent = { counter: 0x0102, nonce: filled(12, 2), sealed: filled(17, 3) };
  const rest = `${"02".repeat(12)}${"03".repeat(17)}`;
  expect(hex(encodeEnvelope({ ...sent, freshKey: null }))).toBe(`010201000000${rest}`);
  expect(hex(encodeEnvelope({ ...sent, freshKey: filled(32, 1) }))).toBe(
    `010201000001${"01".repeat(32)}${rest}`,
  );
});

describe("anything else", () => {
  const good = [1, 0, 0, 0, 0, 0, ...filled(12, 2), ...filled(17, 3)];
  const with_ = (at: number, value: number): number[] => good.with(at, value);

  test.each([
    ["nothing", []],
    ["a later version", with_(0, 2)],
    ["an unknown flag", with_(5, 2)],
    ["a key's flag without room for the key", with_(5, 1)],
    ["a tag over no text", good.slice(0, -1)],
  ])("%s is no envelope", (_what, broken) => {
    expect(decodeEnvelope(toBase64url(Uint8Array.from(good)))).not.toBeNull();
    expect(decodeEnvelope(toBase64url(Uint8Array.from(broken)))).toBeNull();
  });

  test("text that isn't base64url is no envelope", () => {
    expect(decodeEnvelope("{}")).toBeNull();
  });

  test("arbitrary bytes never throw, and what is read from them is what they say", () => {
    fc.assert(
      fc.property(bytes(0, 120), fc.boolean(), (body, isLikely) => {
        if (isLikely) body.set([1, 0, 0, 0, 0, (body[5] ?? 0) & 1].slice(0, body.length));
        const text = toBase64url(body);
        const read = decodeEnvelope(text);
        expect(read === null ? text : encodeEnvelope(read)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("everything about a signal changes what its seal covers", () => {
  const id = (value: number): PeerId => toBase64url(filled(32, value)) as PeerId;
  const address: Address = {
    swarm: swarmIdOf(filled(32, 1)),
    from: id(2),
    to: id(3),
    kind: "offer",
    exchange: toBase64url(filled(16, 4)),
  };
  const key = filled(32, 5);
  const all = [
    associatedData(address, 0, null),
    associatedData(address, 1, null),
    associatedData(address, 0, key),
    associatedData(address, 0, filled(32, 6)),
    associatedData({ ...address, swarm: swarmIdOf(filled(32, 9)) }, 0, null),
    associatedData({ ...address, from: id(9) }, 0, null),
    associatedData({ ...address, to: id(9) }, 0, null),
    associatedData({ ...address, from: address.to, to: address.from }, 0, null),
    associatedData({ ...address, kind: "answer" }, 0, null),
    associatedData({ ...address, kind: "candidate" }, 0, null),
    associatedData({ ...address, exchange: toBase64url(filled(16, 9)) }, 0, null),
  ].map((covered) => covered.toString());
  expect(new Set(all).size).toBe(all.length);
  expect(associatedData(address, 7, null).slice(-4)).toEqual(u32(7));
});
