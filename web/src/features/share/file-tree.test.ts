import { describe, expect, it } from "vitest";
import type { FileState } from "../../protocol/state.ts";
import { buildTree, sumOf, visibleRows, worthListing } from "./file-tree.ts";

const file = (path: string, sizeBytes = 10, verifiedBytes = 0): FileState => ({
  path: path.split("/"),
  sizeBytes,
  verifiedBytes,
});

const FILES = [file("trip/a"), file("trip/day 1/b", 20, 5), file("loose"), file("trip/day 1/c")];

const names = (rows: ReturnType<typeof visibleRows>): string[] =>
  rows.map(({ entry, depth }) => `${"-".repeat(depth)}${entry.name}`);

describe("file tree", () => {
  it("gathers a folder's files even when others stand between them", () => {
    const rows = visibleRows(buildTree(FILES), () => true);
    expect(names(rows)).toEqual(["trip", "-a", "-day 1", "--b", "--c", "loose"]);
  });

  it("hides what is in closed folders", () => {
    const rows = visibleRows(buildTree(FILES), ({ name }) => name === "trip");
    expect(names(rows)).toEqual(["trip", "-a", "-day 1", "loose"]);
  });

  it("sums a folder over all its depths", () => {
    const [trip] = buildTree(FILES).children;
    expect(trip?.kind === "folder" && sumOf(FILES, trip.fileIndexes)).toEqual({
      sizeBytes: 40,
      verifiedBytes: 5,
    });
  });

  it("keeps a folder and a file of one name apart", () => {
    const rows = visibleRows(buildTree([file("x/a"), file("x")]), () => true);
    expect(new Set(rows.map(({ entry }) => entry.key)).size).toBe(3);
  });

  it("keeps names apart that an object would confuse", () => {
    const rows = visibleRows(
      buildTree([file("__proto__/constructor"), file("toString")]),
      () => true,
    );
    expect(names(rows)).toEqual(["__proto__", "-constructor", "toString"]);
  });

  it("isn't worth listing for one file on its own, whose name is the title", () => {
    expect(worthListing([file("a")])).toBe(false);
    expect(worthListing([file("folder/a")])).toBe(true);
    expect(worthListing([])).toBe(false);
  });
});
