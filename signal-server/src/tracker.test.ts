import { toBase64url } from "@shoal/swarm/bytes";
import { type PeerId, parsePeerId, type SwarmId, swarmIdOf } from "@shoal/swarm/ids";
import type { Announce, Introduction } from "@shoal/swarm/tracker/messages";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStore } from "./store/memory-store.ts";
import type { Place } from "./store/store.ts";
import { Tracker } from "./tracker.ts";

const LIFETIME_MS = 1000;
const MOST_SWARMS = 2;

const swarmNumber = (number: number): SwarmId => swarmIdOf(new Uint8Array(32).fill(number));

function peerNumber(number: number): PeerId {
  const peer = parsePeerId(toBase64url(new Uint8Array(32).fill(number)));
  if (peer === null) throw new Error("32 bytes make an id");
  return peer;
}

/** An introduction that says in its `peerKey` whose it is. */
const introductionOf = (peer: PeerId): Introduction => ({
  peerKey: peer,
  agreementKey: "",
  agreementSignature: "",
});

const S = swarmNumber(1);
const [A, B, C] = [peerNumber(1), peerNumber(2), peerNumber(3)];

let store: MemoryStore;
let tracker: Tracker;
let nowMs: number;
let told: { from: Place; peer: PeerId }[];
beforeEach(() => {
  told = [];
  nowMs = 0;
  // Chance plays no part: every test here looks at whole samples.
  store = new MemoryStore({ nowMs: () => nowMs, random: Math.random, lifetimeMs: LIFETIME_MS });
  tracker = trackerOf("here");
});

const trackerOf = (process: string, clockMs = () => nowMs) =>
  new Tracker({
    process,
    store,
    nowMs: clockMs,
    taken: (from, _swarm, peer) => told.push({ from, peer }),
    swarmsPerConnection: MOST_SWARMS,
  });

const at = (peer: PeerId, source = "203.0.113.1") => ({
  introduction: introductionOf(peer),
  source,
});

const join = (connection: string, peer: PeerId, swarm: SwarmId = S) =>
  tracker.join(connection, swarm, peer, at(peer));

const announce = (connection: string, held: Announce["held"] = "part", numWant = 50) =>
  tracker.announce(connection, { swarm: S, held, numWant });

const peersFor = async (connection: string) =>
  (await announce(connection))?.peers.map((peer) => peer.peerKey);

/** Where a signal of this connection's to this peer goes. */
async function wayOf(connection: string, to: PeerId, swarm: SwarmId = S) {
  const route = await tracker.route(connection, swarm, to);
  return typeof route === "string" ? route : `${route.from} to ${route.place.connection}`;
}

describe("announce", () => {
  test("a peer that hasn't joined is told nothing, whether the swarm exists or not", async () => {
    expect(await announce("a")).toBeNull();
    await join("b", B);
    await announce("b");
    expect(await announce("a")).toBeNull();
  });

  test("peers find each other once both have announced, and never themselves", async () => {
    await join("a", A);
    await join("b", B);
    expect(await peersFor("a")).toEqual([]);
    expect(await peersFor("b")).toEqual([A]);
    expect(await peersFor("a")).toEqual([B]);
  });

  test("of the peers that come the nearest are first", async () => {
    const sources = ["2001:db8:0:0::/64", "198.51.100.1", "203.0.113.9", "203.0.113.1"];
    for (const [number, source] of sources.entries()) {
      const connection = `c${number}`;
      const peer = peerNumber(10 + number);
      await tracker.join(connection, S, peer, at(peer, source));
      await announce(connection);
    }
    await join("a", A);
    const peers = await peersFor("a");
    expect(peers?.slice(0, 2)).toEqual([peerNumber(13), peerNumber(12)]);
    expect(peers).toHaveLength(4);
  });

  test("no more peers come than were wanted", async () => {
    for (const number of [1, 2, 3, 4, 5]) {
      await join(`c${number}`, peerNumber(number));
      await announce(`c${number}`);
    }
    expect((await announce("c1", "part", 3))?.peers).toHaveLength(3);
    expect((await announce("c1", "part", 0))?.peers).toEqual([]);
  });

  test("seeders and leechers are counted, as they were announced last", async () => {
    await join("a", A);
    await join("b", B);
    await announce("a", "all");
    expect(await announce("b", "nothing")).toMatchObject({ seeders: 1, leechers: 1 });
    expect(await announce("b", "all")).toMatchObject({ seeders: 2, leechers: 0 });
    expect(await announce("a", "part")).toMatchObject({ seeders: 1, leechers: 1 });
    await tracker.leave("b", S);
    expect(await announce("a", "part")).toMatchObject({ seeders: 0, leechers: 1 });
  });
});

