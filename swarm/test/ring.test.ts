/** Small rings of real state machines, honest and not: `pnpm simulate ring` shows large ones. */
import { describe, expect, test } from "vitest";
import { isSigned, type Member, type Misbehaviour, World } from "../simulator/ring/world.ts";
import { toBase64url } from "../src/bytes.ts";
import type { RingRecord } from "../src/overlay/io.ts";
import { apart, positionOf, RING } from "../src/overlay/position.ts";

const PEERS = 24;
const SETTLE_MS = 120_000;
const LOOKUP_MS = 15_000;
/** One try, and the next. */
const RETRY_MS = 6_000;
/** So soon a browser puts again what it has just put. */
const PUT_AGAIN_MS = 20_000;

function grown(seed: number, peers = PEERS, limits: Parameters<World["add"]>[0] = {}): World {
  const world = new World(seed);
  const first = world.add(limits);
  for (let count = 1; count < peers; count++) {
    world.introduce(world.add(limits), first);
    world.run(500);
  }
  world.run(SETTLE_MS);
  return world;
}

const everyone = (world: World): Member[] => [...world.members.values()];

const nearestTo = (world: World, target: number): Member =>
  everyone(world).reduce((best, one) =>
    apart(positionOf(one.id), target) < apart(positionOf(best.id), target) ? one : best,
  );

function recordOf(world: World, change: Partial<RingRecord> = {}): RingRecord {
  return {
    key: toBase64url(world.chance.bytes(32)),
    slot: toBase64url(world.chance.bytes(16)),
    sequence: 1,
    expiresMs: world.nowMs + 1_800_000,
    content: new Uint8Array(100),
    ...change,
  };
}

async function slotsOf(world: World, member: Member, key: string): Promise<string[]> {
  const found = world.get(member, key);
  world.run(LOOKUP_MS);
  const outcome = await found;
  return outcome.type === "found" ? outcome.records.map(({ slot }) => slot) : [];
}

describe("a ring", () => {
  test("everybody finds whoever is nearest to a position, and knows who is next", async () => {
    const world = grown(1);
    const ordered = everyone(world).toSorted((a, b) => positionOf(a.id) - positionOf(b.id));
    for (const [index, { ring }] of ordered.entries()) {
      expect(ring.near()).toContain(ordered[(index + 1) % PEERS]?.id);
      expect(ring.near()).toContain(ordered.at(index - 1)?.id);
      expect(ring.linkCount).toBeLessThanOrEqual(2 * Math.log2(PEERS) + 8);
    }
    for (const member of ordered) {
      const target = Math.floor(world.chance.next() * RING);
      const found = world.find(member, target);
      world.run(LOOKUP_MS);
      expect(await found).toMatchObject({ type: "found", nearest: nearestTo(world, target).id });
    }
  });

  test("the same seed gives the same trace, another seed another", () => {
    const [one, again, other] = [grown(3, 12), grown(3, 12), grown(4, 12)];
    expect(again.trace).toBe(one.trace);
    expect(other.trace).not.toBe(one.trace);
  });

  test("a lookup whose way ends goes another at once", async () => {
    const world = grown(6);
    const asker = world.any();
    const target = (positionOf(asker.id) + RING / 2) % RING;
    const found = world.find(asker, target);
    const first = [...asker.links.values()]
      .map(({ peer }) => peer)
      .toSorted((a, b) => apart(positionOf(a.id), target) - apart(positionOf(b.id), target));
    for (const member of first.slice(0, 2)) world.leave(member);
    const sinceMs = world.nowMs;
    const ended: number[] = [];
    void found.then(() => ended.push(world.nowMs));
    while (ended.length === 0 && world.nowMs < sinceMs + LOOKUP_MS) {
      world.run(50);
      await Promise.resolve();
    }
    expect(await found).toMatchObject({ nearest: nearestTo(world, target).id });
    expect(world.nowMs - sinceMs).toBeLessThan(2_000);
  });

  test("of two and of one it works as well", async () => {
    const world = new World(5);
    const [one, other] = [world.add(), world.add()];
    const record = recordOf(world);
    world.put(one, record);
    world.run(1000);
    expect(await slotsOf(world, one, record.key)).toEqual([record.slot]);
    world.introduce(one, other);
    world.run(SETTLE_MS);
    expect(await slotsOf(world, other, record.key)).toEqual([record.slot]);
  });
});

