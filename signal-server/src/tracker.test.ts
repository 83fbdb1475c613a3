import { toBase64url } from "@shoal/swarm/bytes";
import { type PeerId, parsePeerId, type SwarmId, swarmIdOf } from "@shoal/swarm/ids";
import type { Announce, Introduction } from "@shoal/swarm/tracker/messages";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { Tracker } from "./tracker.ts";

const LIFETIME_MS = 1000;
const BOUNDS = { swarmsPerConnection: 2, lifetimeMs: LIFETIME_MS };

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

let tracker: Tracker;
beforeEach(() => {
  // Chance plays no part: every test here looks at whole samples.
  tracker = new Tracker(BOUNDS, Math.random);
});

const at = (peer: PeerId, source = "203.0.113.1") => ({
  introduction: introductionOf(peer),
  source,
});

const join = (connection: string, peer: PeerId, swarm: SwarmId = S, nowMs = 0) =>
  tracker.join(connection, swarm, peer, at(peer), nowMs);

const announce = (connection: string, held: Announce["held"] = "part", nowMs = 0, numWant = 50) =>
  tracker.announce(connection, { swarm: S, held, numWant }, nowMs);

const peersFor = (connection: string, nowMs = 0) =>
  announce(connection, "part", nowMs)?.peers.map((peer) => peer.peerKey);

describe("announce", () => {
  test("a peer that hasn't joined is told nothing, whether the swarm exists or not", () => {
    expect(announce("a")).toBeNull();
    join("b", B);
    announce("b");
    expect(announce("a")).toBeNull();
  });

  test("peers find each other once both have announced, and never themselves", () => {
    join("a", A);
    join("b", B);
    expect(peersFor("a")).toEqual([]);
    expect(peersFor("b")).toEqual([A]);
    expect(peersFor("a")).toEqual([B]);
  });

  test("of the peers that come the nearest are first", () => {
    const sources = ["2001:db8:0:0::/64", "198.51.100.1", "203.0.113.9", "203.0.113.1"];
    for (const [number, source] of sources.entries()) {
      const connection = `c${number}`;
      tracker.join(connection, S, peerNumber(10 + number), at(peerNumber(10 + number), source), 0);
      announce(connection);
    }
    join("a", A);
    const told = peersFor("a");
    expect(told?.slice(0, 2)).toEqual([peerNumber(13), peerNumber(12)]);
    expect(told).toHaveLength(4);
  });

  test("no more peers come than were wanted", () => {
    for (const number of [1, 2, 3, 4, 5]) {
      join(`c${number}`, peerNumber(number));
      announce(`c${number}`);
    }
    expect(announce("c1", "part", 0, 3)?.peers).toHaveLength(3);
    expect(announce("c1", "part", 0, 0)?.peers).toEqual([]);
  });

  test("seeders and leechers are counted, as they were announced last", () => {
    join("a", A);
    join("b", B);
    announce("a", "all");
    expect(announce("b", "nothing")).toMatchObject({ seeders: 1, leechers: 1 });
    expect(announce("b", "all")).toMatchObject({ seeders: 2, leechers: 0 });
    expect(announce("a", "part")).toMatchObject({ seeders: 1, leechers: 1 });
    tracker.leave("b", S);
    expect(announce("a", "part")).toMatchObject({ seeders: 0, leechers: 1 });
  });
});

describe("the end of a membership", () => {
  test("a swarm that everybody has left is no longer kept", () => {
    join("a", A);
    join("b", B);
    announce("a");
    tracker.leave("a", S);
    tracker.drop("b");
    expect(tracker.size).toEqual({ swarms: 0, members: 0, connections: 0 });
  });

  test("a peer that doesn't announce again is forgotten after its lifetime", () => {
    join("a", A);
    join("b", B);
    announce("a");
    announce("b", "part", LIFETIME_MS - 1);
    expect(peersFor("b", LIFETIME_MS - 1)).toEqual([A]);
    expect(peersFor("b", LIFETIME_MS)).toEqual([]);
    expect(announce("a", "part", LIFETIME_MS)).toBeNull();
    expect(tracker.route("b", S, A, LIFETIME_MS)).toBe("unreachable");
  });

  test("one that goes on announcing doesn't keep those that joined after it", () => {
    join("a", A);
    join("b", B, S, 1);
    announce("b", "part", 1);
    announce("a", "part", 2);
    expect(peersFor("a", LIFETIME_MS + 1)).toEqual([]);
  });

  test("a forgotten peer frees its connection's place", () => {
    join("a", A, swarmNumber(1));
    join("a", A, swarmNumber(2));
    expect(join("a", A, swarmNumber(3))).toBe("full");
    expect(join("a", A, swarmNumber(3), LIFETIME_MS)).toBe("joined");
  });
});

