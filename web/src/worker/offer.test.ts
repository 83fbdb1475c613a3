import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "./catalogue-server.ts";
import { Offer } from "./offer.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const MINUTE_MS = 60_000;
const ONE = new Uint8Array([1]);
const OTHER = new Uint8Array([2]);

/** Halfway between the shortest and the longest of its pauses. */
function scene(answer: Answer) {
  const server = { answer, put: vi.fn(async () => server.answer) };
  const answered = vi.fn();
  const put = server.put as (bytes: Uint8Array) => Promise<Answer>;
  const offer = new Offer({ put, random: () => 0.5 }, answered);
  /** How often it was brought in this time. */
  const putsIn = async (ms: number): Promise<number> => {
    const before = server.put.mock.calls.length;
    await vi.advanceTimersByTimeAsync(ms);
    return server.put.mock.calls.length - before;
  };
  return { server, offer, answered, putsIn };
}

describe("an offer", () => {
  it("is brought at once, and again every half hour", async () => {
    const { offer, answered, putsIn } = scene("taken");
    offer.make(ONE);
    expect(await putsIn(29 * MINUTE_MS)).toBe(0); // The first was there before time went on.
    expect(answered).toHaveBeenCalledExactlyOnceWith("taken");
    expect(await putsIn(MINUTE_MS)).toBe(1);
    offer.make(new Uint8Array(ONE)); // The same.
    expect(await putsIn(90 * MINUTE_MS)).toBe(3);
  });

  it.each(["unreachable", "busy"] as const)(
    "is tried again with growing pauses while the server is %s",
    async (answer) => {
      const { server, offer, putsIn } = scene(answer);
      offer.make(ONE);
      const counts: number[] = [];
      for (const seconds of [4, 1, 9, 1, 19, 1, 39, 1]) counts.push(await putsIn(seconds * 1000));
      expect(counts).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
      // Ten minutes at most.
      await putsIn(60 * MINUTE_MS);
      expect(await putsIn(60 * MINUTE_MS)).toBe(6);
      server.answer = "taken";
      await putsIn(10 * MINUTE_MS);
      expect(await putsIn(60 * MINUTE_MS)).toBe(2);
    },
  );

  it.each(["off", "blocked", "outdated", "expired", "refused"] as const)(
    "isn't brought again where the answer is %s",
    async (answer) => {
      const { offer, answered, putsIn } = scene(answer);
      offer.make(ONE);
      expect(await putsIn(24 * 60 * MINUTE_MS)).toBe(0);
      expect(answered).toHaveBeenCalledExactlyOnceWith(answer);
      offer.away();
      offer.back();
      offer.make(ONE);
      expect(await putsIn(24 * 60 * MINUTE_MS)).toBe(0);
    },
  );

  it("is brought within seconds when the server is back, and not when it never was away", async () => {
    const { offer, putsIn } = scene("taken");
    offer.make(ONE);
    offer.back();
    expect(await putsIn(5_000)).toBe(0);
    offer.away();
    expect(await putsIn(5_000)).toBe(0);
    offer.back();
    expect(await putsIn(5_000)).toBe(1);
    expect(await putsIn(20 * MINUTE_MS)).toBe(0);
  });

  it("makes way for another, whose answer alone counts", async () => {
    const { server, offer, answered, putsIn } = scene("refused");
    let answerFirst = (_answer: Answer): void => undefined;
    const first = new Promise<Answer>((resolve) => {
      answerFirst = resolve;
    });
    server.put.mockImplementationOnce(() => first);
    offer.make(ONE);
    server.answer = "taken";
    offer.make(OTHER);
    await putsIn(0);
    answerFirst("blocked");
    await putsIn(0);
    expect(answered.mock.calls).toEqual([["taken"]]);
    expect(await putsIn(30 * MINUTE_MS)).toBe(1);
    expect(server.put).toHaveBeenLastCalledWith(OTHER);
  });

  it("that is dropped isn't brought any more, until it is made again", async () => {
    const { offer, putsIn } = scene("taken");
    offer.make(ONE);
    await putsIn(0);
    offer.drop();
    expect(await putsIn(60 * MINUTE_MS)).toBe(0);
    offer.make(ONE);
    expect(await putsIn(30 * MINUTE_MS)).toBe(1);
  });
});