describe("records", () => {
  test("one that was put anywhere is found from everywhere, and held by the nearest few", async () => {
    const world = grown(7);
    const record = recordOf(world);
    world.put(world.any(), record);
    world.run(5000);
    for (const member of everyone(world)) {
      expect(await slotsOf(world, member, record.key)).toEqual([record.slot]);
    }
    const holders = everyone(world).filter(({ ring }) => ring.recordCount > 0).length;
    expect(holders).toBeGreaterThanOrEqual(6);
    // Those who were asked beside them keep it as well, until there is something nearer.
    expect(holders).toBeLessThanOrEqual(14);
  });

  test("one lies near its key alone, and not with who put it", async () => {
    const world = grown(18, 100);
    for (let count = 0; count < 10; count++) {
      const record = recordOf(world);
      const at = positionOf(record.key);
      const order = everyone(world).toSorted(
        (one, other) => apart(positionOf(one.id), at) - apart(positionOf(other.id), at),
      );
      const before = order.map(({ ring }) => ring.recordCount);
      const putter = order.at(-1) ?? world.any();
      world.put(putter, record);
      world.run(SETTLE_MS);
      const holders = order.filter(({ ring }, index) => ring.recordCount > (before[index] ?? 0));
      expect(holders.length).toBeGreaterThanOrEqual(6);
      expect(holders.length).toBeLessThanOrEqual(24);
      expect(holders).not.toContain(putter);
      expect(order.slice(50)).not.toEqual(expect.arrayContaining(holders.slice(-1)));
      expect(await slotsOf(world, putter, record.key)).toEqual([record.slot]);
    }
  });

  test("it outlives all of its holders but one, and moves on to who comes nearer", async () => {
    const world = grown(8);
    const record = recordOf(world);
    world.put(world.any(), record);
    world.run(5000);
    const [, ...lost] = everyone(world).filter(({ ring }) => ring.recordCount > 0);
    for (const member of lost) world.crash(member);
    world.run(SETTLE_MS);
    expect(await slotsOf(world, world.any(), record.key)).toEqual([record.slot]);
    expect(nearestTo(world, positionOf(record.key)).ring.recordCount).toBe(1);
  });

  test("a newer one takes an older one’s place, and no older one a newer one’s", async () => {
    const world = grown(9);
    const newer = recordOf(world, { sequence: 2, content: new Uint8Array([0, 2]) });
    const older = { ...newer, sequence: 1, content: new Uint8Array([0, 1]) };
    for (const record of [older, newer, older]) {
      world.put(world.any(), record);
      world.run(5000);
    }
    const found = world.get(world.any(), newer.key);
    world.run(LOOKUP_MS);
    expect(await found).toMatchObject({ records: [newer] });
  });

  test("one that has expired, or lasts too long, or isn’t signed, is nowhere", async () => {
    const world = grown(10);
    const short = recordOf(world, { expiresMs: world.nowMs + 60_000 });
    const long = recordOf(world, { expiresMs: world.nowMs + 2 * 3_600_000 });
    const forged = recordOf(world, { content: new Uint8Array([1]) });
    for (const record of [short, long, forged]) world.put(world.any(), record);
    world.run(5000);
    expect(await slotsOf(world, world.any(), short.key)).toEqual([short.slot]);
    world.run(60_000);
    for (const { key } of [short, long, forged]) {
      expect(await slotsOf(world, world.any(), key)).toEqual([]);
    }
    world.run(60_000);
    for (const { ring } of everyone(world)) expect(ring.recordCount).toBe(0);
  });
});

