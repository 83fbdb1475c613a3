import type { CryptoPort } from "@shoal/swarm/crypto";
import { peerIdOf } from "@shoal/swarm/ids";
import type { Dials, IncomingSignal } from "@shoal/swarm/tracker/messages";
import { beforeEach, describe, expect, test } from "vitest";
import { swarmNumber } from "./ids.ts";
import { crypto, makeJoin } from "./peer.ts";
import { seededRandom } from "./random.ts";
import { Exchanges } from "../src/exchanges.ts";
import { IceServers } from "../src/ice.ts";
import { SERVER_LIMITS } from "../src/limits.ts";
import { Session } from "../src/session.ts";
import { MemoryStore } from "../src/store/memory-store.ts";
import { Tracker } from "../src/tracker.ts";

const HOST = "shoal.example";
const S = swarmNumber(1);

let store: MemoryStore;
let tracker: Tracker;
let exchanges: Exchanges;
let nowMs: number;
let delivered: { to: string; signal: IncomingSignal }[];
let receiverIsGone: boolean;
let defects: unknown[];
let answers: string[];
let dialled: Dials[];
let refused: readonly string[];
const share = { source: "203.0.113.1", take: (kind: string) => !refused.includes(kind) };
beforeEach(() => {
  receiverIsGone = false;
  refused = [];
  answers = [];
  dialled = [];
  const lifetimeMs = SERVER_LIMITS.memberLifetimeMs;
  store = new MemoryStore({ nowMs: () => nowMs, random: seededRandom(1), lifetimeMs });
  tracker = new Tracker({
    process: "here",
    store,
    nowMs: () => nowMs,
    taken: () => expect.unreachable("there is one process"),
    swarmsPerConnection: 2,
  });
  exchanges = new Exchanges(SERVER_LIMITS);
  nowMs = 0;
  delivered = [];
  defects = [];
});

function open(connection: string, port: CryptoPort = crypto): Session {
  return new Session(connection, HOST, share, {
    tracker,
    exchanges,
    crypto: port,
    nowMs: () => nowMs,
    deliver: async ({ connection: to }, _peer, signal) => {
      if (!receiverIsGone) delivered.push({ to, signal });
      return !receiverIsGone;
    },
    iceServers: new IceServers({ stunUrls: ["stun:shoal.example"], turn: null }, () => 0),
    dialled: (dials) => dialled.push(dials),
    answered: (event, outcome) => answers.push(`${event} ${outcome}`),
    onDefect: (defect) => defects.push(defect),
  });
}

/** An honest join for this session. */
const joinFor = (session: Session, key: Awaited<ReturnType<typeof crypto.generateSigningKey>>) =>
  makeJoin(S, key, { host: HOST, challenge: session.challenge.challenge });

/** A crypto port whose signature checks wait until they are let go. */
function slowCrypto(): { port: CryptoPort; started: Promise<void>; letGo: () => void } {
  let letGo = () => {};
  let start = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const started = new Promise<void>((resolve) => (start = resolve));
  const port: CryptoPort = {
    ...crypto,
    async verify(publicKey, message, signature) {
      start();
      await gate;
      return crypto.verify(publicKey, message, signature);
    },
  };
  return { port, started, letGo };
}

describe("proofs", () => {
  test("an honest join is let in, however the host is spelled", async () => {
    const session = open("a");
    const key = await crypto.generateSigningKey();
    const { challenge } = session.challenge;
    const join = await makeJoin(S, key, { host: "SHOAL.Example", challenge });
    expect(await session.receive("join", join)).toEqual({ ok: true });
  });

  test("a proof for another host, challenge, swarm or key is refused", async () => {
    const session = open("a");
    const key = await crypto.generateSigningKey();
    const other = await crypto.generateSigningKey();
    const { challenge } = session.challenge;
    const good = await makeJoin(S, key, { host: HOST, challenge });
    const stranger = await makeJoin(S, other, { host: HOST, challenge });
    const bad = [
      await makeJoin(S, key, { host: "evil.example", challenge }),
      await makeJoin(S, key, { host: HOST, challenge: open("b").challenge.challenge }),
      { ...good, swarm: swarmNumber(2) },
      { ...good, peerKey: stranger.peerKey },
      { ...good, proof: stranger.proof },
      { ...good, agreementKey: stranger.agreementKey },
      { ...good, agreementSignature: stranger.agreementSignature },
      { ...good, agreementSignature: good.proof },
    ];
    for (const join of bad) {
      expect(await session.receive("join", join)).toEqual({ ok: false, error: "unproven" });
    }
    expect(tracker.size.members).toBe(0);
    expect(await session.receive("join", good)).toEqual({ ok: true });
  });

  test("a small-order key, under which anything verifies, is refused", async () => {
    const session = open("a");
    const join = await joinFor(session, await crypto.generateSigningKey());
    const identity = `AQ${"A".repeat(41)}`;
    const forged = { ...join, peerKey: identity, proof: `AQ${"A".repeat(84)}` };
    forged.agreementSignature = forged.proof;
    expect(await session.receive("join", forged)).toEqual({ ok: false, error: "unproven" });
  });
});