describe("the end of a membership", () => {
  test("a swarm that everybody has left is no longer kept", async () => {
    await join("a", A);
    await join("b", B);
    await announce("a");
    await tracker.leave("a", S);
    await tracker.drop("b");
    expect(tracker.size).toEqual({ members: 0, connections: 0 });
    expect(store.size).toEqual({ swarms: 0, members: 0 });
  });

  test("a peer that doesn't announce again is forgotten after its lifetime, until it does", async () => {
    await join("a", A);
    await join("b", B);
    await announce("a");
    nowMs = LIFETIME_MS - 1;
    expect(await peersFor("b")).toEqual([A]);
    nowMs = LIFETIME_MS;
    expect(await peersFor("b")).toEqual([]);
    expect(await wayOf("b", A)).toBe("unreachable");
    expect(await peersFor("a")).toEqual([B]);
    expect(await peersFor("b")).toEqual([A]);
  });

  test("one that goes on announcing doesn't keep those that joined after it", async () => {
    await join("a", A);
    nowMs = 1;
    await join("b", B);
    await announce("b");
    nowMs = 2;
    await announce("a");
    nowMs = LIFETIME_MS + 1;
    expect(await peersFor("a")).toEqual([]);
  });
});

// A bus is slower than a socket: word that it was taken came after the peer had proven its id anew.
test("late word that a peer is elsewhere doesn't end where it has come back to since", async () => {
  await join("a", A);
  nowMs = 5;
  await join("a", A);
  expect(tracker.forget({ connection: "a", joinedMs: 4 }, S, A)).toBe(false);
  expect(tracker.isAt("a", S, A)).toBe(true);
  expect(tracker.forget({ connection: "a", joinedMs: 5 }, S, A)).toBe(true);
  expect(tracker.isAt("a", S, A)).toBe(false);
});

test("an entry that was put back ends here where the peer is elsewhere by then, or there", async () => {
  await join("a", A);
  const entry = [...store.entries()].find(({ peer }) => peer === A);
  if (entry === undefined) throw new Error("it has joined");
  const elsewhere = { process: "there", connection: "x", joinedMs: 0 };
  tracker.heed(entry, { others: [], seeders: 0, leechers: 0, replaced: elsewhere });
  expect(told).toEqual([{ from: elsewhere, peer: A }]);
  expect(tracker.isAt("a", S, A)).toBe(true);
  tracker.heed(entry, { takenBy: { ...elsewhere, joinedMs: 9 } });
  expect(tracker.isAt("a", S, A)).toBe(false);
});

