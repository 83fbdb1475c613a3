import { describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { parsePeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import {
  decodeAnnounce,
  decodeAnnounceReply,
  decodeChallenge,
  decodeIncomingSignal,
  decodeJoin,
  decodeLeave,
  decodeOutgoingSignal,
  decodeReply,
  decodeStopping,
} from "./messages.ts";

const text = (byteCount: number, value = 1): string =>
  toBase64url(new Uint8Array(byteCount).fill(value));
const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const peer = parsePeerId(text(32, 2));
const introduction = {
  peerKey: text(32, 3),
  agreementKey: text(32, 4),
  agreementSignature: text(64, 5),
};
const signal = { swarm, kind: "offer", exchange: text(16), body: "AAAA" } as const;

/** Each decoder, with a message that it takes. */
const DECODERS = {
  challenge: [decodeChallenge, { version: 1, challenge: text(32) }],
  join: [decodeJoin, { ...introduction, swarm, proof: text(64) }],
  announce: [decodeAnnounce, { swarm, held: "part", numWant: LIMITS.numWant }],
  leave: [decodeLeave, { swarm }],
  "outgoing signal": [decodeOutgoingSignal, { ...signal, to: peer }],
  stopping: [decodeStopping, { afterMs: 7 }],
  "incoming signal": [decodeIncomingSignal, { ...signal, from: peer }],
} satisfies Record<string, [(value: unknown) => unknown, Record<string, unknown>]>;

describe.each(Object.entries(DECODERS))("%s", (_name, [decode, good]) => {
  test("is taken as it was sent", () => {
    expect(decode(JSON.parse(JSON.stringify(good)))).toEqual(good);
  });

  test("loses fields that aren't known", () => {
    expect(decode({ ...good, extra: "x".repeat(1000) })).toEqual(good);
  });

  test.each(Object.keys(good))(
    "is refused without its %s, or with something else in its place",
    (field) => {
      const rest = Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
      expect(decode(rest)).toBeNull();
      for (const odd of [null, -1, 1.5, NaN, "", "?", "A", "AB", [text(32)], {}, true, 1e9]) {
        expect(decode({ ...rest, [field]: odd })).toBeNull();
      }
    },
  );

  test.each(Object.keys(good).filter((field) => field !== "body"))(
    "is refused with a %s of another length",
    (field) => {
      for (const other of [text(15), text(31), text(33), text(63), text(65)]) {
        expect(decode({ ...good, [field]: other })).toBeNull();
      }
    },
  );

  test.each([null, undefined, 1, "text", true, [], [good]])("is not %j", (value) => {
    expect(decode(value)).toBeNull();
  });
});

describe("bounds", () => {
  test("a body may have as many letters as its bound, and no more", () => {
    const body = (letters: number) => ({ ...signal, to: peer, body: "A".repeat(letters) });
    expect(decodeOutgoingSignal(body(LIMITS.signalBodyLetters))).not.toBeNull();
    expect(decodeOutgoingSignal(body(LIMITS.signalBodyLetters + 4))).toBeNull();
    expect(decodeOutgoingSignal(body(5))).toBeNull(); // No whole number of bytes.
  });

  test("no more peers may be wanted than a tracker gives", () => {
    const announce = (numWant: number) => ({ swarm, held: "all", numWant });
    expect(decodeAnnounce(announce(0))).not.toBeNull();
    expect(decodeAnnounce(announce(LIMITS.numWant + 1))).toBeNull();
  });

  test("no more dials may be told of, and only whole numbers of each kind", () => {
    const none = { direct: 0, relayed: 0, failed: 0 };
    const announce = (dials: unknown) => decodeAnnounce({ swarm, held: "all", numWant: 1, dials });
    expect(announce(none)).toMatchObject({ dials: none });
    expect(announce({ ...none, failed: LIMITS.dials })).not.toBeNull();
    for (const kind of ["direct", "relayed", "failed"]) {
      for (const odd of [LIMITS.dials + 1, -1, 0.5, "1", null]) {
        expect(announce({ ...none, [kind]: odd })).toBeNull();
      }
    }
    for (const odd of [null, [], 7, "", {}]) expect(announce(odd)).toBeNull();
  });

  test("a tracker that stops may not ask for more than a minute", () => {
    expect(decodeStopping({ afterMs: LIMITS.comeBackMs })).not.toBeNull();
    expect(decodeStopping({ afterMs: LIMITS.comeBackMs + 1 })).toBeNull();
  });

  test("of a tracker's peers no more are taken than may be wanted", () => {
    const peers = Array.from({ length: LIMITS.numWant + 1 }, () => introduction);
    const reply = decodeAnnounceReply({ ok: true, peers, seeders: 1, leechers: 2, intervalMs: 3 });
    expect(reply.ok && reply.peers).toHaveLength(LIMITS.numWant);
  });

  test("a tracker may not ask for more than an hour between announces", () => {
    const reply = (intervalMs: number) =>
      decodeAnnounceReply({ ok: true, peers: [], seeders: 0, leechers: 0, intervalMs });
    expect(reply(LIMITS.announceIntervalMs).ok).toBe(true);
    expect(reply(LIMITS.announceIntervalMs + 1)).toEqual({ ok: false, error: "malformed" });
  });
});

describe("answers", () => {
  test.each(["malformed", "unproven", "unreachable", "busy", "full"])(
    "%s is a refusal",
    (error) => {
      expect(decodeReply({ ok: false, error })).toEqual({ ok: false, error });
      expect(decodeAnnounceReply({ ok: false, error })).toEqual({ ok: false, error });
    },
  );

  test.each([null, {}, [], "ok", { ok: 1 }, { ok: false, error: "sorry" }, { error: 7 }])(
    "%j makes no sense",
    (value) => {
      expect(decodeReply(value)).toEqual({ ok: false, error: "malformed" });
      expect(decodeAnnounceReply(value)).toEqual({ ok: false, error: "malformed" });
    },
  );

  test("an announce's answer is taken whole or not at all, but for peers that are malformed", () => {
    const good = {
      ok: true,
      peers: [introduction],
      seeders: 1,
      leechers: 2,
      intervalMs: 120_000,
      iceServers: [{ urls: ["stun:shoal.example"] }],
    };
    expect(decodeAnnounceReply(good)).toEqual(good);
    const peers = [{ ...introduction, peerKey: "short" }, null, introduction, 7];
    expect(decodeAnnounceReply({ ...good, peers })).toEqual(good);
    for (const field of ["peers", "seeders", "leechers", "intervalMs"]) {
      const broken = { ...good, [field]: "many" };
      expect(decodeAnnounceReply(broken)).toEqual({ ok: false, error: "malformed" });
    }
  });
});