describe("order", () => {
  test("what follows a join waits for it, so nobody needs to wait for its answer", async () => {
    const { port, started, letGo } = slowCrypto();
    const session = open("a", port);
    const key = await crypto.generateSigningKey();
    const joined = session.receive("join", await joinFor(session, key));
    const announced = session.receive("announce", { swarm: S, held: "all", numWant: 1 });
    const left = session.receive("leave", { swarm: S });
    await started;
    letGo();
    expect(await joined).toEqual({ ok: true });
    expect(await announced).toMatchObject({ ok: true, seeders: 1 });
    expect(await left).toEqual({ ok: true });
    expect(tracker.size.members).toBe(0);
  });

  test("two joins at once end as the later of them", async () => {
    const session = open("a");
    const [first, second] = [await crypto.generateSigningKey(), await crypto.generateSigningKey()];
    const joins = [await joinFor(session, first), await joinFor(session, second)];
    const answers = await Promise.all(joins.map((join) => session.receive("join", join)));
    expect(answers).toEqual([{ ok: true }, { ok: true }]);
    const watcher = open("w");
    await watcher.receive("join", await joinFor(watcher, await crypto.generateSigningKey()));
    const reach = async (key: typeof first) =>
      tracker.route("w", S, await peerIdOf(key.publicKey, crypto));
    expect(await reach(first)).toBe("unreachable");
    expect(await reach(second)).toMatchObject({ place: { connection: "a" } });
  });

  test("joins at once cannot go over the number of swarms", async () => {
    const session = open("a");
    const key = await crypto.generateSigningKey();
    const joins = await Promise.all(
      [1, 2, 3].map((number) =>
        makeJoin(swarmNumber(number), key, { host: HOST, ...session.challenge }),
      ),
    );
    const answers = await Promise.all(joins.map((join) => session.receive("join", join)));
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: false, error: "full" }]);
  });

  test("a socket that ends while its join is checked leaves nobody behind", async () => {
    const { port, started, letGo } = slowCrypto();
    const session = open("a", port);
    const joined = session.receive(
      "join",
      await joinFor(session, await crypto.generateSigningKey()),
    );
    const announced = session.receive("announce", { swarm: S, held: "all", numWant: 1 });
    const left = session.receive("leave", { swarm: S });
    await started;
    session.close();
    letGo();
    expect(await joined).toEqual({ ok: false, error: "unproven" });
    expect(await left).toEqual({ ok: false, error: "unproven" });
    expect(await announced).toEqual({ ok: false, error: "unproven" });
    expect(tracker.size).toEqual({ members: 0, connections: 0 });
    expect(store.size).toEqual({ swarms: 0, members: 0 });
  });
});

describe("limits", () => {
  const announce = { swarm: S, held: "all", numWant: 1 };

  test("a flood is answered busy, and heard again when it has slowed down", async () => {
    const session = open("a");
    const answers = await Promise.all(
      Array.from({ length: SERVER_LIMITS.eventsBurst + 1 }, () =>
        session.receive("announce", announce),
      ),
    );
    expect(answers.pop()).toEqual({ ok: false, error: "busy" });
    expect(answers).not.toContainEqual({ ok: false, error: "busy" });
    nowMs += 1000 / SERVER_LIMITS.eventsPerSec + 1;
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "unproven" });
  });

  test("joins have a tighter bound than the rest", async () => {
    const session = open("a");
    const join = await joinFor(session, await crypto.generateSigningKey());
    const bad = { ...join, proof: join.agreementSignature };
    for (let count = 0; count < SERVER_LIMITS.joinsBurst; count++) {
      expect(await session.receive("join", bad)).toEqual({ ok: false, error: "unproven" });
    }
    expect(await session.receive("join", join)).toEqual({ ok: false, error: "busy" });
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "unproven" });
  });

  test("what its source has used up is answered busy, too", async () => {
    const session = open("a");
    const join = await joinFor(session, await crypto.generateSigningKey());
    refused = ["joins"];
    expect(await session.receive("join", join)).toEqual({ ok: false, error: "busy" });
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "unproven" });
    refused = ["events"];
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "busy" });
    refused = [];
    expect(await session.receive("join", join)).toEqual({ ok: true });
  });

  test("no more than so many events wait for a join", async () => {
    const { port, started, letGo } = slowCrypto();
    const session = open("a", port);
    const join = await joinFor(session, await crypto.generateSigningKey());
    const waiting = [session.receive("join", join)];
    while (waiting.length < SERVER_LIMITS.waitingEvents) {
      waiting.push(session.receive("announce", announce));
    }
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "busy" });
    await started;
    letGo();
    expect((await Promise.all(waiting)).every((answer) => answer.ok)).toBe(true);
    expect(await session.receive("announce", announce)).toMatchObject({ ok: true });
  });
});

