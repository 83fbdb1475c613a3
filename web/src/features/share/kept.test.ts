import { describe, expect, it } from "vitest";
import type { Placing } from "../../protocol/placing.ts";
import type { FileState, Phase, ShareState } from "../../protocol/state.ts";
import { hasAll, isAtStake, isPlacing } from "./kept.ts";

const file: FileState = { path: ["a"], sizeBytes: 10, verifiedBytes: 0 };
const state = (part: Partial<ShareState>): ShareState =>
  ({
    role: "receiver",
    phase: "done",
    wanted: true,
    files: [file],
    totalBytes: 10,
    verifiedBytes: 10,
    placing: null,
    ...part,
  }) as ShareState;

describe("hasAll", () => {
  it("is true once every byte is verified", () => {
    expect(hasAll(state({}))).toBe(true);
    expect(hasAll(state({ verifiedBytes: 9 }))).toBe(false);
  });

  it("needs the download to be asked for: empty files are complete before anything is fetched", () => {
    const empty = { files: [{ ...file, sizeBytes: 0 }], totalBytes: 0, verifiedBytes: 0 };
    expect(hasAll(state({ ...empty, wanted: true }))).toBe(true);
    expect(hasAll(state({ ...empty, wanted: false }))).toBe(false);
  });

  it("is false after a failure, which leaves nothing that one should save", () => {
    expect(hasAll(state({ phase: "ended" }))).toBe(true);
    expect(hasAll(state({ phase: "failed", error: "contradiction" }))).toBe(false);
  });

  it("is false while the files aren't known", () => {
    expect(hasAll(state({ files: [], totalBytes: 0, verifiedBytes: 0 }))).toBe(false);
  });
});

describe("isAtStake", () => {
  it.each<[Phase, boolean]>([
    ["sharing", true],
    ["ended", false],
    ["failed", false],
  ])("of a sharer that is %s: %s", (phase, expected) => {
    expect(isAtStake(state({ role: "sharer", phase, verifiedBytes: 0 }))).toBe(expected);
  });

  it.each<[Phase, boolean]>([
    ["ready", false],
    ["downloading", true],
    ["paused", false],
    ["waiting", false],
    ["done", false],
    ["ended", false],
  ])("of a receiver that is %s: %s, since what it has stays", (phase, expected) => {
    expect(isAtStake(state({ phase, verifiedBytes: 5 }))).toBe(expected);
  });
});

describe("isPlacing", () => {
  it.each<[Placing, boolean]>([
    [{ kind: "looking", place: "x" }, true],
    [{ kind: "asking", file: 0, path: ["a"] }, true],
    [{ kind: "writing", place: "x", writtenBytes: 0, totalBytes: 1 }, true],
    [{ kind: "done", place: "x", fileCount: 1, skippedCount: 0 }, false],
    [{ kind: "failed", trouble: "full", path: [] }, false],
  ])("of %o is %s, and leaving the page asks then", (placing, expected) => {
    expect(isPlacing(state({ placing }))).toBe(expected);
    expect(isAtStake(state({ placing }))).toBe(expected);
  });
});
