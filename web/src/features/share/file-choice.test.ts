import { describe, expect, it } from "vitest";
import type { FileState, ShareState } from "../../protocol/state.ts";
import { choiceIn, marksOf, tick, ticked, tickedSince, type Ticks } from "./file-choice.ts";
import { buildTree, type Folder } from "./file-tree.ts";

const FILES = ["top/a", "top/in/b", "top/in/c", "d"].map((path, index): FileState => ({
  path: path.split("/"),
  sizeBytes: 10 ** index,
  verifiedBytes: index === 3 ? 400 : 0,
}));
const NOTHING: ReadonlySet<number> = new Set();
const ofThese = (...files: number[]): Ticks => new Set(files);

describe("ticking", () => {
  const after = (chosen: Ticks, files: readonly number[], isOn: boolean, fixed: Ticks = NOTHING) =>
    tick({ chosen, fixed }, files, isOn, FILES.length);

  it("changes the files that are meant, and no others", () => {
    expect(after(null, [1, 2], false)).toEqual(ofThese(0, 3));
    expect(after(ofThese(0), [1], true)).toEqual(ofThese(0, 1));
    expect(after(ofThese(0), [0, 1], false)).toEqual(NOTHING);
  });

  it("all comes to all", () => {
    expect(after(ofThese(0, 1), [2, 3], true)).toBeNull();
  });

  it("leaves files as they are that can't be changed", () => {
    expect(after(ofThese(0, 1), [0, 1, 2, 3], false, ofThese(0))).toEqual(ofThese(0));
  });
});

describe("a folder's mark", () => {
  const tree = buildTree(FILES);
  const mark = (name: string, chosen: Ticks, fixed: Ticks = NOTHING) => {
    const found = [...marksOf(tree, { chosen, fixed })].find(([folder]) => folder.name === name);
    return found && Object.values(found[1]);
  };

  it("counts files in all depths", () => {
    expect(mark("top", null)).toEqual([3, 3]);
    expect(mark("top", ofThese(2, 3))).toEqual([3, 1]);
    expect(mark("in", ofThese(2, 3))).toEqual([2, 1]);
    expect(mark("in", NOTHING)).toEqual([2, 0]);
  });

  it("leaves out what can't be changed", () => {
    expect(mark("top", ofThese(0, 1), ofThese(0))).toEqual([2, 1]);
    expect(mark("in", ofThese(1, 2), ofThese(1, 2))).toEqual([0, 0]);
  });

  it("is there for every folder", () => {
    const folders: Folder[] = [...marksOf(tree, { chosen: null, fixed: NOTHING }).keys()];
    expect(folders.map(({ name }) => name)).toEqual(["in", "top", ""]);
  });
});

describe("what is ticked", () => {
  it("comes to what isn't here yet of it", () => {
    expect(ticked({ files: FILES, chosen: null })).toEqual({ fileCount: 4, missingBytes: 711 });
    expect(ticked({ files: FILES, chosen: ofThese(1, 3) })).toEqual({
      fileCount: 2,
      missingBytes: 610,
    });
  });

  it("since all that was chosen is there, is what wasn't fetched", () => {
    const state = { files: FILES, chosen: ofThese(0, 1, 3), fetched: ofThese(0, 1) };
    expect(tickedSince(state)).toEqual({ fileCount: 1, missingBytes: 600 });
  });
});

describe("what can be ticked", () => {
  const fixedIn = (part: Partial<ShareState>) => {
    const state = { role: "receiver", phase: "ready", files: FILES, chosen: null, fetched: null };
    return choiceIn({ ...state, ...part } as ShareState, () => undefined)?.fixed;
  };

  it("is everything until what was chosen is there, then what was left out", () => {
    expect(fixedIn({})).toEqual(NOTHING);
    expect(fixedIn({ phase: "paused", fetched: ofThese(1) })).toEqual(NOTHING);
    expect(fixedIn({ phase: "done", fetched: ofThese(1) })).toEqual(ofThese(1));
  });

  it("is nothing where there is nothing to choose, or nothing comes any more", () => {
    expect(fixedIn({ phase: "done" })).toBeUndefined();
    expect(fixedIn({ phase: "ended" })).toBeUndefined();
    expect(fixedIn({ role: "sharer", phase: "paused" })).toBeUndefined();
    expect(fixedIn({ files: FILES.slice(0, 1) })).toBeUndefined();
  });
});
