import type { PeerId } from "@shoal/swarm/ids";
import { describe, expect, it } from "vitest";
import { inventedName, shortened, shownNames } from "./peer-name.ts";

const idOf = (value: number | string) => `peer ${value}` as PeerId;
const ids = Array.from({ length: 400 }, (_, index) => idOf(index));

describe("shownNames", () => {
  it("makes up a name of its own for everybody who chose none, the same each time", () => {
    const people = ids.map((id) => ({ id, name: "" }));
    const names = shownNames(people);
    expect(new Set([...names.values()].map(({ name }) => name)).size).toBe(ids.length);
    expect(shownNames(people)).toEqual(names);
  });

  it("makes up the same name for a peer whoever else is there, mostly", () => {
    const people = ids.slice(0, 20).map((id) => ({ id, name: "" }));
    const names = shownNames(people);
    const same = people.filter(({ id }) => names.get(id)?.name === inventedName(id));
    expect(same.length).toBeGreaterThan(18);
  });

  it("shows a chosen name, and beside a second one like it which is which", () => {
    const [a, b, c] = [idOf("a"), idOf("b"), idOf("c")];
    const names = shownNames([
      { id: a, name: "Ada" },
      { id: b, name: "a\u200dda" },
      { id: c, name: "Eve" },
    ]);
    expect(names.get(a)).toEqual({ name: "Ada", hint: inventedName(a) });
    expect(names.get(b)).toEqual({ name: "a\u200dda", hint: inventedName(b) });
    expect(names.get(c)).toEqual({ name: "Eve", hint: null });
  });

  it("tells who takes a made-up name from whoever has it", () => {
    const [a, b] = [idOf("a"), idOf("b")];
    const names = shownNames([
      { id: a, name: "" },
      { id: b, name: inventedName(a) },
    ]);
    expect(names.get(b)?.hint).toBe(inventedName(b));
  });
});

describe("shortened", () => {
  it("cuts between what reads as letters", () => {
    const family = "👩‍👩‍👧";
    expect(shortened(family.repeat(32))).toBe(family.repeat(32));
    expect(shortened(family.repeat(33))).toBe(`${family.repeat(31)}…`);
  });
});
