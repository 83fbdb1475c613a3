import { beforeEach, describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { type PeerId, parsePeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { Acquaintances } from "./acquaintances.ts";

function peer(number: number): PeerId {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  const id = parsePeerId(toBase64url(bytes));
  if (id === null) throw new Error("32 bytes are an id");
  return id;
}

const [A, B] = [peer(1), peer(2)];
let known: Acquaintances;
beforeEach(() => {
  known = new Acquaintances();
});

const meet = (count: number): void => {
  for (let number = 0; number < count; number++) known.met(peer(number), 0);
};

test("whoever a tracker names is dialled at once, and once", () => {
  known.met(A, 0);
  known.met(A, 0);
  expect(known.nextWakeMs()).toBe(0);
  expect(known.toDial(0)).toEqual([A]);
  expect(known.toDial(0)).toEqual([]);
  expect(known.isHopeful).toBe(true);
});

test("a dial that shows nothing for 20 s has failed", () => {
  known.met(A, 0);
  known.toDial(0);
  expect(known.expired(19_999)).toEqual([]);
  expect(known.nextWakeMs()).toBe(20_000);
  expect(known.expired(20_000)).toEqual([A]);
  expect(known.isHopeful).toBe(false);
});

test("a failed dial is tried again after 2, 4, 8, 16 and 32 s, then the peer is forgotten", () => {
  known.met(A, 0);
  let nowMs = 0;
  for (const waitMs of [2_000, 4_000, 8_000, 16_000, 32_000]) {
    expect(known.toDial(nowMs)).toEqual([A]);
    known.lost(A, nowMs);
    expect(known.toDial(nowMs + waitMs - 1)).toEqual([]);
    nowMs += waitMs;
    expect(known.nextWakeMs()).toBe(nowMs);
  }
  expect(known.toDial(nowMs)).toEqual([A]);
  known.lost(A, nowMs);
  expect(known.nextWakeMs()).toBe(Infinity);
  known.met(A, nowMs);
  expect(known.toDial(nowMs)).toEqual([A]);
});

test("being named again doesn't shorten the wait after a failure", () => {
  known.met(A, 0);
  known.toDial(0);
  known.lost(A, 0);
  known.met(A, 1);
  expect(known.toDial(1)).toEqual([]);
});

test("peers are dialled in the order in which a tracker named them", () => {
  for (const number of [7, 3, 5]) known.met(peer(number), 0);
  expect(known.toDial(0)).toEqual([peer(7), peer(3), peer(5)]);
});

test("only a peer against which nothing is known is fresh", () => {
  expect(known.isAnyFresh).toBe(false);
  known.met(A, 0);
  expect(known.isAnyFresh).toBe(true);
  known.toDial(0);
  expect(known.isAnyFresh).toBe(false);
  known.lost(A, 0);
  expect(known.isAnyFresh).toBe(false);
});

test("a failure that comes twice counts once", () => {
  known.met(A, 0);
  known.toDial(0);
  known.lost(A, 0);
  known.lost(A, 0);
  expect(known.nextWakeMs()).toBe(2_000);
});

test("a proven connection that ends is tried again after 2 s, its failures before forgiven", () => {
  known.met(A, 0);
  for (const nowMs of [0, 2_000]) {
    known.toDial(nowMs);
    known.lost(A, nowMs);
  }
  known.connected(A);
  known.proven(A);
  expect(known.nextWakeMs()).toBe(Infinity);
  known.lost(A, 100_000);
  expect(known.nextWakeMs()).toBe(102_000);
});

test("one that connects and closes at once is tried after ever longer times", () => {
  known.met(A, 0);
  const waits: number[] = [];
  let nowMs = 0;
  while (known.toDial(nowMs).length > 0) {
    known.connected(A);
    known.lost(A, nowMs);
    const next = known.nextWakeMs();
    if (next === Infinity) break;
    waits.push(next - nowMs);
    nowMs = next;
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
});

test("one that is connected isn't dialled", () => {
  known.met(A, 0);
  known.connected(A);
  known.met(A, 0);
  expect(known.toDial(1_000)).toEqual([]);
});

test("one that said goodbye isn't dialled until a tracker names it anew", () => {
  known.connected(A);
  known.left(A);
  known.lost(A, 0);
  expect(known.toDial(100_000)).toEqual([]);
  known.met(A, 100_000);
  expect(known.toDial(100_000)).toEqual([A]);
});

test("one that cheated is never dialled again", () => {
  known.connected(A);
  known.ban(A);
  known.lost(A, 0);
  known.met(A, 0);
  expect(known.isBanned(A)).toBe(true);
  expect(known.isBanned(B)).toBe(false);
  expect(known.toDial(1e9)).toEqual([]);
});

describe("bounds", () => {
  test("8 dials are under way at most", () => {
    meet(20);
    expect(known.toDial(0)).toHaveLength(8);
    expect(known.nextWakeMs()).toBe(20_000); // No wake for those that must wait for room.
    known.connected(peer(0));
    known.lost(peer(1), 0);
    expect(known.nextWakeMs()).toBe(0);
    expect(known.toDial(0)).toHaveLength(2);
  });

  test("dials and connections together stay within the bound on peers that are dialled", () => {
    meet(LIMITS.dialledPeers + 10);
    for (let number = 0; number < LIMITS.dialledPeers - 3; number++) known.connected(peer(number));
    expect(known.toDial(0)).toHaveLength(3);
    expect(known.toDial(0)).toEqual([]);
    for (let number = 0; number < 20; number++) known.connected(peer(1_000 + number));
    expect(known.toDial(0)).toEqual([]);
  });

  test("past the bound on known peers the names of others are ignored", () => {
    meet(LIMITS.knownPeers + 50);
    let dialled = 0;
    for (let round = 0; round < 100; round++) {
      for (const one of known.toDial(0)) {
        known.left(one);
        dialled++;
      }
    }
    expect(dialled).toBe(LIMITS.knownPeers);
  });

  test("bans are remembered up to the bound", () => {
    for (let number = 0; number <= LIMITS.knownPeers; number++) known.ban(peer(number));
    expect(known.isBanned(peer(LIMITS.knownPeers - 1))).toBe(true);
    expect(known.isBanned(peer(LIMITS.knownPeers))).toBe(false);
  });
});

describe("peers that neighbours alone name", () => {
  const hear = (first: number, count: number): void => {
    for (let number = first; number < first + count; number++) known.heardOf(peer(number), 0);
  };

  test("are dialled four at a time, after whom a tracker names", () => {
    hear(0, 10);
    for (let number = 100; number < 110; number++) known.met(peer(number), 0);
    const dialled = known.toDial(0);
    expect(dialled).toEqual(Array.from({ length: 8 }, (_, index) => peer(100 + index)));
    for (const one of dialled) known.left(one);
    expect(known.toDial(0)).toEqual([108, 109, 0, 1, 2, 3].map(peer));
    expect(known.nextWakeMs()).toBe(20_000);
    known.left(peer(0));
    expect(known.toDial(0)).toEqual([peer(4)]);
  });

  test("are dialled when they are due, or at once where a tracker names them too", () => {
    known.heardOf(A, 5_000);
    expect(known.toDial(0)).toEqual([]);
    expect(known.nextWakeMs()).toBe(5_000);
    known.met(A, 1_000);
    expect(known.toDial(1_000)).toEqual([A]);
  });

  test("make room for those of a tracker, and none of theirs", () => {
    hear(0, LIMITS.knownPeers);
    known.met(peer(1000), 0);
    known.heardOf(peer(1001), 0);
    const dialled = new Set<PeerId>();
    for (let nowMs = 0; known.nextWakeMs() < Infinity; nowMs = known.nextWakeMs()) {
      for (const one of known.toDial(nowMs)) {
        dialled.add(one);
        known.left(one);
      }
    }
    expect(dialled.size).toBe(LIMITS.knownPeers);
    expect([dialled.has(peer(1000)), dialled.has(peer(1001))]).toEqual([true, false]);
  });

  test("that are known already stay as they are", () => {
    known.met(A, 0);
    known.toDial(0);
    known.lost(A, 0);
    known.heardOf(A, 0);
    expect(known.toDial(1_999)).toEqual([]);
    known.ban(B);
    known.heardOf(B, 0);
    expect(known.toDial(2_000)).toEqual([A]);
  });
});
