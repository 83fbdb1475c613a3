import { expect, it } from "vitest";
import { SpeedHistory } from "./speed-history.ts";

const at = (down: number) => ({ down, up: 0 });

it("keeps a minute's samples, the newest last", () => {
  const history = new SpeedHistory();
  for (let second = 0; second < 70; second++) history.add(second * 1000, at(second));
  const samples = history.add(70_000, at(70));
  expect(samples).toHaveLength(60);
  expect(samples[0]).toEqual(at(11));
  expect(samples.at(-1)).toEqual(at(70));
});

it("takes no more than one a second, however often it is told", () => {
  const history = new SpeedHistory();
  const first = history.add(0, at(1));
  expect(history.add(400, at(2))).toBe(first);
  expect(history.add(1000, at(3))).toEqual([at(1), at(3)]);
});
