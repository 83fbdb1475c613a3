import { describe, expect, test } from "vitest";
import { type SourceBounds, Sources } from "./sources.ts";

const bounds: SourceBounds = {
  perSource: {
    sockets: 3,
    connections: { burst: 5, perSec: 1 },
    frames: { burst: 5, perSec: 5 },
    events: { burst: 4, perSec: 2 },
    joins: { burst: 2, perSec: 1 },
    searches: { burst: 2, perSec: 1 },
    statements: { burst: 1, perSec: 1 },
    reports: { burst: 1, perSec: 1 },
  },
  perProcess: {
    sockets: 5,
    connections: { burst: 100, perSec: 100 },
    frames: { burst: 100, perSec: 100 },
    events: { burst: 6, perSec: 100 },
    joins: { burst: 100, perSec: 100 },
    searches: { burst: 3, perSec: 100 },
    statements: { burst: 100, perSec: 100 },
    reports: { burst: 100, perSec: 100 },
  },
  sources: 3,
};

const times = <Result>(count: number, action: () => Result): Result[] =>
  Array.from({ length: count }, action);

describe("sources", () => {
  test("have so many sockets open each, and all together", () => {
    const sources = new Sources(bounds, 0);
    const mine = times(4, () => sources.open("a", 0));
    expect(mine.map((share) => share !== null)).toEqual([true, true, true, false]);
    expect(sources.knock("a", 0)).toBe(false);
    expect(times(3, () => sources.open("b", 0) !== null)).toEqual([true, true, false]);
    expect(sources.knock("c", 0)).toBe(false);
    expect(sources.size).toEqual({ sources: 3, sockets: 5 });
    mine[0]?.release();
    expect(sources.knock("c", 0)).toBe(true);
    expect(sources.open("b", 0)).not.toBeNull();
  });

  test("connect so often, however short it is", () => {
    const sources = new Sources(bounds, 0);
    const knock = () => sources.knock("a", 0);
    expect(times(6, knock)).toEqual([true, true, true, true, true, false]);
    expect(sources.knock("a", 999)).toBe(false);
    expect(sources.knock("a", 1000)).toBe(true);
    expect(sources.knock("b", 1000)).toBe(true);
  });

  test("share what they send among their sockets, and don't take from others", () => {
    const sources = new Sources(bounds, 0);
    const [first, second] = times(2, () => sources.open("a", 0));
    const other = sources.open("b", 0);
    expect(times(3, () => first?.take("events", 0))).toEqual([true, true, true]);
    expect(times(2, () => second?.take("events", 0))).toEqual([true, false]);
    expect(times(2, () => first?.take("joins", 0))).toEqual([true, true]);
    expect(second?.take("joins", 0)).toBe(false);
    // The process had six: what was refused has taken none of them.
    expect(times(3, () => other?.take("events", 0))).toEqual([true, true, false]);
  });

  test("search so often, with a socket or without, and don't take from others", () => {
    const sources = new Sources(bounds, 0);
    const searches = (source: string) => times(3, () => sources.take(source, "searches", 0));
    expect(searches("a")).toEqual([true, true, false]);
    expect(sources.take("a", "statements", 0)).toBe(true);
    // The process had three: what was refused has taken none of them.
    expect(searches("b")).toEqual([true, false, false]);
    expect(sources.take("a", "searches", 1000)).toBe(true);
    for (const name of ["c", "d"]) sources.take(name, "reports", 1000);
    expect(sources.take("d", "statements", 1000)).toBe(false);
  });

  test("are forgotten once nothing of them matters, and only then", () => {
    const sources = new Sources(bounds, 0);
    const open = sources.open("a", 0);
    sources.knock("b", 0);
    sources.tidy(4999);
    expect(sources.size.sources).toBe(2);
    sources.tidy(5000);
    expect(sources.size.sources).toBe(1);
    open?.release();
    sources.tidy(5000);
    expect(sources.size.sources).toBe(0);
  });

  test("are at most so many: a new one comes in when an old one can be forgotten", () => {
    const sources = new Sources(bounds, 0);
    for (const name of ["a", "b", "c"]) sources.knock(name, 0);
    expect(sources.knock("d", 0)).toBe(false);
    expect(sources.open("d", 0)).toBeNull();
    expect(sources.open("a", 0)).not.toBeNull();
    expect(sources.knock("d", 5000)).toBe(true);
    expect(sources.size.sources).toBe(2);
  });
});
