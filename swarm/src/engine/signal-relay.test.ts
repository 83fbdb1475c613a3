/** What an engine does with signals for others and of its own, each neighbour spoken by hand. */
import { beforeEach, describe, expect, test } from "vitest";
import { toBase64url, utf8 } from "../bytes.ts";
import { type PeerId, peerIdFrom, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { decodeFrame, INTRODUCTION_BYTES, type Message } from "../wire/frame.ts";
import { Core } from "./core.ts";
import { Hearsay } from "./hearsay.ts";
import type { ConnectionId, Effect } from "./io.ts";
import { Peer } from "./peer.ts";
import { SignalRelay } from "./signal-relay.ts";

const filled = (count: number, value: number) => new Uint8Array(count).fill(value);
const idOf = (value: number): PeerId => peerIdFrom(filled(32, value));
const EXCHANGE = toBase64url(filled(16, 1));
const TARGET = idOf(200);
const signal = {
  to: TARGET,
  kind: "offer",
  exchange: EXCHANGE,
  body: utf8("sealed"),
} as const;

let core: Core;
let hearsay: Hearsay;
let relay: SignalRelay;
beforeEach(() => {
  core = new Core(
    {
      self: idOf(255),
      peerKey: filled(32, 255),
      swarm: swarmIdOf(filled(32, 9)),
      peerCount: LIMITS.peers,
      openPieceBytes: 0,
      sendBufferBytes: 1000,
      share: null,
    },
    () => 0,
  );
  hearsay = new Hearsay();
  relay = new SignalRelay(core, hearsay);
});

/** One that proved itself, and perhaps says that it is connected to the target. */
function neighbour(connection: ConnectionId, isSource = true): Peer {
  const ends = { localFingerprint: "", remoteFingerprint: "", nonce: filled(32, 0) };
  const of = { connection, id: idOf(connection), role: "initiator", ...ends } as const;
  const peer = new Peer(of, 0, 0);
  peer.trust = { step: "proven" };
  core.peers.set(connection, peer);
  core.peersChanged();
  hearsay.begin(connection);
  const acquaintance = { peer: TARGET, agreementKey: filled(32, 1) };
  if (isSource) hearsay.add(filled(INTRODUCTION_BYTES, 1), acquaintance, connection);
  return peer;
}

/** What follows from what was done last: whom something was sent, and what else there is to do. */
function effects(): { sent: [ConnectionId, Message["type"]][]; others: Effect[] } {
  const sent: [ConnectionId, Message["type"]][] = [];
  const others: Effect[] = [];
  for (const effect of core.takeEffects()) {
    if (effect.type !== "send") others.push(effect);
    else {
      const decoded = decodeFrame(effect.frame);
      if (decoded.kind === "message") sent.push([effect.connection, decoded.message.type]);
    }
  }
  return { sent, others };
}

const ended = (isPassedOn: boolean) => [{ type: "relay-ended", exchange: EXCHANGE, isPassedOn }];
const passes = (milliseconds: number): void => {
  core.nowMs += milliseconds;
  relay.wake();
};

describe("a signal of one's own", () => {
  test("is asked of three neighbours at most, each for three seconds", () => {
    for (const connection of [1, 2, 3, 4]) neighbour(connection);
    relay.relay(signal);
    const asked = new Set<ConnectionId>();
    for (let count = 0; count < 3; count++) {
      const { sent, others } = effects();
      expect(others).toEqual([]);
      for (const [connection, type] of sent) if (type === "relay") asked.add(connection);
      expect(relay.nextWakeMs()).toBe(core.nowMs + 3_000);
      passes(3_000);
    }
    expect(asked.size).toBe(3);
    expect(effects()).toEqual({ sent: [], others: ended(false) });
    expect(relay.nextWakeMs()).toBe(Infinity);
  });

  test("goes on to the next neighbour where the one that was asked leaves", () => {
    const [one] = [neighbour(1), neighbour(2)];
    relay.relay(signal);
    expect(effects().sent).toEqual([[1, "relay"]]);
    core.forget(one);
    relay.dropped(one);
    expect(effects().sent).toEqual([[2, "relay"]]);
  });

  test("isn't taken for passed on by the word of a neighbour that wasn't asked", () => {
    const [, two] = [neighbour(1), neighbour(2)];
    relay.relay(signal);
    effects();
    relay.answered(two, EXCHANGE, true);
    expect(effects().others).toEqual([]);
  });

  test("goes by the neighbour of its exchange; an offer anew by one that wasn't used of late", () => {
    const [one, two] = [neighbour(1), neighbour(2)];
    relay.relay(signal);
    relay.answered(one, EXCHANGE, true);
    effects();
    relay.relay({ ...signal, kind: "candidate" });
    expect(effects().sent).toEqual([[1, "relay"]]);
    relay.answered(one, EXCHANGE, true);
    const another = toBase64url(filled(16, 2));
    relay.relay({ ...signal, exchange: another });
    expect(effects().sent).toEqual([[2, "relay"]]);
    relay.answered(two, another, true);
    relay.relay({ ...signal, exchange: toBase64url(filled(16, 3)) });
    expect(effects().sent).toEqual([[1, "relay"]]); // All were used: all once more.
  });
});

describe("an answer", () => {
  test("goes back by the neighbour that brought the offer, and by none that says so later", () => {
    const [one, two] = [neighbour(1, false), neighbour(2, false)];
    const { kind, exchange, body } = signal;
    const brought = { type: "relayed", from: TARGET, kind, exchange, body } as const;
    relay.brought(one, brought);
    relay.brought(two, brought);
    effects();
    relay.relay({ ...signal, kind: "answer" });
    expect(effects().sent).toEqual([[1, "relay"]]);
  });
});

describe("a signal for a neighbour", () => {
  const request = { type: "relay", ...signal, to: idOf(2) } as const;

  test("is passed on, and that is said", () => {
    const [one] = [neighbour(1), neighbour(2)];
    relay.requested(one, request);
    expect(effects().sent).toEqual([
      [2, "relayed"],
      [1, "relay-answer"],
    ]);
  });

  test.each([
    ["who asks", idOf(1), () => undefined],
    ["somebody who isn't here", TARGET, () => undefined],
    ["one that hasn't proved itself", idOf(2), (peer: Peer) => (peer.trust = unproven)],
    ["one that takes nothing", idOf(2), (peer: Peer) => (peer.bufferedBytes = 1001)],
  ])("isn't for %s", (_whom, to, change) => {
    const [one, two] = [neighbour(1), neighbour(2)];
    change(two);
    relay.requested(one, { ...request, to });
    const [answer] = core.takeEffects();
    if (answer?.type !== "send") throw new Error("it is answered");
    expect(answer.connection).toBe(1);
    expect(decodeFrame(answer.frame)).toMatchObject({ message: { isPassedOn: false } });
    expect(core.takeEffects()).toEqual([]);
  });
});

const unproven = { step: "greeting", deadlineMs: 0 } as const;
