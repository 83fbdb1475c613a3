import { makeManifest } from "@shoal/swarm/share/manifest";
import { describe, expect, it } from "vitest";
import { byPath, likely } from "./choice.ts";

const chosen = (path: string, size: number) => {
  const names = path.split("/");
  return { path: names, file: new File(["x".repeat(size)], names.at(-1) ?? "") };
};

const share = (...files: [path: string, size: number][]) =>
  makeManifest(files.map(([path, sizeBytes]) => ({ path: path.split("/"), sizeBytes })));

describe("byPath", () => {
  it("finds each shared file among more, in whatever order", () => {
    const manifest = share(["trip/a.txt", 1], ["trip/b.txt", 2]);
    const found = byPath(manifest, [
      chosen("trip/.DS_Store", 9),
      chosen("trip/b.txt", 2),
      chosen("trip/a.txt", 1),
    ]);
    expect(found.map((one) => one?.file.size)).toEqual([1, 2]);
  });

  it("finds none under another path", () => {
    expect(byPath(share(["trip/a.txt", 1]), [chosen("a.txt", 1)])).toEqual([null]);
  });

  it("finds a name that was made harmless when it was shared", () => {
    const manifest = makeManifest([{ path: ["con", "what?.txt"], sizeBytes: 1 }]);
    const [found] = byPath(manifest, [chosen("con/what?.txt", 1)]);
    expect(found?.file.size).toBe(1);
  });
});

describe("likely", () => {
  const sizes = (copies: Map<number, File>) =>
    [...copies].map(([index, { name, size }]) => [index, name, size]);

  it("takes a file at its path with another size: a part of it may be good", () => {
    expect(sizes(likely(share(["a.txt", 5]), [chosen("a.txt", 3)]))).toEqual([[0, "a.txt", 3]]);
  });

  it("takes a file of the same name and size from another folder", () => {
    const manifest = share(["trip/a.txt", 5], ["trip/b.txt", 5]);
    const copies = likely(manifest, [chosen("saved/b.txt", 5), chosen("saved/a.txt", 4)]);
    expect(sizes(copies)).toEqual([[1, "b.txt", 5]]);
  });

  it("takes a copy of a single file by its size, whatever it is called", () => {
    const copies = likely(share(["film.mkv", 5]), [chosen("x", 4), chosen("film (1).mkv", 5)]);
    expect(sizes(copies)).toEqual([[0, "film (1).mkv", 5]]);
  });

  it("takes nothing for one of several files by its size alone", () => {
    expect(likely(share(["a", 5], ["b", 6]), [chosen("c", 5)]).size).toBe(0);
  });
});
