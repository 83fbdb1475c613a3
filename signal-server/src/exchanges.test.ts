import { describe, expect, test } from "vitest";
import { peerNumber, swarmNumber } from "../test/ids.ts";
import { Exchanges, type Passing } from "./exchanges.ts";

const [A, B, C] = [peerNumber(1), peerNumber(2), peerNumber(3)];
const S = swarmNumber(1);
const BOUNDS = { offersPerPeer: 3, offers: 5, offerLifetimeMs: 60_000 };

const signal = (
  kind: Passing["kind"],
  from: Passing["from"],
  to: Passing["to"],
  exchange = "x",
): Passing => ({ swarm: S, kind, from, to, exchange });

describe("an exchange", () => {
  test("begins with an offer; its answer goes back, candidates both ways", () => {
    const exchanges = new Exchanges(BOUNDS);
    expect(exchanges.pass(signal("offer", A, B), 0)).toBe(true);
    expect(exchanges.pass(signal("candidate", A, B), 1)).toBe(true);
    expect(exchanges.pass(signal("answer", B, A), 2)).toBe(true);
    expect(exchanges.pass(signal("candidate", B, A), 3)).toBe(true);
  });

  test.each([
    ["an answer without an offer", signal("answer", B, A, "y")],
    ["a candidate without an offer", signal("candidate", A, B, "y")],
    ["an answer of who made the offer", signal("answer", A, B)],
    ["an answer of somebody else", signal("answer", C, A)],
    ["a candidate to somebody else", signal("candidate", A, C)],
    ["a candidate in another swarm", { ...signal("candidate", A, B), swarm: swarmNumber(2) }],
  ])("doesn't take %s", (_, stray) => {
    const exchanges = new Exchanges(BOUNDS);
    exchanges.pass(signal("offer", A, B), 0);
    expect(exchanges.pass(stray, 1)).toBe(false);
  });

  test("ends with its time", () => {
    const exchanges = new Exchanges(BOUNDS);
    exchanges.pass(signal("offer", A, B), 0);
    expect(exchanges.pass(signal("answer", B, A), 59_999)).toBe(true);
    expect(exchanges.pass(signal("candidate", B, A), 60_000)).toBe(false);
    expect(exchanges.size).toBe(0);
  });

  test("of which one peer has begun too many takes the place of its oldest, not of others'", () => {
    const exchanges = new Exchanges(BOUNDS);
    exchanges.pass(signal("offer", C, B, "c"), 0);
    for (const name of ["1", "2", "3", "4"]) exchanges.pass(signal("offer", A, B, name), 1);
    expect(exchanges.size).toBe(4);
    const isOpen = ["1", "2", "3", "4"].map((name) =>
      exchanges.pass(signal("answer", B, A, name), 2),
    );
    expect(isOpen).toEqual([false, true, true, true]);
    expect(exchanges.pass(signal("answer", B, C, "c"), 2)).toBe(true);
  });

  test("of which all together have begun too many takes the place of the oldest", () => {
    const exchanges = new Exchanges(BOUNDS);
    const peers = [1, 2, 3, 4, 5, 6].map(peerNumber);
    for (const peer of peers) exchanges.pass(signal("offer", peer, peerNumber(9)), 1);
    expect(exchanges.size).toBe(BOUNDS.offers);
    const isOpen = peers.map((peer) => exchanges.pass(signal("answer", peerNumber(9), peer), 2));
    expect(isOpen).toEqual([false, true, true, true, true, true]);
  });

  test("that is offered again begins anew, also the other way round", () => {
    const exchanges = new Exchanges(BOUNDS);
    exchanges.pass(signal("offer", A, B), 0);
    expect(exchanges.pass(signal("offer", B, A), 1)).toBe(true);
    expect(exchanges.pass(signal("answer", B, A), 2)).toBe(false);
    expect(exchanges.pass(signal("answer", A, B), 2)).toBe(true);
    expect(exchanges.size).toBe(1);
  });
});
