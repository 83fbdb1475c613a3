/** What an engine does with statements to catalogues that peers bring, each check ended by hand. */
import { beforeEach, describe, expect, test } from "vitest";
import { concat, readU32, u32 } from "../bytes.ts";
import type { Signed } from "../catalogue/entry.ts";
import { type PeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { decodeFrame } from "../wire/frame.ts";
import { CatalogueExchange } from "./catalogue-exchange.ts";
import { Core } from "./core.ts";
import type { ConnectionId } from "./io.ts";
import { Peer } from "./peer.ts";

const SWARM = swarmIdOf(new Uint8Array(32));
/** Signature, version and what it is; number and expiry; the length of no link. */
const SEQUENCE_AT = 66;
const statementOf = (sequence: number) =>
  concat(new Uint8Array(SEQUENCE_AT).fill(1), u32(sequence), new Uint8Array(10));
const signedOf = (sequence: number): Signed => ({
  swarm: SWARM,
  stated: { type: "withdrawal", sequence, expiresMs: 0, link: "" },
  bytes: statementOf(sequence),
});
const numberOf = (statement: Uint8Array<ArrayBuffer>) => readU32(statement, SEQUENCE_AT);

let core: Core;
let exchange: CatalogueExchange;

beforeEach(() => {
  const none = { openPieceBytes: 0, sendBufferBytes: 0, share: null };
  const self = { self: "me" as PeerId, peerKey: new Uint8Array(32), swarm: SWARM };
  core = new Core({ ...self, ...none, peerCount: LIMITS.peers }, () => 0.5);
  exchange = new CatalogueExchange(core);
});

/** One that proved itself. */
function peerAt(connection: ConnectionId): Peer {
  const ends = { localFingerprint: "", remoteFingerprint: "", nonce: new Uint8Array(32) };
  const id = `peer ${connection}` as PeerId;
  const peer = new Peer({ connection, id, role: "initiator", ...ends }, 0, 0);
  peer.trust = { step: "proven" };
  core.peers.set(connection, peer);
  core.peersChanged();
  return peer;
}

/** What follows from what was done last: numbers that are checked, and that are told to whom. */
function effects(): { checked: number[]; told: [ConnectionId, number][] } {
  const checked: number[] = [];
  const told: [ConnectionId, number][] = [];
  for (const effect of core.takeEffects()) {
    if (effect.type === "check-catalogue") checked.push(numberOf(effect.statement));
    if (effect.type !== "send") continue;
    const decoded = decodeFrame(effect.frame);
    if (decoded.kind !== "message" || decoded.message.type !== "catalogue") continue;
    told.push([effect.connection, numberOf(decoded.message.statement)]);
  }
  return { checked, told };
}

const hear = (peer: Peer, sequence: number) => {
  exchange.received(peer, statementOf(sequence));
  return effects();
};
const check = ({ connection }: Peer, sequence: number, leftMs = 1000) => {
  exchange.checked({ type: "catalogue-checked", connection, signed: signedOf(sequence), leftMs });
  return effects();
};

describe("statements to catalogues", () => {
  test("a good one is told to all but whoever brought it, and to whoever comes", () => {
    const [from, other] = [peerAt(1), peerAt(2)];
    expect(hear(from, 5)).toEqual({ checked: [5], told: [] });
    expect(check(from, 5)).toEqual({ checked: [], told: [[2, 5]] });
    exchange.greeted(peerAt(3));
    expect(effects().told).toEqual([[3, 5]]);
    exchange.greeted(other);
    expect(effects().told).toEqual([]);
  });

  test("one that isn't newer is neither checked nor told", () => {
    const [from, other] = [peerAt(1), peerAt(2)];
    exchange.learn(signedOf(5), 1000);
    expect(effects().told).toEqual([
      [1, 5],
      [2, 5],
    ]);
    expect([hear(from, 5), hear(other, 4)]).toEqual([
      { checked: [], told: [] },
      { checked: [], told: [] },
    ]);
    exchange.learn(signedOf(4), 1000);
    expect(effects().told).toEqual([]);
    expect(exchange.newest?.stated.sequence).toBe(5);
  });

  test("of one peer one at a time is checked, and then the newest that came meanwhile", () => {
    const from = peerAt(1);
    hear(from, 5);
    expect([hear(from, 7), hear(from, 9), hear(from, 8)].flatMap((one) => one.checked)).toEqual([]);
    expect(check(from, 5).checked).toEqual([9]);
    expect(check(from, 9).checked).toEqual([]);
    expect(exchange.newest?.stated.sequence).toBe(9);
  });

  test("what waited isn't checked where it has become old", () => {
    const from = peerAt(1);
    hear(from, 5);
    hear(from, 7);
    exchange.learn(signedOf(8), 1000);
    expect(check(from, 5).checked).toEqual([]);
    expect(exchange.newest?.stated.sequence).toBe(8);
    expect(hear(from, 9).checked).toEqual([9]);
  });

  test("a peer that brings them without end is ignored, and heard again later", () => {
    const from = peerAt(1);
    const bring = (sequence: number): number => {
      const { checked } = hear(from, sequence);
      for (const number of checked) check(from, number);
      return checked.length;
    };
    let checkedCount = 0;
    for (let sequence = 1; sequence <= 1000; sequence++) checkedCount += bring(sequence);
    expect(checkedCount).toBe(20);
    expect(core.peers.has(1)).toBe(true);
    core.nowMs += 5_000;
    expect(bring(1001)).toBe(1);
    expect(bring(1002)).toBe(0);
  });

  test("what a signature says stays true when whoever brought it has left", () => {
    const [from, other] = [peerAt(1), peerAt(2)];
    hear(from, 5);
    core.forget(from);
    expect(check(from, 5).told).toEqual([[other.connection, 5]]);
  });

  test("one that doesn't hold is told to nobody, and what is older is refused", () => {
    const [from] = [peerAt(1), peerAt(2)];
    hear(from, 5);
    expect(check(from, 5, 0).told).toEqual([]);
    expect(hear(from, 4).checked).toEqual([]);
  });

  test("whoever brings one that isn't the share's is let go of", () => {
    const [from] = [peerAt(1), peerAt(2)];
    hear(from, 5);
    exchange.checked({ type: "catalogue-checked", connection: 1, signed: null, leftMs: 0 });
    expect([...core.peers.keys()]).toEqual([2]);
    expect(core.acquaintances.isBanned(from.id)).toBe(true);
    expect(exchange.newest).toBeNull();
  });
});
