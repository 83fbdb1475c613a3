import { ShoalError } from "@shoal/swarm/errors";
import type { ManifestFile } from "@shoal/swarm/share/manifest";
import { beforeEach, describe, expect, it } from "vitest";
import type { ConflictAnswer, Placing } from "../protocol/placing.ts";
import { MemoryFile, MemoryFolder } from "./memory-folder.ts";
import { Placement } from "./placement.ts";

const PATHS = ["album/a.txt", "album/in/b.txt", "album/in/c", "loose.txt"];
/** Each file says its own path. */
const ALL = Object.fromEntries(PATHS.map((path) => [path, path]));

/** And whether it is for all. */
type Answer = readonly [ConflictAnswer, boolean];

const filesOf = (paths: readonly string[]): ManifestFile[] =>
  paths.map((path) => ({ path: path.split("/"), sizeBytes: path.length }));

describe("writing to a folder", () => {
  let folder: MemoryFolder;
  let told: Placing[];
  let tell: (placing: Placing) => void;
  let placement: Placement;

  beforeEach(() => {
    folder = new MemoryFolder("Downloads");
    told = [];
    tell = () => undefined;
    placement = make(PATHS);
  });

  function make(paths: readonly string[]): Placement {
    return new Placement(folder.handle, filesOf(paths), {
      read: async (file) => new Blob([paths[file] ?? ""]),
      tell: (placing) => {
        told.push(placing);
        tell(placing);
      },
      nowMs: () => 0,
    });
  }

  /** Runs it, and answers what it asks in turn. */
  async function runAnswering(...answers: readonly Answer[]): Promise<string[]> {
    const asked: string[] = [];
    tell = (placing) => {
      const [answer, forAll] = answers[asked.length] ?? [];
      if (placing.kind !== "asking" || answer === undefined) return;
      asked.push(placing.path.join("/"));
      queueMicrotask(() => placement.answer(placing.file, answer, forAll ?? false));
    };
    await placement.run();
    return asked;
  }

  it("keeps the tree", async () => {
    await placement.run();
    expect(await folder.texts()).toEqual(ALL);
    const done = { kind: "done", place: "Downloads", fileCount: 4, skippedCount: 0 };
    expect(told.at(-1)).toEqual(done);
  });

  it("says how far it is, of what is written alone", async () => {
    folder.put("loose.txt", "old");
    await runAnswering(["skip", false]);
    const totalBytes = "album/a.txtalbum/in/b.txtalbum/in/c".length;
    const writing = { kind: "writing", place: "Downloads", writtenBytes: 0, totalBytes };
    expect(told).toContainEqual(writing);
    expect(told.at(-1)).toMatchObject({ fileCount: 3, skippedCount: 1 });
  });

  it("does with each taken name what was answered, and asks before it writes anything", async () => {
    for (const path of PATHS.slice(0, 3)) folder.put(path, "old");
    const asked = await runAnswering(["replace", false], ["keep-both", false], ["skip", false]);
    expect(asked).toEqual(PATHS.slice(0, 3));
    expect(await folder.texts()).toEqual({
      "album/a.txt": "album/a.txt",
      "album/in/b.txt": "old",
      "album/in/b (2).txt": "album/in/b.txt",
      "album/in/c": "old",
      "loose.txt": "loose.txt",
    });
    const writingAt = told.findIndex(({ kind }) => kind === "writing");
    expect(writingAt).toBeGreaterThan(told.findLastIndex(({ kind }) => kind === "asking"));
  });

  it("writes the chosen files alone, and counts no others", async () => {
    const chosen = [1, 3];
    const ports = {
      read: async (file: number) => new Blob([PATHS[file] ?? ""]),
      tell: (placing: Placing) => void told.push(placing),
      nowMs: () => 0,
    };
    folder.put("album/a.txt", "old");
    await new Placement(folder.handle, filesOf(PATHS), ports, chosen).run();
    expect(await folder.texts()).toEqual({
      "album/a.txt": "old",
      "album/in/b.txt": "album/in/b.txt",
      "loose.txt": "loose.txt",
    });
    expect(told.at(-1)).toMatchObject({ kind: "done", fileCount: 2, skippedCount: 0 });
    const totalBytes = "album/in/b.txtloose.txt".length;
    expect(told.find(({ kind }) => kind === "writing")).toMatchObject({ totalBytes });
  });

  it("asks once where the answer is for all", async () => {
    for (const path of PATHS) folder.put(path, "old");
    expect(await runAnswering(["skip", true])).toEqual(PATHS.slice(0, 1));
    expect(told.at(-1)).toMatchObject({ fileCount: 0, skippedCount: 4 });
  });

  it("takes an answer for the file that it is about, and for no other", async () => {
    folder.put("album/a.txt", "old");
    folder.put("loose.txt", "old");
    const ended = placement.run();
    await expect.poll(() => told.at(-1)?.kind).toBe("asking");
    placement.answer(0, "skip", false);
    await expect.poll(() => told.at(-1)).toMatchObject({ kind: "asking", file: 3 });
    placement.answer(0, "replace", false); // The same button, pressed twice.
    placement.answer(3, "skip", false);
    await ended;
    expect(await folder.texts()).toMatchObject({ "album/a.txt": "old", "loose.txt": "old" });
  });

  it("numbers on until a name is free, here and in the share", async () => {
    placement = make(["a.txt", "a (3).txt"]);
    folder.put("a.txt", "old");
    folder.put("a (2).txt", "older");
    await runAnswering(["keep-both", false]);
    expect(await folder.texts()).toEqual({
      "a.txt": "old",
      "a (2).txt": "older",
      "a (3).txt": "a (3).txt",
      "a (4).txt": "a.txt",
    });
  });

  it("overwrites nothing that came after it had looked", async () => {
    folder.put("loose.txt", "old");
    const ended = placement.run();
    await expect.poll(() => told.at(-1)?.kind).toBe("asking");
    folder.put("album/in/c", "new here");
    placement.answer(3, "skip", true);
    await ended;
    expect(await folder.texts()).toMatchObject({
      "album/in/c": "new here",
      "album/in/c (2)": "album/in/c",
    });
  });

  it("gives a number to a folder whose name a file has, and to a file whose name a folder has", async () => {
    folder.put("album", "a file");
    folder.put("loose.txt/x", "in a folder");
    await placement.run();
    expect(await folder.texts()).toEqual({
      album: "a file",
      "album (2)/a.txt": "album/a.txt",
      "album (2)/in/b.txt": "album/in/b.txt",
      "album (2)/in/c": "album/in/c",
      "loose.txt/x": "in a folder",
      "loose (2).txt": "loose.txt",
    });
  });

  it.each([
    ["NotAllowedError", "denied"],
    ["QuotaExceededError", "full"],
    ["NoModificationAllowedError", "locked"],
    ["NotFoundError", "gone"],
    ["TypeError", "refused"],
    ["OperationError", "failed"],
  ])("stops at %s, says why, and goes on where it was", async (name, trouble) => {
    folder.refuse("b.txt", "write", name);
    await placement.run();
    const path = ["album", "in", "b.txt"];
    expect(told.at(-1)).toEqual({ kind: "failed", trouble, path });
    // Neither half of the file nor an empty one is left under its name.
    expect(await folder.texts()).toEqual({ "album/a.txt": "album/a.txt" });
    await placement.run();
    expect(await folder.texts()).toEqual(ALL);
    expect(told.at(-1)).toMatchObject({ kind: "done", fileCount: 4 });
  });

  it("leaves out a file that the browser refuses", async () => {
    folder.refuse("b.txt", "create", "TypeError");
    await placement.run();
    await Promise.all([placement.leaveOut(), placement.leaveOut()]); // Pressed twice.
    expect(told.filter(({ kind }) => kind === "done")).toHaveLength(1);
    expect(told.at(-1)).toMatchObject({ kind: "done", fileCount: 3, skippedCount: 1 });
    expect(Object.keys(await folder.texts())).not.toContain("album/in/b.txt");
  });

  it("leaves what was there where it fails to replace it", async () => {
    folder.put("loose.txt", "old");
    folder.refuse("loose.txt", "close", "QuotaExceededError");
    await runAnswering(["replace", false]);
    expect(told.at(-1)).toMatchObject({ kind: "failed", trouble: "full" });
    expect(await folder.texts()).toMatchObject({ "loose.txt": "old" });
    await placement.run(); // Without asking again.
    expect(await folder.texts()).toEqual(ALL);
  });

  it("says that this browser's own copy is at fault", async () => {
    placement = new Placement(folder.handle, filesOf(PATHS), {
      read: async () => {
        throw new ShoalError("storage-failed");
      },
      tell: (placing) => told.push(placing),
      nowMs: () => 0,
    });
    await placement.run();
    expect(told.at(-1)).toMatchObject({ kind: "failed", trouble: "source-failed" });
    expect(await folder.texts()).toEqual({});
  });

  it("ends without a word when it is cancelled at a question", async () => {
    folder.put("loose.txt", "old");
    const ended = placement.run();
    await expect.poll(() => told.at(-1)?.kind).toBe("asking");
    await placement.cancel();
    await ended;
    expect(told.at(-1)?.kind).toBe("asking");
    expect(await folder.texts()).toEqual({ "loose.txt": "old" });
  });

  it("leaves nothing of the file that is being written when it is cancelled", async () => {
    placement = new Placement(folder.handle, filesOf(PATHS), {
      read: async (file) => {
        if (file === 1) void placement.cancel();
        return new Blob([PATHS[file] ?? ""]);
      },
      tell: (placing) => told.push(placing),
      nowMs: () => 0,
    });
    await placement.run();
    expect(await folder.texts()).toEqual({ "album/a.txt": "album/a.txt" });
  });
});

describe("writing to a file", () => {
  const [only = ""] = PATHS;

  function make(file: MemoryFile, told: Placing[], content = new Blob([only])): Placement {
    return new Placement(file.handle, filesOf([only]), {
      read: async () => content,
      tell: (placing) => told.push(placing),
      nowMs: () => 0,
    });
  }

  it("replaces what was there: the browser has asked", async () => {
    const file = new MemoryFile("mine.txt");
    file.content = new Blob(["old"]);
    const told: Placing[] = [];
    await make(file, told).run();
    expect(await file.content.text()).toBe(only);
    const done = { kind: "done", place: "mine.txt", fileCount: 1, skippedCount: 0 };
    expect(told.at(-1)).toEqual(done);
  });

  it("notices a write that came out short", async () => {
    const file = new MemoryFile("mine.txt");
    file.createWritable = async () => ({
      write: async () => undefined,
      close: async () => undefined,
      abort: async () => undefined,
    });
    const told: Placing[] = [];
    await make(file, told).run();
    expect(told.at(-1)).toMatchObject({ kind: "failed", trouble: "failed" });
  });
});
