import { expect, it } from "vitest";
import type { FileState } from "../../protocol/state.ts";
import { guessKind } from "./guess-kind.ts";

const files = (sizes: Readonly<Record<string, number>>): FileState[] =>
  Object.entries(sizes).map(([name, sizeBytes]) => ({
    path: ["folder.mp4", name],
    sizeBytes,
    verifiedBytes: 0,
  }));

it.each([
  ["video", { "film.MKV": 900, "cover.jpg": 100, "film.srt": 2 }],
  ["audio", { "one.flac": 60, "two.mp3": 50, "cover.png": 100 }],
  ["pictures", { "a.heic": 10, "b.jpg": 10, "c.docx": 15 }],
  ["documents", { "book.epub": 4, "notes.txt": 3, "x.bin": 6 }],
  ["software", { "setup.exe": 10, "README.md": 1 }],
  ["other", { "data.bin": 10, "film.mp4": 9 }],
  ["other", { noextension: 5 }],
] as const)("takes for %s what most bytes are of", (kind, sizes) => {
  expect(guessKind(files(sizes))).toBe(kind);
});