describe("a call for a swarm", () => {
  const SIGNAL_MS = 1_000;
  const signalOf = (value: number) => Uint8Array.of(value);
  /** In a ring where the two are several hops apart. */
  const NARROW = { nearEachSide: 1, fingers: false };

  function pair(world: World): { readonly one: Member; readonly other: Member } {
    const ordered = everyone(world).toSorted((a, b) => positionOf(a.id) - positionOf(b.id));
    const [one, , , other] = ordered;
    if (one === undefined || other === undefined) throw new Error("four peers at least");
    return { one, other };
  }

  /** The called end's name for the call. */
  function reach(world: World, one: Member, other: Member, call = -1): number {
    world.give(one, { type: "reach", call, to: other.id, signal: signalOf(1) });
    world.run(SIGNAL_MS);
    return other.heard.at(-1)?.call ?? NaN;
  }

  test("brings signals both ways, over several hops, for as long as they go on", () => {
    const world = grown(20, 7, NARROW);
    const { one, other } = pair(world);
    const called = reach(world, one, other);
    expect(other.heard).toEqual([{ call: called, signal: 1 }]);
    for (let round = 0; round < 4; round++) {
      world.give(other, { type: "signal", call: called, signal: signalOf(10 + round) });
      world.run(20_000);
      world.give(one, { type: "signal", call: -1, signal: signalOf(20 + round) });
      world.run(20_000);
    }
    expect(one.heard.map(({ signal }) => signal)).toEqual([10, 11, 12, 13]);
    expect(other.heard.map(({ signal }) => signal)).toEqual([1, 20, 21, 22, 23]);
    expect(one.links.size).toBe(2);
    world.run(35_000);
    expect(one.heard.at(-1)).toEqual({ call: -1, signal: "over" });
    world.give(other, { type: "signal", call: called, signal: signalOf(30) });
    world.run(SIGNAL_MS);
    expect(one.heard.at(-1)).toEqual({ call: -1, signal: "over" });
  });

  test("is over at once where nobody has the id, or who has it hangs up", () => {
    const world = grown(21, 7, NARROW);
    const { one, other } = pair(world);
    const called = reach(world, one, other);
    world.give(other, { type: "hang-up", call: called });
    const to = toBase64url(world.chance.bytes(32)) as Member["id"];
    world.give(one, { type: "reach", call: -2, to, signal: signalOf(1) });
    world.give(one, { type: "reach", call: -3, to: one.id, signal: signalOf(1) });
    world.run(SIGNAL_MS);
    expect(one.heard.map(({ signal }) => signal)).toEqual(["over", "over", "over"]);
    expect(new Set(one.heard.map(({ call }) => call))).toEqual(new Set([-1, -2, -3]));
    expect(everyone(world).map(({ ring }) => ring.counts().calls)).toEqual(Array(7).fill(0));
  });

  test("is over once a hop of its way is gone", () => {
    const world = grown(22, 7, NARROW);
    const { one, other } = pair(world);
    reach(world, one, other);
    const between = everyone(world).filter(
      ({ ring }) => ring.counts().circuits > 0 && ring !== one.ring && ring !== other.ring,
    );
    expect(between).toHaveLength(2);
    for (const member of between.slice(1)) world.leave(member);
    world.run(SIGNAL_MS);
    expect(one.heard).toEqual([{ call: -1, signal: "over" }]);
  });

  test("leaves room for the ring’s own, and has bounds of its own", () => {
    const world = grown(23, 7, NARROW);
    const { one, other } = pair(world);
    for (let call = 1; call <= 20; call++) reach(world, one, other, -call);
    expect(other.heard).toHaveLength(16);
    expect(one.heard.filter(({ signal }) => signal === "over")).toHaveLength(4);
    for (let call = 1; call <= 16; call++) world.give(one, { type: "hang-up", call: -call });
    reach(world, one, other, -21);
    // Of others' it takes no more either.
    expect(other.heard).toHaveLength(16);
    expect(one.heard.at(-1)).toEqual({ call: -21, signal: "over" });
    expect(one.ring.counts().calls + other.ring.counts().calls).toBe(16);
  });
});

describe("limits", () => {
  test("a ring of few links and one copy looks things up over several hops", async () => {
    const world = grown(24, 9, { nearEachSide: 1, fingers: false, copies: 1 });
    for (const { ring } of everyone(world)) expect(ring.linkCount).toBe(2);
    const record = recordOf(world);
    const holder = nearestTo(world, positionOf(record.key));
    world.put(world.any(), record);
    world.run(5000);
    expect(everyone(world).filter(({ ring }) => ring.recordCount > 0)).toEqual([holder]);
    let mostHops = 0;
    for (const member of everyone(world)) {
      const found = world.get(member, record.key);
      world.run(LOOKUP_MS);
      const outcome = await found;
      expect(outcome).toMatchObject({ type: "found", records: [record] });
      if (outcome.type === "found") mostHops = Math.max(mostHops, outcome.hops);
    }
    expect(mostHops).toBeGreaterThanOrEqual(3);
  });
});

