import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RememberedTrackers, TrackerPatience } from "./remembered-trackers.ts";

function shelf(text: string | null = null) {
  const kept = { text };
  return { kept, read: () => kept.text, write: (next: string) => void (kept.text = next) };
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `host${index}.example`);

describe("remembered trackers", () => {
  it("are those that were used last, in later pages too", () => {
    const one = shelf();
    for (const host of ["a", "b", "c", "a"]) new RememberedTrackers(one).tookIn(host);
    expect(new RememberedTrackers(one).besides([])).toEqual(["a", "c", "b"]);
  });

  it("are four besides those that a link names, whichever these are", () => {
    const trackers = new RememberedTrackers(shelf());
    const hosts = numbered(20);
    for (const host of hosts) trackers.tookIn(host);
    const newest = hosts.toReversed();
    expect(trackers.besides([])).toEqual(newest.slice(0, 4));
    expect(trackers.besides(newest.slice(0, 4))).toEqual(newest.slice(4, 8));
    expect(trackers.besides(newest.slice(0, 8))).toEqual([]);
  });

  it.each([
    ["nothing", null],
    ["no JSON", "["],
    ["another kind of JSON", '{"0":"a.example"}'],
    ["no hosts", '[7,"a.example/path","user@a.example","A","", null]'],
  ])("are none where %s is kept", (_what, text) => {
    expect(new RememberedTrackers(shelf(text)).besides([])).toEqual([]);
  });

  it("are none where the browser keeps nothing", () => {
    const refuse = (): never => {
      throw new DOMException("blocked", "SecurityError");
    };
    const trackers = new RememberedTrackers({ read: refuse, write: refuse });
    trackers.tookIn("a.example");
    expect(trackers.besides([])).toEqual([]);
  });
});

describe("patience with a link's own trackers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("ends once, when none has answered for 10 s, however often that is said", () => {
    const over = vi.fn();
    const patience = new TrackerPatience(over);
    patience.answers(false);
    vi.advanceTimersByTime(9_000);
    patience.answers(false);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(over).toHaveBeenCalledOnce();
    patience.answers(true);
    patience.answers(false);
    vi.advanceTimersByTime(60_000);
    expect(over).toHaveBeenCalledOnce();
  });

  it("begins anew when one has answered and is gone again", () => {
    const over = vi.fn();
    const patience = new TrackerPatience(over);
    patience.answers(false);
    vi.advanceTimersByTime(9_000);
    patience.answers(true);
    vi.advanceTimersByTime(60_000);
    patience.answers(false);
    vi.advanceTimersByTime(9_000);
    expect(over).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(over).toHaveBeenCalledOnce();
  });

  it("is over with the page's share", () => {
    const over = vi.fn();
    const patience = new TrackerPatience(over);
    patience.answers(false);
    patience.close();
    vi.advanceTimersByTime(60_000);
    expect(over).not.toHaveBeenCalled();
  });
});
