import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import {
  decodeAnnounce,
  decodeAnnounceReply,
  decodeChallenge,
  decodeIncomingSignal,
  decodeJoin,
  decodeLeave,
  decodeOutgoingSignal,
  decodeReply,
} from "./messages.ts";

const runs = { numRuns: Number(env["FUZZ_RUNS"] ?? 500) };

const decoders = {
  decodeAnnounce,
  decodeAnnounceReply,
  decodeChallenge,
  decodeIncomingSignal,
  decodeJoin,
  decodeLeave,
  decodeOutgoingSignal,
  decodeReply,
};

const byteCount = fc.constantFrom(0, 12, 16, 31, 32, 33, 64);
const bytes = byteCount
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  .map(toBase64url);
const anything = fc.oneof(fc.jsonValue(), fc.anything());
const field = fc.oneof(
  bytes,
  fc.constantFrom("offer", "answer", "candidate", "nothing", "part", "all", 0, 1, 50, true),
  anything,
);
const names = [
  "version",
  "challenge",
  "peerKey",
  "agreementKey",
  "agreementSignature",
  "swarm",
].concat(
  ["proof", "held", "numWant", "kind", "exchange", "body", "to", "from", "ok", "error", "peers"],
  ["seeders", "leechers", "intervalMs"],
);
/** Objects with the protocol's own fields, about half of them plausible. */
const likely = fc.dictionary(fc.constantFrom(...names), field, { maxKeys: names.length });

describe("messages of a tracker or to one", { timeout: 10_000 + runs.numRuns * 20 }, () => {
  test.each(Object.entries(decoders))("%s never throws", (_name, decode) => {
    fc.assert(
      fc.property(fc.oneof(anything, likely), (value) => {
        decode(value);
      }),
      runs,
    );
  });

  test.each(Object.entries(decoders))("what %s took it takes again as it is", (_name, decode) => {
    fc.assert(
      fc.property(likely, (value) => {
        const taken = decode(value);
        if (taken !== null) expect(decode(JSON.parse(JSON.stringify(taken)))).toEqual(taken);
      }),
      runs,
    );
  });
});