describe("who is who", () => {
  test("the same peer on a newer connection takes over, and the older one's end doesn't hurt it", async () => {
    await join("old", A);
    await announce("old", "all");
    await join("b", B);
    await join("new", A);
    expect(await wayOf("b", A)).toBe(`${B} to new`);
    expect(await announce("old")).toBeNull();
    await tracker.drop("old");
    expect(await wayOf("b", A)).toBe(`${B} to new`);
    await announce("new", "all");
    expect(await announce("b")).toMatchObject({ seeders: 1, leechers: 1, peers: [{ peerKey: A }] });
  });

  test("a connection is one peer per swarm: joining as another gives up the first", async () => {
    await join("a", A);
    await announce("a");
    await join("a", B);
    await join("c", C);
    await announce("c");
    expect(await wayOf("c", A)).toBe("unreachable");
    expect(await wayOf("c", B)).toBe(`${C} to a`);
    expect(tracker.size.members).toBe(2);
  });

  test("joining again renews the introduction and keeps the place in the list", async () => {
    await join("a", A);
    await announce("a", "all");
    const introduction = { ...introductionOf(A), agreementKey: "new" };
    await tracker.join("a", S, A, { ...at(A), introduction });
    await join("b", B);
    expect(await announce("b")).toMatchObject({ seeders: 1, peers: [{ agreementKey: "new" }] });
  });

  test("a connection in as many swarms as it may be can still join those again", async () => {
    await join("a", A, swarmNumber(1));
    await join("a", A, swarmNumber(2));
    expect(await join("a", A, swarmNumber(3))).toBe("full");
    expect(await join("a", B, swarmNumber(2))).toBe("joined");
    expect(tracker.size).toEqual({ members: 2, connections: 1 });
  });

  test("a peer that is at another process now is told to the one where it was", async () => {
    const there = trackerOf("there");
    await join("a", A);
    await announce("a", "all");
    nowMs = 1;
    await there.join("b", S, A, at(A));
    expect(told).toMatchObject([{ from: { process: "here", connection: "a" }, peer: A }]);
    // That word may get lost.
    expect(await announce("a")).toBeNull();
    expect(tracker.size.members).toBe(0);
    const company = await there.announce("b", { swarm: S, held: "part", numWant: 50 });
    expect(company).toEqual({ peers: [], seeders: 0, leechers: 1 });
  });

  test("also from a process whose clock is ahead", async () => {
    const ahead = trackerOf("ahead", () => nowMs + 5000);
    await ahead.join("a", S, A, at(A));
    expect(await join("b", A)).toBe("joined");
    expect(await peersFor("b")).toEqual([]);
    expect(await ahead.announce("a", { swarm: S, held: "part", numWant: 50 })).toBeNull();
  });
});

describe("routes", () => {
  test("only peers of one swarm reach each other, and nobody reaches itself", async () => {
    await join("a", A, swarmNumber(1));
    await join("b", B, swarmNumber(2));
    expect(await wayOf("a", B, swarmNumber(1))).toBe("unreachable");
    expect(await wayOf("a", B, swarmNumber(2))).toBe("unproven");
    expect(await wayOf("a", A, swarmNumber(1))).toBe("unreachable");
    await join("b", B, swarmNumber(1));
    expect(await wayOf("a", B, swarmNumber(1))).toBe(`${A} to b`);
  });
});

type Step =
  | { do: "join"; connection: string; peer: PeerId; swarm: SwarmId }
  | { do: "announce"; connection: string; swarm: SwarmId; held: Announce["held"] }
  | { do: "leave"; connection: string; swarm: SwarmId }
  | { do: "drop"; connection: string }
  | { do: "wait"; ms: number };

const connection = fc.constantFrom("c1", "c2", "c3", "c4");
const peer = fc.constantFrom(A, B, C);
const swarm = fc.constantFrom(swarmNumber(1), swarmNumber(2), swarmNumber(3));
const held = fc.constantFrom("nothing" as const, "part" as const, "all" as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("join" as const), connection, peer, swarm }),
  fc.record({ do: fc.constant("announce" as const), connection, swarm, held }),
  fc.record({ do: fc.constant("leave" as const), connection, swarm }),
  fc.record({ do: fc.constant("drop" as const), connection }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: LIFETIME_MS / 2 }) }),
);

type Row = {
  connection: string;
  swarm: SwarmId;
  peer: PeerId;
  held: Announce["held"] | null;
  seenMs: number;
};

/**
 * The tracker as plainly as it can be said: one table, in the order of the joins. A row that hasn't
 * been seen for its lifetime stays, but nobody else sees it.
 */
