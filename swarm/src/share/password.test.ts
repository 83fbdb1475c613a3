import { expect, test } from "vitest";
import { utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { passwordBytes } from "./password.ts";

test.each([
  ["letters of another width", "ｓｅｃｒｅｔ", "secret"],
  ["an accent typed by itself", "Cafe\u0301", "Caf\u00e9"],
  ["a ligature", "ﬁsh", "fish"],
  ["a space behind it", "secret \n", "secret"],
  ["a space that doesn't break before it", "\u00a0secret", "secret"],
  ["a space in the middle, which stays", "a  b", "a  b"],
])("%s makes no difference", (_what, typed, meant) => {
  expect(passwordBytes(typed)).toEqual(utf8(meant));
});

test("capitals make one", () => {
  expect(passwordBytes("Secret")).not.toEqual(passwordBytes("secret"));
});

test.each(["", " ", "\t\u3000\n"])("%j is no password", (nothing) => {
  expect(passwordBytes(nothing)).toBeNull();
});

test("it may have so many letters, whatever they are, and no more", () => {
  const most = LIMITS.passwordLetters;
  for (const letter of ["a", "é", "鍵", "🐟"]) {
    expect(passwordBytes(letter.repeat(most))).toEqual(utf8(letter.repeat(most)));
    expect(passwordBytes(letter.repeat(most + 1))).toBeNull();
  }
});

test("letters are counted as they come out of normalising", () => {
  const most = LIMITS.passwordLetters;
  expect(passwordBytes("e\u0301".repeat(most))).toEqual(utf8("é".repeat(most)));
  expect(passwordBytes("\ufdfa".repeat(most / 2))).toBeNull(); // One sign for eighteen letters.
  expect(passwordBytes("a".repeat(1_000_000))).toBeNull();
});