describe("a hostile neighbour", () => {
  const HOSTILE: readonly Misbehaviour[] = ["drops", "loops", "lies", "junk"];

  /** A ring of which so many do this, and the others. */
  function spoilt(seed: number, misbehaviour: Misbehaviour, count: number) {
    const world = grown(seed);
    const bad = world.chance.sample(everyone(world), count);
    for (const member of bad) world.spoil(member, misbehaviour);
    return { world, bad, honest: everyone(world).filter((member) => !bad.includes(member)) };
  }

  /** A record to which that peer is the nearest. */
  const recordBy = (world: World, { id }: Member): RingRecord =>
    recordOf(world, { key: id.slice(0, 8) + toBase64url(world.chance.bytes(26)) });

  /** Whether a signed one is found in the time that one more try takes. */
  async function finds(world: World, member: Member, key: string): Promise<boolean> {
    let isFound = false;
    void world.get(member, key).then((outcome) => {
      isFound = outcome.type === "found" && outcome.records.some(isSigned);
    });
    world.run(RETRY_MS);
    await Promise.resolve();
    return isFound;
  }

  test.each(HOSTILE)(
    "that %s, and is the nearest to a record, costs who puts it and who looks for it one more try",
    async (misbehaviour) => {
      for (const seed of [11, 15, 16, 17]) {
        const { world, bad, honest } = spoilt(seed, misbehaviour, 1);
        const [nearest] = bad;
        if (nearest === undefined) throw new Error("one is hostile");
        const records = honest.map(() => recordBy(world, nearest));
        for (const [index, member] of honest.entries()) {
          const record = records[index] ?? recordOf(world);
          world.put(member, record);
          world.run(PUT_AGAIN_MS);
          world.put(member, { ...record, sequence: 2 });
          world.run(RETRY_MS);
        }
        for (const { key } of records) {
          expect(await finds(world, world.chance.of(honest), key)).toBe(true);
        }
      }
    },
  );

  test.each(HOSTILE)("that %s, one of eight, costs one more try mostly", async (misbehaviour) => {
    const { world, honest } = spoilt(13, misbehaviour, 3);
    let found = 0;
    for (const member of honest) {
      const record = recordOf(world);
      world.put(member, record);
      world.run(RETRY_MS);
      if (await finds(world, world.chance.of(honest), record.key)) found += 1;
    }
    expect(found / honest.length).toBeGreaterThan(0.85);
  });

  test.each(HOSTILE)("that %s costs who calls one more try", (misbehaviour) => {
    const { world, honest } = spoilt(14, misbehaviour, 3);
    const [one, ...others] = honest;
    if (one === undefined) throw new Error("somebody is honest");
    let reached = 0;
    for (const [index, { id: to, heard }] of others.entries()) {
      for (const call of [-2 * index - 1, -2 * index - 2]) {
        if (heard.length > 0) break;
        world.give(one, { type: "reach", call, to, signal: Uint8Array.of(1) });
        // Where nothing is answered, it is over.
        world.run(35_000);
      }
      if (heard.length > 0) reached += 1;
    }
    expect(reached).toBe(others.length);
  });

  test("that floods grows nothing past its bounds, and others are served", async () => {
    const world = grown(12);
    const [flooder] = everyone(world);
    if (flooder === undefined) throw new Error("somebody is there");
    const record = recordOf(world);
    world.put(world.any(), record);
    world.spoil(flooder, "floods");
    world.run(20_000);
    for (const { ring } of everyone(world)) {
      expect(ring.counts().circuits).toBeLessThanOrEqual(2048);
      expect(ring.recordCount).toBeLessThanOrEqual(1000);
      expect(ring.linkCount).toBeLessThanOrEqual(2 * Math.log2(PEERS) + 8);
    }
    const honest = everyone(world).filter((member) => member !== flooder);
    expect(await slotsOf(world, world.chance.of(honest), record.key)).toEqual([record.slot]);
  });
});