class Model {
  rows: Row[] = [];
  nowMs = 0;

  take(step: Step): unknown {
    switch (step.do) {
      case "wait":
        this.nowMs += step.ms;
        return undefined;
      case "drop":
        this.rows = this.rows.filter((row) => row.connection !== step.connection);
        return undefined;
      case "leave":
        this.rows = this.rows.filter((row) => row !== this.find(step));
        return undefined;
      case "announce": {
        const row = this.find(step);
        const other = this.visible(step.swarm).find((one) => one.peer === row?.peer);
        if (!row) return null;
        if (other && this.rows.indexOf(other) > this.rows.indexOf(row)) {
          this.remove(row);
          return null;
        }
        if (other && other !== row) this.remove(other);
        Object.assign(row, { held: step.held, seenMs: this.nowMs });
        const listed = this.visible(step.swarm).filter((one) => one.held !== null);
        const seeders = listed.filter((one) => one.held === "all").length;
        const others = listed.filter((one) => one !== row).map((one) => one.peer);
        return { peers: others.toSorted(), seeders, leechers: listed.length - seeders };
      }
      case "join": {
        const before = this.find(step);
        const mine = this.rows.filter((row) => row.connection === step.connection);
        if (!before && mine.length >= MOST_SWARMS) return "full";
        const heldBefore = before?.peer === step.peer ? before.held : null;
        const elsewhere = this.visible(step.swarm).find((row) => row.peer === step.peer);
        for (const row of [before, elsewhere]) if (row) this.remove(row);
        this.rows.push({ ...step, held: heldBefore, seenMs: this.nowMs });
        return "joined";
      }
    }
  }

  visible(swarm: SwarmId): Row[] {
    const isSeen = (row: Row) => this.nowMs - row.seenMs < LIFETIME_MS;
    return this.rows.filter((row) => row.swarm === swarm && isSeen(row));
  }

  remove(row: Row): void {
    this.rows = this.rows.filter((one) => one !== row);
  }

  find(of: { connection: string; swarm: SwarmId }): Row | undefined {
    return this.rows.find((row) => row.connection === of.connection && row.swarm === of.swarm);
  }

  way(from: string, swarm: SwarmId, to: PeerId): string {
    const sender = this.find({ connection: from, swarm });
    const receiver = this.visible(swarm).find((row) => row.peer === to);
    if (!sender) return "unproven";
    if (!receiver || sender.peer === to) return "unreachable";
    return `${sender.peer} to ${receiver.connection}`;
  }
}

async function takeStep(step: Step): Promise<unknown> {
  switch (step.do) {
    case "wait":
      nowMs += step.ms;
      return undefined;
    case "drop":
      return tracker.drop(step.connection);
    case "leave":
      return tracker.leave(step.connection, step.swarm);
    case "announce": {
      const company = await tracker.announce(step.connection, { ...step, numWant: 50 });
      return company && { ...company, peers: company.peers.map((one) => one.peerKey).toSorted() };
    }
    case "join":
      return tracker.join(step.connection, step.swarm, step.peer, at(step.peer));
  }
}

test("whatever happens in whatever order, it answers as a plain table would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      nowMs = 0;
      store = new MemoryStore({ nowMs: () => nowMs, random: Math.random, lifetimeMs: LIFETIME_MS });
      tracker = trackerOf("here");
      const model = new Model();
      for (const step of steps) {
        const expected = model.take(step);
        expect(await takeStep(step)).toEqual(expected);
        for (const from of ["c1", "c2"]) {
          for (const to of [A, B]) {
            expect(await wayOf(from, to, swarmNumber(1))).toBe(model.way(from, swarmNumber(1), to));
          }
        }
        expect(tracker.size).toEqual({
          members: model.rows.length,
          connections: new Set(model.rows.map((row) => row.connection)).size,
        });
      }
    }),
    { numRuns: 500 },
  );
});
