import fc from "fast-check";
import { expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import type { Answer, Message, Question, RingRecord } from "./io.ts";
import type { RingId } from "./position.ts";
import { decodeMessage, encodeMessage } from "./wire.ts";

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => new Uint8Array(array));
const id = bytes(32).map((array) => toBase64url(array) as RingId);
const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const circuit = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const u8 = fc.nat(255);
const type = <Type extends string>(name: Type) => fc.constant(name);
const linkPurpose = fc.constantFrom("near" as const, "finger" as const);
const purpose = fc.oneof(linkPurpose, fc.constant("swarm" as const));
const signal = bytes(1, 40);
const record: fc.Arbitrary<RingRecord> = fc.record({
  key: id,
  slot: bytes(16).map(toBase64url),
  sequence: u48,
  expiresMs: u48,
  content: bytes(0, 60),
});
const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ type: type("find"), except: fc.option(id) }),
  fc.record({ type: type("get"), key: id }),
  fc.record({ type: type("put"), record }),
  fc.record({ type: type("call"), to: id, purpose, signal }),
);
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ type: type("nearest"), ids: fc.array(id, { maxLength: 7 }) }),
  fc.record({ type: type("records"), records: fc.array(record, { maxLength: 16 }) }),
  fc.record({ type: type("signal"), signal }),
  fc.constantFrom<Answer>({ type: "stored" }, { type: "refused" }),
);
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: type("near"), ids: fc.array(id, { maxLength: 6 }) }),
  fc.record({ type: type("hello"), purpose: linkPurpose }),
  fc.record({ type: type("question"), circuit, target: u48, hopsLeft: u8, question }),
  fc.record({ type: type("answer"), circuit, hops: u8, answer }),
  fc.record({ type: type("more"), circuit, signal }),
);

test("any message survives the round trip", () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(decodeMessage(encodeMessage(sent))).toEqual({ kind: "message", message: sent });
    }),
    { numRuns: 1000 },
  );
});

test("arbitrary and damaged bytes never throw, and what is read from them is what they say", () => {
  fc.assert(
    fc.property(message, bytes(0, 80), fc.nat(), fc.nat(255), (sent, random, at, value) => {
      const damaged = encodeMessage(sent);
      damaged[at % damaged.length] = value;
      for (const read of [random, damaged, damaged.slice(0, at % damaged.length)]) {
        const decoded = decodeMessage(read);
        const again = decoded.kind === "message" ? encodeMessage(decoded.message) : read;
        expect(again).toEqual(read);
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["nothing", [], "malformed"],
  ["a type that isn’t known", [0x7f, 1], "unknown"],
  ["a HELLO for nothing that is known", [0x02, 9], "malformed"],
  ["a HELLO of a link for a swarm", [0x02, 2], "malformed"],
  ["NEAR with half an id", [0x01, ...Array<number>(40).fill(1)], "malformed"],
  ["NEAR of eight", [0x01, ...Array<number>(256).fill(1)], "malformed"],
  ["a circuit past 53 bits", [0x12, 0, 0, 0, 0, 0, 0, 0xff, 1], "malformed"],
  ["no signal", [0x12, 1, 0, 0, 0, 0, 0, 0], "malformed"],
])("%s is %s", (_what, read, kind) => {
  expect(decodeMessage(Uint8Array.from(read)).kind).toBe(kind);
});
