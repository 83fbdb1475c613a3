import { toBase64url } from "@shoal/swarm/bytes";
import { parsePeerId, swarmIdOf } from "@shoal/swarm/ids";
import { expect, test } from "vitest";
import { type Member, Swarm } from "./swarm.ts";

const SWARM = swarmIdOf(new Uint8Array(32));

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function swarmOf(memberCount: number): { swarm: Swarm; members: Member[] } {
  const swarm = new Swarm();
  const members = Array.from({ length: memberCount }, (_, number): Member => {
    const peer = parsePeerId(toBase64url(new Uint8Array(32).fill(number)));
    if (peer === null) throw new Error("32 bytes make an id");
    const introduction = { peerKey: peer, agreementKey: "", agreementSignature: "" };
    const place = { process: "p", connection: `c${number}`, joinedMs: 0 };
    return { swarm: SWARM, peer, place, introduction, source: "", held: "part", seenMs: 0 };
  });
  for (const member of members) swarm.add(member);
  return { swarm, members };
}

test("every set of peers is sampled equally often, and the asker never", () => {
  const random = seededRandom(1);
  const { members } = swarmOf(6);
  const sampleCount = 30_000;
  const counts = new Map<string, number>();
  for (let round = 0; round < sampleCount; round++) {
    // A new one each time: samples leave the order mixed, which would hide a bias.
    const swarm = new Swarm();
    for (const member of members) swarm.add(member);
    const asker = members[round % 2];
    if (!asker) throw new Error("six members");
    const names = swarm.sample(asker, 2, random).map((member) => member.place.connection);
    const set = `${asker.place.connection}:${names.toSorted().join()}`;
    counts.set(set, (counts.get(set) ?? 0) + 1);
  }
  // Two askers, each with the 10 pairs of five others: 1,500 expected of each, deviation 37.
  expect(counts.size).toBe(20);
  for (const [set, count] of counts) {
    const [asker, names] = set.split(":");
    expect(names?.split(",")).not.toContain(asker);
    expect(Math.abs(count - sampleCount / 20)).toBeLessThan(200);
  }
});

test("a sample of more than there are is all of them, once each", () => {
  const { swarm, members } = swarmOf(5);
  const [asker, ...others] = members;
  if (!asker) throw new Error("five members");
  const sample = swarm.sample(asker, 50, seededRandom(2));
  expect(new Set(sample)).toEqual(new Set(others));
  expect(sample).toHaveLength(4);
});

test("a random source at its very ends stays within the list", () => {
  const { swarm, members } = swarmOf(5);
  const [asker] = members;
  if (!asker) throw new Error("five members");
  for (const number of [0, 1 - 2 ** -53]) {
    expect(new Set(swarm.sample(asker, 3, () => number)).size).toBe(3);
  }
});
