import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seeded } from "../../simulator/random.ts";
import { Choker, type ChokeView } from "./choker.ts";
import type { ConnectionId } from "./io.ts";

/** The choker's regular slots, the optimistic one included. */
const SLOTS = 5;

/** A choker and the peers that it sees, numbered from 1. */
class Table {
  readonly choker: Choker;
  readonly peers = new Map<ConnectionId, ChokeView>();
  isSeeding = false;

  /** Everybody is interested. By default of equals the first goes first, and the last has luck. */
  constructor(count: number, rng: () => number = () => 0.999) {
    this.choker = new Choker(rng);
    for (let connection = 1; connection <= count; connection++) {
      this.peers.set(connection, {
        connection,
        isInterested: true,
        isUnchoked: false,
        isWaiting: false,
        isSnubbing: false,
        receivedBytes: 0,
        sentBytes: 0,
        pieceCount: 1,
        isNewcomer: false,
        isDeadEnd: false,
      });
    }
  }

  set(connection: ConnectionId, change: Partial<ChokeView>): this {
    const peer = this.peers.get(connection);
    if (peer === undefined) throw new Error("no such peer");
    this.peers.set(connection, { ...peer, ...change });
    return this;
  }

  setAll(change: Partial<ChokeView>): this {
    for (const connection of this.peers.keys()) this.set(connection, change);
    return this;
  }

  give(connection: ConnectionId, bytes: number): void {
    const before = this.peers.get(connection)?.receivedBytes ?? 0;
    this.set(connection, { receivedBytes: before + bytes });
  }

  get #views(): ChokeView[] {
    return [...this.peers.values()];
  }

  get unchoked(): ConnectionId[] {
    return this.#views.filter((peer) => peer.isUnchoked).map((one) => one.connection);
  }

  rotate(): ConnectionId[] {
    return this.#apply(this.choker.rotate(this.#views, this.isSeeding));
  }

  fill(): ConnectionId[] {
    return this.#apply(this.choker.fill(this.#views, this.isSeeding));
  }

  grow(): ConnectionId[] {
    return this.#apply(this.choker.grow(this.#views, this.isSeeding));
  }

  shrink(): ConnectionId[] {
    return this.#apply(this.choker.shrink(this.#views));
  }

  #apply(unchoked: ReadonlySet<ConnectionId>): ConnectionId[] {
    for (const connection of this.peers.keys()) {
      this.set(connection, { isUnchoked: unchoked.has(connection) });
    }
    return this.unchoked;
  }
}

describe("who fetches as well", () => {
  test("serves those that give most, and one more", () => {
    const table = new Table(10);
    for (const connection of [2, 4, 6, 8]) table.give(connection, 1_000 * connection);
    table.give(3, 1_000);
    expect(table.rotate()).toEqual([2, 4, 6, 8, 10]);
  });

  test("ranks by what was given of late: the past counts half after each rotation", () => {
    const table = new Table(10);
    table.give(1, 1_000);
    for (let rotation = 0; rotation < 3; rotation++) {
      for (const connection of [2, 3, 4]) table.give(connection, 5_000);
      table.give(5, 400);
      const unchoked = table.rotate();
      // 1,000 against 400; 500 against 600; 250 against 700.
      expect(unchoked.slice(0, 4)).toEqual(rotation === 0 ? [1, 2, 3, 4] : [2, 3, 4, 5]);
    }
  });

  test("doesn't serve for having been served: only what came since counts anew", () => {
    const table = new Table(10);
    for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000_000);
    table.rotate();
    for (let rotation = 0; rotation < 30; rotation++) {
      for (const connection of [5, 6, 7, 8]) table.give(connection, 100);
      table.rotate();
    }
    expect(table.unchoked.slice(0, 4)).toEqual([5, 6, 7, 8]);
  });

  test("takes the slot of a peer that snubs it, whatever that one gave", () => {
    const table = new Table(10);
    for (const connection of [1, 2, 3, 4, 5]) table.give(connection, 6_000 - 1_000 * connection);
    table.set(1, { isSnubbing: true });
    expect(table.rotate()).toEqual([2, 3, 4, 5, 10]);
  });

  test("serves nobody who wants nothing, while somebody wants something", () => {
    const table = new Table(10);
    for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000);
    table.set(1, { isInterested: false });
    expect(table.rotate()).not.toContain(1);
  });

  test("tries another peer by luck every third rotation", () => {
    const table = new Table(40, seeded(1));
    const lucky: (ConnectionId | undefined)[] = [];
    for (let rotation = 0; rotation < 18; rotation++) {
      for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000);
      lucky.push(table.rotate().find((connection) => connection > 4));
    }
    const turns = Array.from({ length: 6 }, (_, turn) => lucky.slice(3 * turn, 3 * turn + 3));
    for (const turn of turns) expect(new Set(turn).size).toBe(1);
    expect(new Set(lucky).size).toBeGreaterThanOrEqual(5);
  });

  test("tries another one at once where the lucky one has gone", () => {
    const table = new Table(10);
    for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000);
    expect(table.rotate()).toContain(10);
    table.peers.delete(10);
    expect(table.rotate()).toContain(9);
  });
});

