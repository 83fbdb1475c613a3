import { describe, expect, it, vi } from "vitest";
import { collectChosen, collectDropped } from "./collect.ts";
import type { Dropped } from "./collect.ts";

const file = (name: string): File => new File(["x"], name);

const fileEntry = (name: string): FileSystemEntry =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (done: (file: File) => void) => done(file(name)),
  }) as unknown as FileSystemEntry;

/** A folder that hands out its entries a few at a time, as browsers do. */
function folderEntry(name: string, inside: FileSystemEntry[], batchCount = 100): FileSystemEntry {
  const createReader = () => {
    let from = 0;
    return {
      readEntries: (done: (entries: FileSystemEntry[]) => void) => {
        done(inside.slice(from, from + batchCount));
        from += batchCount;
      },
    };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

const dropped = (...entries: FileSystemEntry[]): Dropped[] =>
  entries.map((entry) => ({ kind: "entry", entry }));

const paths = async (items: Dropped[]): Promise<string[]> =>
  (await collectDropped(items, () => {})).map(({ path }) => path.join("/"));

describe("collectDropped", () => {
  it("keeps the paths of nested folders, in their order", async () => {
    const tree = folderEntry("trip", [
      fileEntry("a.txt"),
      folderEntry("day 1", [fileEntry("b.txt"), folderEntry("raw", [fileEntry("c.txt")])]),
      fileEntry("d.txt"),
    ]);
    expect(await paths(dropped(tree, fileEntry("loose.txt")))).toEqual([
      "trip/a.txt",
      "trip/day 1/b.txt",
      "trip/day 1/raw/c.txt",
      "trip/d.txt",
      "loose.txt",
    ]);
  });

  it("reads a folder to its end, past the first batch that the browser hands out", async () => {
    const many = Array.from({ length: 250 }, (_, index) => fileEntry(`${index}.txt`));
    const files = await collectDropped(dropped(folderEntry("big", many, 100)), () => {});
    expect(files).toHaveLength(250);
  });

  it("tells how many files it has found so far, once a folder", async () => {
    const found = vi.fn<(files: number) => void>();
    const tree = folderEntry("a", [fileEntry("1"), folderEntry("b", [fileEntry("2")])]);
    await collectDropped(dropped(tree), found);
    expect(found.mock.calls).toEqual([[0], [1]]);
  });

  it("finds nothing in a folder of empty folders", async () => {
    expect(await paths(dropped(folderEntry("empty", [folderEntry("too", [])])))).toEqual([]);
  });

  it("takes files that have no entry, such as pasted ones", async () => {
    expect(await paths([{ kind: "file", file: file("pasted.png") }])).toEqual(["pasted.png"]);
  });

  it("fails as a whole when one file can't be read", async () => {
    const broken = {
      name: "gone",
      isFile: true,
      isDirectory: false,
      file: (_done: unknown, failed: (error: Error) => void) => failed(new Error("NotFound")),
    } as unknown as FileSystemEntry;
    await expect(paths(dropped(folderEntry("f", [fileEntry("a"), broken])))).rejects.toThrow();
  });
});

describe("collectChosen", () => {
  it("takes a chosen folder's paths, and the name of a file chosen alone", () => {
    const inFolder = file("b.txt");
    Object.defineProperty(inFolder, "webkitRelativePath", { value: "trip/day 1/b.txt" });
    const alone = file("a.txt");
    Object.defineProperty(alone, "webkitRelativePath", { value: "" });
    expect(collectChosen([inFolder, alone]).map(({ path }) => path)).toEqual([
      ["trip", "day 1", "b.txt"],
      ["a.txt"],
    ]);
  });
});