test("a signal is handed on once, and what can't be delivered is answered at once", async () => {
  const [a, b] = [open("a"), open("b")];
  const keys = [await crypto.generateSigningKey(), await crypto.generateSigningKey()] as const;
  await a.receive("join", await joinFor(a, keys[0]));
  await b.receive("join", await joinFor(b, keys[1]));
  const from = await peerIdOf(keys[0].publicKey, crypto);
  const to = await peerIdOf(keys[1].publicKey, crypto);
  const fields = { swarm: S, kind: "offer", exchange: "A".repeat(22), body: "AAAA" };
  expect(await a.receive("signal", { ...fields, to })).toEqual({ ok: true });
  expect(delivered).toEqual([{ to: "b", signal: { ...fields, from } }]);
  receiverIsGone = true;
  const answer = await a.receive("signal", { ...fields, to });
  expect(answer).toEqual({ ok: false, error: "unreachable" });
});

test("an answer goes back to who made an offer, and to nobody else", async () => {
  const [a, b] = [open("a"), open("b")];
  const keys = [await crypto.generateSigningKey(), await crypto.generateSigningKey()] as const;
  await a.receive("join", await joinFor(a, keys[0]));
  await b.receive("join", await joinFor(b, keys[1]));
  const [idOfA, idOfB] = await Promise.all(keys.map((key) => peerIdOf(key.publicKey, crypto)));
  const fields = { swarm: S, exchange: "A".repeat(22), body: "AAAA" };
  const answer = { ...fields, kind: "answer", to: idOfA };
  expect(await b.receive("signal", answer)).toEqual({ ok: false, error: "unmatched" });
  expect(delivered).toEqual([]);
  expect(await a.receive("signal", { ...fields, kind: "offer", to: idOfB })).toEqual({ ok: true });
  expect(await b.receive("signal", answer)).toEqual({ ok: true });
  expect(delivered.map(({ to }) => to)).toEqual(["b", "a"]);
});

test("each answer is counted, under names that no stranger chooses", async () => {
  const session = open("a");
  await session.receive("announce", { swarm: S, held: "all", numWant: 1 });
  await session.receive("announce", {});
  await session.receive("__proto__", {});
  await session.receive({}, {});
  await session.receive("leave", { swarm: S });
  expect(answers).toEqual([
    "announce unproven",
    "announce malformed",
    "other malformed",
    "other malformed",
    "leave ok",
  ]);
});

describe("an announce", () => {
  const announce = { swarm: S, held: "nothing", numWant: 0 };
  const dials = { direct: 1, relayed: 0, failed: 2 };

  test("brings STUN and TURN servers to a peer that has joined, and to nobody else", async () => {
    const session = open("a");
    expect(await session.receive("announce", announce)).toEqual({ ok: false, error: "unproven" });
    const join = await joinFor(session, await crypto.generateSigningKey());
    await session.receive("join", join);
    const iceServers = [{ urls: ["stun:shoal.example"] }];
    expect(await session.receive("announce", announce)).toMatchObject({ ok: true, iceServers });
  });

  test("tells how dials ended, if its peer has joined", async () => {
    const session = open("a");
    await session.receive("announce", { ...announce, dials });
    expect(dialled).toEqual([]);
    const join = await joinFor(session, await crypto.generateSigningKey());
    await session.receive("join", join);
    await session.receive("announce", { ...announce, dials });
    await session.receive("announce", announce);
    expect(dialled).toEqual([dials]);
  });
});

test("a defect in a handler is told to the log, answered busy, and stops nothing", async () => {
  const port: CryptoPort = {
    ...crypto,
    verify: () => Promise.reject(new Error("the generator is on fire")),
  };
  const session = open("a", port);
  const join = await joinFor(session, await crypto.generateSigningKey());
  expect(await session.receive("join", join)).toEqual({ ok: false, error: "busy" });
  expect(defects).toEqual([new Error("the generator is on fire")]);
  expect(await session.receive("leave", { swarm: S })).toEqual({ ok: true });
});
