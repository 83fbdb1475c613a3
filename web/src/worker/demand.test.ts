import type { Bytes } from "@shoal/swarm/bytes";
import { Layout } from "@shoal/swarm/share/layout";
import { beforeEach, describe, expect, it } from "vitest";
import { Demand } from "./demand.ts";

const KIB = 1024;
const PIECE = 64 * KIB;

/** A file of one piece, and one of four and a bit: pieces 1 to 5. */
const layout = new Layout([10, 4 * PIECE + 5], PIECE);
const contentOf = (piece: number): number => 100 + piece;

describe("what is asked for of a file that arrives", () => {
  let held: Set<number>;
  let isHopeful: boolean;
  /** Where the engine was told to fetch first, in its order. */
  let heads: string[];
  let demand: Demand;
  let closing: AbortController;

  beforeEach(() => {
    held = new Set();
    isHopeful = true;
    heads = [];
    closing = new AbortController();
    const reader = {
      read: async ({ piece }: { piece: number }, into: Bytes) => void into.fill(contentOf(piece)),
    };
    demand = new Demand(layout, reader, {
      holds: (piece) => held.has(piece),
      isHopeful: () => isHopeful,
      playAt: (file, offset) => heads.push(`${file}:${offset}`),
    });
  });

  const read = (offset: number, mostBytes = 1000, { signal } = closing) =>
    demand.read(1, offset, mostBytes, signal);

  function come(piece: number): void {
    held.add(piece);
    demand.changed();
  }

  it("is read at once where it is here, and moves nothing", async () => {
    held.add(2);
    expect(await read(PIECE + 7)).toEqual(new Uint8Array(1000).fill(contentOf(2)));
    expect(heads).toEqual([]);
  });

  it("ends with its piece, and with the file", async () => {
    held.add(1).add(5);
    expect((await read(PIECE - 10)).length).toBe(10);
    expect((await read(4 * PIECE)).length).toBe(5);
  });

  it("is waited for, and fetched before all else", async () => {
    const waiting = read(2 * PIECE);
    expect(heads).toEqual([`1:${2 * PIECE}`]);
    come(2);
    come(3);
    expect((await waiting)[0]).toBe(contentOf(3));
  });

  it("is fetched where the newest demand is, and then where an older one still waits", async () => {
    const first = read(0);
    const second = read(3 * PIECE);
    expect(heads).toEqual(["1:0", `1:${3 * PIECE}`]);
    come(4);
    expect((await second)[0]).toBe(contentOf(4));
    expect(heads.at(-1)).toBe("1:0");
    come(1);
    expect((await first)[0]).toBe(contentOf(1));
  });

  it("stops mattering when nobody waits for it any more", async () => {
    const older = read(0);
    const gone = new AbortController();
    const newer = read(3 * PIECE, 1000, gone);
    gone.abort();
    await expect(newer).rejects.toThrow("nobody waits");
    expect(heads.at(-1)).toBe("1:0");
    closing.abort();
    await expect(older).rejects.toThrow("nobody waits");
    const told = heads.length;
    come(1);
    expect(heads).toHaveLength(told);
    await expect(read(3 * PIECE)).rejects.toThrow("nobody waits");
  });

  it("is given up when no more will come; what is here can still be read", async () => {
    held.add(1);
    const waiting = read(PIECE);
    isHopeful = false;
    demand.changed();
    await expect(waiting).rejects.toThrow("won't come");
    await expect(read(PIECE)).rejects.toThrow("won't come");
    expect((await read(0))[0]).toBe(contentOf(1));
  });
});
