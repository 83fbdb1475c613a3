import type { Input } from "@shoal/swarm/engine/io";
import { describe, expect, it } from "vitest";
import { Wishes } from "./wishes.ts";

const NO_HEAD: Input = { type: "play-head", at: null };
const DOWNLOAD: Input = { type: "download" };
const PAUSE: Input = { type: "pause" };
const RESUME: Input = { type: "resume" };
const choose = (file: number | null): Input => ({
  type: "choose-files",
  files: file === null ? null : [file],
});

describe("a file that is opened before download is pressed", () => {
  it("is fetched alone, and no longer than it is open", () => {
    const wishes = new Wishes(false);
    expect(wishes.open(2)).toEqual([choose(2), DOWNLOAD]);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, choose(null)]);
    expect(wishes.close()).toEqual([]);
    expect(wishes.isAsked).toBe(false);
  });

  it("gives way to another one", () => {
    const wishes = new Wishes(false);
    wishes.open(2);
    expect(wishes.open(3)).toEqual([choose(3), DOWNLOAD]);
  });

  it("is one of all once download is pressed, which closing it doesn't end", () => {
    const wishes = new Wishes(false);
    wishes.open(2);
    expect(wishes.download()).toEqual([choose(null), DOWNLOAD]);
    expect(wishes.close()).toEqual([NO_HEAD]);
    expect(wishes.isAsked).toBe(true);
  });
});

describe("a file that is opened in a download", () => {
  it("changes nothing of what is fetched", () => {
    const wishes = new Wishes(true);
    expect(wishes.download()).toEqual([DOWNLOAD]);
    expect(wishes.open(2)).toEqual([]);
    expect(wishes.close()).toEqual([NO_HEAD]);
  });

  it("is fetched alone while it is paused", () => {
    const wishes = new Wishes(true);
    expect(wishes.pause()).toEqual([PAUSE]);
    expect(wishes.open(2)).toEqual([choose(2), DOWNLOAD]);
    expect(wishes.isPaused).toBe(true);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, choose(null)]);
    expect(wishes.resume()).toEqual([RESUME]);
  });

  it("is all that goes on when it is paused with the file open", () => {
    const wishes = new Wishes(true);
    wishes.open(2);
    expect(wishes.pause()).toEqual([choose(2)]);
    expect(wishes.resume()).toEqual([choose(null), RESUME]);
  });
});