describe("who is who", () => {
  test("the same peer on a newer connection takes over, and the older one's end doesn't hurt it", () => {
    join("old", A);
    announce("old", "all");
    join("b", B);
    join("new", A);
    expect(tracker.route("b", S, A, 0)).toEqual({ from: B, connection: "new" });
    expect(announce("old")).toBeNull();
    tracker.drop("old");
    expect(tracker.route("b", S, A, 0)).toEqual({ from: B, connection: "new" });
    announce("new", "all");
    expect(announce("b")).toMatchObject({ seeders: 1, leechers: 1, peers: [{ peerKey: A }] });
  });

  test("a connection is one peer per swarm: joining as another gives up the first", () => {
    join("a", A);
    announce("a");
    join("a", B);
    join("c", C);
    announce("c");
    expect(tracker.route("c", S, A, 0)).toBe("unreachable");
    expect(tracker.route("c", S, B, 0)).toEqual({ from: C, connection: "a" });
    expect(tracker.size.members).toBe(2);
  });

  test("joining again renews the introduction and keeps the place in the list", () => {
    join("a", A);
    announce("a", "all");
    const introduction = { ...introductionOf(A), agreementKey: "new" };
    tracker.join("a", S, A, { ...at(A), introduction }, 0);
    join("b", B);
    expect(announce("b")).toMatchObject({ seeders: 1, peers: [{ agreementKey: "new" }] });
  });

  test("a connection in as many swarms as it may be can still join those again", () => {
    join("a", A, swarmNumber(1));
    join("a", A, swarmNumber(2));
    expect(join("a", A, swarmNumber(3))).toBe("full");
    expect(join("a", B, swarmNumber(2))).toBe("joined");
    expect(tracker.size).toEqual({ swarms: 2, members: 2, connections: 1 });
  });
});

describe("routes", () => {
  test("only peers of one swarm reach each other, and nobody reaches itself", () => {
    join("a", A, swarmNumber(1));
    join("b", B, swarmNumber(2));
    expect(tracker.route("a", swarmNumber(1), B, 0)).toBe("unreachable");
    expect(tracker.route("a", swarmNumber(2), B, 0)).toBe("unproven");
    expect(tracker.route("a", swarmNumber(1), A, 0)).toBe("unreachable");
    join("b", B, swarmNumber(1));
    expect(tracker.route("a", swarmNumber(1), B, 0)).toEqual({ from: A, connection: "b" });
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

/** The tracker as plainly as it can be said: one table. */
class Model {
  rows: Row[] = [];
  nowMs = 0;

  take(step: Step): unknown {
    switch (step.do) {
      case "wait":
        this.nowMs += step.ms;
        this.rows = this.rows.filter((row) => this.nowMs - row.seenMs < LIFETIME_MS);
        return undefined;
      case "drop":
        this.rows = this.rows.filter((row) => row.connection !== step.connection);
        return undefined;
      case "leave":
        this.rows = this.rows.filter((row) => row !== this.find(step));
        return undefined;
      case "announce": {
        const row = this.find(step);
        if (!row) return null;
        Object.assign(row, { held: step.held, seenMs: this.nowMs });
        const listed = this.rows.filter((one) => one.swarm === step.swarm && one.held !== null);
        const seeders = listed.filter((one) => one.held === "all").length;
        const others = listed.filter((one) => one !== row).map((one) => one.peer);
        return { peers: others.toSorted(), seeders, leechers: listed.length - seeders };
      }
      case "join": {
        const before = this.find(step);
        const mine = this.rows.filter((row) => row.connection === step.connection);
        if (!before && mine.length >= BOUNDS.swarmsPerConnection) return "full";
        const heldBefore = before?.peer === step.peer ? before.held : null;
        this.rows = this.rows.filter(
          (row) => row !== before && !(row.swarm === step.swarm && row.peer === step.peer),
        );
        this.rows.push({ ...step, held: heldBefore, seenMs: this.nowMs });
        return "joined";
      }
    }
  }

  find(of: { connection: string; swarm: SwarmId }): Row | undefined {
    return this.rows.find((row) => row.connection === of.connection && row.swarm === of.swarm);
  }

  route(from: string, swarm: SwarmId, to: PeerId): unknown {
    const sender = this.find({ connection: from, swarm });
    const receiver = this.rows.find((row) => row.swarm === swarm && row.peer === to);
    if (!sender) return "unproven";
    if (!receiver || receiver === sender) return "unreachable";
    return { from: sender.peer, connection: receiver.connection };
  }
}

function takeStep(tracker: Tracker, step: Step, nowMs: number): unknown {
  switch (step.do) {
    case "wait":
      return undefined;
    case "drop":
      return tracker.drop(step.connection);
    case "leave":
      return tracker.leave(step.connection, step.swarm);
    case "announce": {
      const company = tracker.announce(step.connection, { ...step, numWant: 50 }, nowMs);
      return company && { ...company, peers: company.peers.map((one) => one.peerKey).toSorted() };
    }
    case "join":
      return tracker.join(step.connection, step.swarm, step.peer, at(step.peer), nowMs);
  }
}

test("whatever happens in whatever order, it answers as a plain table would", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tracker = new Tracker(BOUNDS, Math.random);
      const model = new Model();
      for (const step of steps) {
        const expected = model.take(step);
        expect(takeStep(tracker, step, model.nowMs)).toEqual(expected);
        for (const from of ["c1", "c2"]) {
          for (const to of [A, B]) {
            const route = tracker.route(from, swarmNumber(1), to, model.nowMs);
            expect(route).toEqual(model.route(from, swarmNumber(1), to));
          }
        }
        expect(tracker.size).toEqual({
          swarms: new Set(model.rows.map((row) => row.swarm)).size,
          members: model.rows.length,
          connections: new Set(model.rows.map((row) => row.connection)).size,
        });
      }
    }),
    { numRuns: 500 },
  );
});
