import { beforeEach, describe, expect, test } from "vitest";
import { concat, u32 } from "../bytes.ts";
import { type PeerId, peerIdFrom } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { INTRODUCTION_BYTES } from "../wire/frame.ts";
import { Hearsay } from "./hearsay.ts";

const introductionOf = (number: number) =>
  concat(u32(number), new Uint8Array(INTRODUCTION_BYTES - 4));
const idOf = (number: number): PeerId => peerIdFrom(concat(u32(number), new Uint8Array(28)));

const [A, B] = [1, 2];
let hearsay: Hearsay;
beforeEach(() => {
  hearsay = new Hearsay();
  hearsay.begin(A);
  hearsay.begin(B);
});

const add = (number: number, source: number): boolean =>
  hearsay.add(
    introductionOf(number),
    { peer: idOf(number), agreementKey: new Uint8Array(32) },
    source,
  );

describe("what neighbours say", () => {
  test("counts until the last that said it takes it back", () => {
    expect([add(1, A), add(1, B)]).toEqual([true, true]);
    expect(hearsay.sourcesOf(idOf(1))).toEqual([A, B]);
    hearsay.withdraw(idOf(1), A);
    expect(hearsay.sourcesOf(idOf(1))).toEqual([B]);
    expect(hearsay.idOf(introductionOf(1))).toBe(idOf(1));
    hearsay.withdraw(idOf(1), B);
    expect(hearsay.acquaintance(idOf(1))).toBeNull();
    expect(hearsay.idOf(introductionOf(1))).toBeNull();
  });

  test("goes with whoever said it, and with nobody else", () => {
    add(1, A);
    add(1, B);
    add(2, A);
    hearsay.end(A);
    expect([...hearsay.peers()]).toEqual([idOf(1)]);
    expect(hearsay.sourcesOf(idOf(1))).toEqual([B]);
  });

  test("taking back what somebody else said changes nothing", () => {
    add(1, A);
    hearsay.withdraw(idOf(1), B);
    expect(hearsay.sourcesOf(idOf(1))).toEqual([A]);
  });

  test("of one is about no more peers than it can be connected to", () => {
    const taken = Array.from({ length: 100 }, (_, number) => add(number, A));
    expect(taken.filter(Boolean)).toHaveLength(LIMITS.peers);
    expect(hearsay.roomOf(A)).toBe(0);
    expect(hearsay.addSource(idOf(99), A)).toBe(false);
    hearsay.withdraw(idOf(0), A);
    expect(add(99, A)).toBe(true);
  });

  test("of all is about no more peers than are remembered", () => {
    let number = 0;
    for (let source = 3; source < 20; source++) {
      hearsay.begin(source);
      for (let count = 0; count < LIMITS.peers; count++) add(number++, source);
    }
    expect([...hearsay.peers()]).toHaveLength(LIMITS.knownPeers);
  });
});

describe("a neighbour whose word leads nowhere", () => {
  const fail = (count: number): void => {
    for (let number = 0; number < count; number++) {
      add(number, A);
      hearsay.failed(idOf(number));
    }
  };

  test("isn't believed after eight times in a row, and what it said is forgotten", () => {
    add(100, A);
    fail(7);
    expect(add(7, A)).toBe(true);
    hearsay.failed(idOf(7));
    expect([...hearsay.peers()]).toEqual([]);
    expect(add(8, A)).toBe(false);
    expect(add(8, B)).toBe(true);
  });

  test("is believed again where it led somewhere in between", () => {
    fail(7);
    add(100, A);
    hearsay.proven(idOf(100));
    hearsay.failed(idOf(100));
    expect(add(101, A)).toBe(true);
    expect(hearsay.roomOf(A)).toBeGreaterThan(0);
  });
});