describe("who has everything", () => {
  const seeding = (count: number): Table => Object.assign(new Table(count), { isSeeding: true });

  test("serves the most deprived", () => {
    const table = seeding(10);
    for (const connection of table.peers.keys()) {
      table.set(connection, { pieceCount: 100 - connection });
    }
    expect(table.rotate()).toEqual([6, 7, 8, 9, 10]);
  });

  test("serves of the equally deprived whom it served least", () => {
    const table = seeding(10);
    for (const connection of table.peers.keys()) {
      table.set(connection, { sentBytes: 100 - connection });
    }
    expect(table.rotate()).toEqual([6, 7, 8, 9, 10]);
  });

  test("serves those last that pass nothing on, however deprived", () => {
    const table = seeding(7);
    for (const connection of [1, 2]) table.set(connection, { isDeadEnd: true, pieceCount: 0 });
    expect(table.rotate()).toEqual([3, 4, 5, 6, 7]);
    table.peers.delete(7);
    expect(table.rotate()).toEqual([1, 3, 4, 5, 6]);
  });

  test("doesn't ask what it was given", () => {
    const table = seeding(10).setAll({ pieceCount: 9 });
    for (const connection of [6, 7, 8, 9, 10]) table.set(connection, { pieceCount: 5 });
    for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000);
    expect(table.rotate()).toEqual([6, 7, 8, 9, 10]);
  });
});

describe("a newcomer", () => {
  const newcomer = { isNewcomer: true, pieceCount: 0 };

  /** Peers that give, and take all slots. */
  function busy(): Table {
    const table = new Table(8);
    for (const connection of table.peers.keys()) table.set(connection, { isInterested: false });
    for (const connection of [1, 2, 3, 4, 5]) {
      table.set(connection, { isInterested: true });
      table.give(connection, 1_000);
    }
    expect(table.rotate()).toEqual([1, 2, 3, 4, 5]);
    return table;
  }

  test("gets a slot beside the others at once", () => {
    const table = busy().set(7, { ...newcomer, isInterested: true });
    expect(table.fill()).toEqual([1, 2, 3, 4, 5, 7]);
  });

  test("is the only one who does, until it has something to give", () => {
    const table = busy().set(7, { ...newcomer, isInterested: true });
    table.fill();
    table.set(8, { ...newcomer, isInterested: true });
    expect(table.fill()).not.toContain(8);
    table.set(7, { isNewcomer: false, pieceCount: 1 });
    expect(table.fill()).toContain(8);
  });

  test("keeps its slot over a rotation, and loses it to merit when it is new no longer", () => {
    const table = busy().set(7, { ...newcomer, isInterested: true });
    table.fill();
    for (const connection of [1, 2, 3, 4, 5]) table.give(connection, 1_000);
    expect(table.rotate()).toContain(7);
    table.set(7, { isNewcomer: false, pieceCount: 1 }).set(8, { isInterested: true });
    expect(table.rotate()).not.toContain(7);
  });

  test("that wants nothing gets none", () => {
    expect(busy().set(7, newcomer).fill()).not.toContain(7);
  });
});

describe("between rotations", () => {
  test("who comes gets a slot that is free", () => {
    const table = new Table(3);
    for (const connection of [1, 2, 3]) {
      table.set(connection, { isInterested: true });
      expect(table.fill()).toContain(connection);
    }
  });

  test("the slot of one that wants nothing any more goes to another", () => {
    const table = new Table(6);
    table.rotate();
    const [idle = 0] = table.unchoked;
    const choked = [...table.peers.keys()].find((one) => !table.unchoked.includes(one)) ?? 0;
    table.set(idle, { isInterested: false });
    expect(table.fill()).toContain(choked);
  });

  test("no more get one than there are slots", () => {
    const table = new Table(20);
    for (let times = 0; times < 3; times++) expect(table.fill()).toHaveLength(SLOTS);
  });
});

