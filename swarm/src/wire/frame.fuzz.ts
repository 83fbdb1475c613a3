import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { STATEMENT_LEAST_BYTES } from "../catalogue/entry.ts";
import { peerIdFrom } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { DEVICE, type Device, safePersonName } from "../person.ts";
import { type Block, decodeFrame, encodeFrame, type Message } from "./frame.ts";

const runs = { numRuns: Number(env["FUZZ_RUNS"] ?? 20_000) };

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
const is = <Type extends string>(type: Type) => fc.constant(type);
const block: fc.Arbitrary<Block> = fc.record({
  piece: u32,
  offset: u32,
  length: fc.integer({ min: 1, max: LIMITS.blockBytes }),
});

const id = bytes(32).map(peerIdFrom);
const signal = {
  kind: fc.constantFrom("offer" as const, "answer" as const, "candidate" as const),
  exchange: bytes(16).map(toBase64url),
  body: bytes(1, 300),
};

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: is("hello"), peerKey: bytes(32), nonce: bytes(32) }),
  fc.record({
    type: is("proof"),
    mac: bytes(32),
    signature: bytes(64),
    ownerSignature: fc.option(bytes(64)),
  }),
  fc.record({
    type: is("goodbye"),
    reason: fc.constantFrom("leaving" as const, "badData" as const, "version" as const),
  }),
  fc.record({
    type: is("person"),
    device: fc.option(fc.constantFrom(...(Object.keys(DEVICE) as Device[]))),
    name: fc.string({ unit: "binary", maxLength: LIMITS.personNameBytes / 4 }),
  }),
  fc.record({ type: is("manifest-request"), offset: u32 }),
  fc.record({ type: is("manifest-part"), totalBytes: u32, offset: u32, part: bytes(1, 300) }),
  fc.record({ type: fc.constantFrom("page-request" as const, "page-reject" as const), page: u32 }),
  fc.record({
    type: is("page"),
    page: u32,
    signature: bytes(64),
    hashes: fc.integer({ min: 1, max: 5 }).chain((count) => bytes(32 * count)),
  }),
  fc.record({ type: is("bitfield"), bits: bytes(1, 300) }),
  fc.record({ type: is("have"), pieces: fc.array(u32, { minLength: 1, maxLength: 30 }) }),
  fc.record({
    type: fc.constantFrom(
      ...(["have-all", "have-none", "choke", "unchoke", "interested", "not-interested"] as const),
    ),
  }),
  fc.record({
    type: fc.constantFrom("request" as const, "reject" as const, "cancel" as const),
    block,
  }),
  fc.record({ type: is("data"), piece: u32, offset: u32, payload: bytes(1, 300) }),
  fc.record({
    type: is("end"),
    reason: fc.constantFrom("stopped" as const, "sourceChanged" as const),
    signature: bytes(64),
  }),
  fc.record({
    type: is("catalogue"),
    statement: bytes(STATEMENT_LEAST_BYTES, 300).map((any) => any.with(64, 1)), // Of this version.
  }),
  fc.record({ type: is("introduction"), isHidden: fc.boolean(), agreement: bytes(96) }),
  fc.record({
    type: is("peers"),
    introductions: fc.integer({ min: 1, max: 5 }).chain((count) => bytes(128 * count)),
  }),
  fc.record({
    type: is("gone"),
    ids: fc.integer({ min: 1, max: 5 }).chain((count) => bytes(32 * count)),
  }),
  fc.record({ type: is("relay"), to: id, ...signal }),
  fc.record({ type: is("relayed"), from: id, ...signal }),
  fc.record({ type: is("relay-answer"), exchange: signal.exchange, isPassedOn: fc.boolean() }),
  fc.record({ type: is("overlay"), content: bytes(1, 300) }),
);

/** Types that exist come up as often as those that don't. */
const anything = fc
  .tuple(
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(
        1,
        2,
        3,
        4,
        0x10,
        0x11,
        0x12,
        0x13,
        0x14,
        0x20,
        0x23,
        0x40,
        0x43,
        0x50,
        0x52,
        0x60,
        0x61,
        0x62,
        0x63,
        0x64,
        0x65,
        0x68,
      ),
    ),
    bytes(0, 200),
  )
  .map(([type, rest]) => new Uint8Array([type, ...rest]));

describe("frames", { timeout: 10_000 + runs.numRuns * 5 }, () => {
  test("any message survives the round trip", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeFrame(encodeFrame(sent))).toEqual({ kind: "message", message: sent });
      }),
      runs,
    );
  });

  test("arbitrary bytes never throw, and what is read from them is what they say", () => {
    fc.assert(
      fc.property(anything, (frame) => {
        const decoded = decodeFrame(frame);
        if (decoded.kind !== "message") return;
        const again = encodeFrame(decoded.message);
        // Some liberties: HELLO may be longer, unknown reasons for a goodbye mean leaving, and
        // unknown devices none; of a yes or no one bit counts.
        if (decoded.message.type === "hello") expect(again.slice(0, 7)).toEqual(frame.slice(0, 7));
        else if (decoded.message.type === "goodbye") expect(again).toHaveLength(frame.length);
        else if (decoded.message.type === "person") expect(again.slice(2)).toEqual(frame.slice(2));
        else if (decoded.message.type === "introduction") {
          expect(again.slice(2)).toEqual(frame.slice(2));
        } else if (decoded.message.type === "relay-answer") {
          expect(again.slice(0, 17)).toEqual(frame.slice(0, 17));
        } else expect(again).toEqual(frame);
      }),
      runs,
    );
  });

  test("a name of any text is made harmless, once and for all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const safe = safePersonName(name);
        expect(
          encodeFrame({ type: "person", device: null, name: safe }).length,
        ).toBeLessThanOrEqual(2 + LIMITS.personNameBytes);
        expect(safe).not.toMatch(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]|^\s|\s$/u);
        expect(safePersonName(safe)).toBe(safe);
      }),
      runs,
    );
  });

  test("a good frame with a byte changed never throws", () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (sent, at, value) => {
        const frame = encodeFrame(sent);
        frame[at % frame.length] = value;
        expect(["message", "unknown", "malformed", "other-version"]).toContain(
          decodeFrame(frame).kind,
        );
      }),
      runs,
    );
  });
});
