import { beforeEach, expect, test } from "vitest";
import { CommonWords } from "./common-words.ts";

let common: CommonWords<number>;
beforeEach(() => {
  common = new CommonWords(5);
});

test("what comes and goes is in the sets of its words, and in no other", () => {
  common.set("the", new Set([1, 2]));
  common.set("of", new Set([2]));
  common.add(3, () => ["the", "trams"]);
  common.remove(2);
  expect(common.get("the")).toEqual(new Set([1, 3]));
  expect(common.get("of")).toEqual(new Set());
  expect(common.get("trams")).toBeNull();
});

test("past its bound the word that wasn't wanted for longest is forgotten", () => {
  common.set("a", new Set([1, 2]));
  common.set("b", new Set([1, 2]));
  common.get("a");
  common.set("c", new Set([1, 2]));
  expect(common.size).toEqual({ words: 2, items: 4 });
  expect(common.get("b")).toBeNull();
  common.add(3, () => ["a", "c"]);
  expect(common.get("a")).toBeNull();
  expect(common.get("c")).toEqual(new Set([1, 2, 3]));
});

test("an item's words aren't looked at where no word is known", () => {
  common.add(1, () => expect.unreachable("there is no word"));
  expect(common.size).toEqual({ words: 0, items: 0 });
});
