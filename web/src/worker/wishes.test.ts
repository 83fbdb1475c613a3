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
    const wishes = new Wishes({ isAsked: false, chosen: null });
    expect(wishes.open(2)).toEqual([choose(2), DOWNLOAD]);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, choose(null)]);
    expect(wishes.close()).toEqual([]);
    expect(wishes.isAsked).toBe(false);
  });

  it("gives way to another one", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    wishes.open(2);
    expect(wishes.open(3)).toEqual([choose(3), DOWNLOAD]);
  });

  it("is one of all once download is pressed, which closing it doesn't end", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    wishes.open(2);
    expect(wishes.download()).toEqual([choose(null), DOWNLOAD]);
    expect(wishes.close()).toEqual([NO_HEAD]);
    expect(wishes.isAsked).toBe(true);
  });
});

describe("a file that is opened in a download", () => {
  it("changes nothing of what is fetched", () => {
    const wishes = new Wishes({ isAsked: true, chosen: null });
    expect(wishes.download()).toEqual([DOWNLOAD]);
    expect(wishes.open(2)).toEqual([]);
    expect(wishes.close()).toEqual([NO_HEAD]);
  });

  it("is fetched alone while it is paused", () => {
    const wishes = new Wishes({ isAsked: true, chosen: null });
    expect(wishes.pause()).toEqual([PAUSE]);
    expect(wishes.open(2)).toEqual([choose(2), DOWNLOAD]);
    expect(wishes.isPaused).toBe(true);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, choose(null)]);
    expect(wishes.resume()).toEqual([RESUME]);
  });

  it("is all that goes on when it is paused with the file open", () => {
    const wishes = new Wishes({ isAsked: true, chosen: null });
    wishes.open(2);
    expect(wishes.pause()).toEqual([choose(2)]);
    expect(wishes.resume()).toEqual([choose(null), RESUME]);
  });
});

describe("chosen files", () => {
  const only = (...files: number[]): Input => ({ type: "choose-files", files });

  it("are told before download is pressed, or with it", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    expect(wishes.choose([1, 2])).toEqual([only(1, 2)]);
    expect(wishes.download()).toEqual([DOWNLOAD]);
    const again = new Wishes({ isAsked: true, chosen: [1, 2] });
    expect(again.download()).toEqual([only(1, 2), DOWNLOAD]);
  });

  it("change what a download fetches, also while it is paused", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    wishes.download();
    expect(wishes.choose([1])).toEqual([only(1)]);
    expect(wishes.pause()).toEqual([PAUSE]);
    expect(wishes.choose([1, 3])).toEqual([only(1, 3)]);
    expect(wishes.resume()).toEqual([RESUME]);
    expect(wishes.choose(null)).toEqual([choose(null)]);
  });

  it("end the download where there are none, and begin it anew when some are chosen", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    wishes.download();
    expect(wishes.choose([])).toEqual([PAUSE, only()]);
    expect(wishes.isAsked).toBe(false);
    expect(wishes.choose([4])).toEqual([only(4)]);
    expect(wishes.download()).toEqual([DOWNLOAD]);
  });

  it("are fetched with one that is opened besides, which is left when it is closed", () => {
    const wishes = new Wishes({ isAsked: false, chosen: [1] });
    wishes.download();
    expect(wishes.open(1)).toEqual([]);
    expect(wishes.open(5)).toEqual([only(1, 5)]);
    expect(wishes.choose([1, 2])).toEqual([only(1, 2, 5)]);
    expect(wishes.pause()).toEqual([only(5)]);
    expect(wishes.resume()).toEqual([only(1, 2, 5), RESUME]);
    expect(wishes.close()).toEqual([NO_HEAD, only(1, 2)]);
  });

  it("wait while one of them is opened before download is pressed", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    expect(wishes.open(5)).toEqual([only(5), DOWNLOAD]);
    expect(wishes.choose([1, 2])).toEqual([]);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, only(1, 2)]);
  });

  it("that are all given up leave the opened one", () => {
    const wishes = new Wishes({ isAsked: false, chosen: null });
    wishes.download();
    wishes.open(5);
    expect(wishes.choose([])).toEqual([only(5)]);
    expect(wishes.close()).toEqual([NO_HEAD, PAUSE, only()]);
  });
});