describe("an uplink with nothing to do", () => {
  test("gives everybody who wants one a slot, some at a time", () => {
    const table = new Table(10);
    table.rotate();
    const counts = [1, 2, 3].map(() => table.grow().length);
    expect(counts).toEqual([7, 9, 10]);
  });

  test("gives none to those that want nothing", () => {
    const table = new Table(10);
    for (const connection of [7, 8, 9, 10]) table.set(connection, { isInterested: false });
    table.rotate();
    for (let times = 0; times < 5; times++) table.grow();
    expect(table.unchoked).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("gives 30 at most", () => {
    const table = new Table(40);
    table.rotate();
    for (let times = 0; times < 20; times++) table.grow();
    expect(table.unchoked).toHaveLength(30);
  });

  test("takes slots back from who asks for nothing, once there is a line", () => {
    const table = new Table(10);
    table.rotate();
    for (let times = 0; times < 3; times++) table.grow();
    for (const connection of [2, 9]) table.set(connection, { isWaiting: true });
    expect(table.shrink()).toEqual([2, 9]);
  });

  test("leaves the newcomer its slot in a line", () => {
    const table = new Table(8).set(6, { isNewcomer: true, pieceCount: 0 });
    for (const connection of [1, 2, 3, 4]) table.give(connection, 1_000);
    expect(table.rotate()).toEqual([1, 2, 3, 4, 6, 8]);
    expect(table.shrink()).toEqual([6]);
  });

  test("gives regular slots back first when the line has gone", () => {
    const table = new Table(20);
    for (const connection of [11, 12, 13, 14]) table.give(connection, 1_000);
    const regular = table.rotate();
    table.shrink();
    for (let times = 0; times < 3; times++) table.grow();
    expect(table.unchoked).toEqual(expect.arrayContaining(regular));
  });
});

describe("slots that nobody wants", () => {
  test("are held by peers that may want something soon", () => {
    const table = new Table(8).setAll({ isInterested: false });
    expect(table.rotate()).toHaveLength(SLOTS);
  });

  test("go to who wants something at the next rotation", () => {
    const table = new Table(8, seeded(1)).setAll({ isInterested: false });
    table.rotate();
    for (const connection of [4, 5, 6, 7, 8]) table.set(connection, { isInterested: true });
    expect(table.rotate()).toEqual([4, 5, 6, 7, 8]);
  });
});

const anyPeer = fc.record({
  isInterested: fc.boolean(),
  isUnchoked: fc.boolean(),
  isWaiting: fc.boolean(),
  isSnubbing: fc.boolean(),
  receivedBytes: fc.nat(1_000),
  sentBytes: fc.nat(1_000),
  pieceCount: fc.nat(5),
  isNewcomer: fc.boolean(),
  isDeadEnd: fc.boolean(),
});
const anyPeers = fc.array(anyPeer, { maxLength: 20 });

test("a rotation fills all slots, with who wants something first, and one more at most", () => {
  const rounds = fc.array(anyPeers, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rounds, fc.boolean(), fc.nat(), (changes, isSeeding, seed) => {
      const table = Object.assign(new Table(20, seeded(seed)), { isSeeding });
      for (const change of changes) {
        for (const [index, peer] of change.entries()) table.set(index + 1, peer);
        const unchoked = table.rotate();
        expect([SLOTS, SLOTS + 1]).toContain(unchoked.length);
        const all = [...table.peers.values()];
        const served = all.filter((peer) => peer.isUnchoked && peer.isInterested).length;
        const interested = all.filter((peer) => peer.isInterested).length;
        expect(served).toBeGreaterThanOrEqual(Math.min(SLOTS, interested));
      }
    }),
  );
});

test("between rotations nobody loses a slot, and no slot of a line goes to who doesn't wait", () => {
  fc.assert(
    fc.property(anyPeers, fc.boolean(), fc.nat(), (peers, isSeeding, seed) => {
      const table = Object.assign(new Table(20, seeded(seed)), { isSeeding });
      for (const [index, peer] of peers.entries()) table.set(index + 1, peer);
      const before = table.unchoked;
      expect(table.fill()).toEqual(expect.arrayContaining(before));
      const grown = table.unchoked;
      expect(table.grow()).toEqual(expect.arrayContaining(grown));
      const unchoked = new Set(table.unchoked);
      for (const connection of table.shrink()) expect(unchoked.has(connection)).toBe(true);
    }),
  );
});
