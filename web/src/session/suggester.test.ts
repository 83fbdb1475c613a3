import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Suggester } from "./suggester.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Answers are given by hand. */
function typist() {
  const asked: { words: string; signal: AbortSignal; answer: (words: string[]) => void }[] = [];
  const told: (readonly string[])[] = [];
  const suggester = new Suggester(
    (words, signal) =>
      new Promise((answer) => {
        asked.push({ words, signal, answer });
      }),
    (suggestions) => told.push(suggestions),
  );
  return { suggester, asked, told };
}

it("asks once for what stands there when the typist pauses", async () => {
  const { suggester, asked, told } = typist();
  for (const typed of ["l", "li", "lis", " lisb "]) suggester.typed(typed);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.map(({ words }) => words)).toEqual(["lisb"]);
  asked[0]?.answer(["lisbon"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)).toEqual(["lisbon"]);
});

it("tells nothing of what was typed before, whatever is answered first", async () => {
  const { suggester, asked, told } = typist();
  suggester.typed("tr");
  await vi.advanceTimersByTimeAsync(1000);
  suggester.typed("tram");
  expect(asked[0]?.signal.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  asked[1]?.answer(["tram 28"]);
  asked[0]?.answer(["trash"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(told.flat()).toEqual(["tram 28"]);
});

it("asks for nothing by a single letter, or once it is stopped", async () => {
  const { suggester, asked, told } = typist();
  suggester.typed("t");
  suggester.typed("tram");
  suggester.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual([]);
  expect(told.at(-1)).toEqual([]);
});
