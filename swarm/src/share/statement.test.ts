import { expect, test } from "vitest";
import { concat, u32, utf8 } from "../bytes.ts";
import { swarmIdOf } from "../ids.ts";
import { STATEMENT, statement } from "./statement.ts";

const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const content = new Uint8Array([5, 6]);

test("a statement is the protocol's name, type, swarm, slot and content", () => {
  expect(statement(STATEMENT.page, swarm, 258, content)).toEqual(
    concat(
      utf8("shoal statement v1\0"),
      new Uint8Array([2]),
      new Uint8Array(32).fill(1),
      new Uint8Array([2, 1, 0, 0]),
      content,
    ),
  );
  expect(STATEMENT).toEqual({ manifest: 1, page: 2, end: 3, catalogue: 4 });
});

test("no two slots, types, swarms or contents share a statement", () => {
  const other = swarmIdOf(new Uint8Array(32).fill(2));
  const all = [
    statement(STATEMENT.page, swarm, 0, content),
    statement(STATEMENT.page, swarm, 1, content),
    statement(STATEMENT.manifest, swarm, 0, content),
    statement(STATEMENT.end, swarm, 0, content),
    statement(STATEMENT.page, other, 0, content),
    statement(STATEMENT.page, swarm, 0, new Uint8Array([5])),
    statement(STATEMENT.page, swarm, 0, concat(u32(0), content)),
  ].map((bytes) => bytes.toString());
  expect(new Set(all).size).toBe(all.length);
});
