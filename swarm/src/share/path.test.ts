import { afterEach, describe, expect, test, vi } from "vitest";
import { utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { fittedName, type Path, safeName, safePaths } from "./path.ts";

afterEach(() => vi.restoreAllMocks());

const bytesOf = (text: string): number => utf8(text).length;
const names = (...files: string[]): string[] | undefined =>
  safePaths(files.map((name) => [name]))?.map((path) => path.join("/"));

describe("a name", () => {
  test.each([
    ["nothing", "", "_"],
    ["the folder itself", ".", "_"],
    ["the folder above", "..", "_"],
    ["three dots", "...", "_"],
    ["dots and spaces", " .. . ", "_"],
    ["a way up", "../../etc/passwd", ".._.._etc_passwd"],
    ["a way up for Windows", "..\\..\\boot.ini", ".._.._boot.ini"],
    ["a drive", "C:\\x", "C__x"],
    ["another stream", "a.txt:hidden", "a.txt_hidden"],
    ["wildcards and quotes", 'a*?"<>|b', "a______b"],
    ["a NUL", "a\0.exe\0.txt", "a.exe.txt"],
    ["controls and line breaks", "a\r\n\t\x1b[31m\x7f\x9bb", "a[31mb"],
    ["text that runs the other way", "photo\u202egnp.exe", "photognp.exe"],
    ["isolates and marks", "\u2066a\u2069\u200e\u200f\u061cb", "ab"],
    ["what can't be seen", "a\u200b\u2060\ufeff\u00adb", "ab"],
    ["line separators", "a\u2028\u2029b", "ab"],
    ["nothing but what can't be seen", "\u200b\u202e", "_"],
    ["dots that hide behind it", ".\u200b.", "_"],
    ["letters without a shape", "\u3164\u200d\u2800\ufe0f \u115f", "_"],
    ["marks on nothing", "\u0301\u0321", "_"],
    ["dots and spaces at its end", "setup.exe. . ", "setup.exe"],
    ["spaces at its start", " \u3000\u00a0a", "a"],
    ["half a letter", "a\ud83d.txt", "a\ufffd.txt"],
    ["the other half", "\ude00", "\ufffd"],
    ["two spellings of one letter", "e\u0301", "\u00e9"],
    ["letters that meet when what stands between them goes", "e\u200b\u0301", "\u00e9"],
    ["a dotfile", ".bashrc", ".bashrc"],
    ["an ordinary name", "Holiday (1).tar.gz", "Holiday (1).tar.gz"],
    ["Arabic with an emoji", "صورة 😀.png", "صورة 😀.png"],
    ["a family", "👨‍👩‍👧.png", "👨‍👩‍👧.png"],
  ])("%s: %j comes out as %j", (_what, hostile, harmless) => {
    expect(safeName(hostile)).toBe(harmless);
  });

  test.each(
    [
      "CON",
      "con",
      "Con.txt",
      "PRN",
      "aux.tar.gz",
      "NUL",
      "nul.",
      "COM1",
      "com9.log",
      "COM0",
    ].concat([
      "LPT1",
      "lpt².txt",
      "COM¹",
      "com³.a",
      "CONIN$",
      "conout$.txt",
      "nul .txt",
      "com1 . .x",
    ]),
  )("%s is a device in Windows and becomes a file", (device) => {
    const safe = safeName(device);
    expect(safe.startsWith("_")).toBe(true);
    expect(safe.slice(1)).toBe(device.replace(/\.$/, ""));
  });

  test.each(["CONSOLE", "com10", "lpt", "nullify.txt", "a.con", "auxiliary", "comX", "_con"])(
    "%s is no device",
    (name) => {
      expect(safeName(name)).toBe(name);
    },
  );

  test("of 255 bytes of emoji is kept, of more is cut between letters", () => {
    const fits = "😀".repeat(62) + "a".repeat(7);
    expect(bytesOf(fits)).toBe(255);
    expect(safeName(fits)).toBe(fits);
    expect(safeName("😀".repeat(64))).toBe("😀".repeat(63));
    expect(safeName(`${"😀".repeat(100)}.jpeg`)).toBe(`${"😀".repeat(62)}.jpeg`);
  });

  test("that is too long keeps its extension only if that is short", () => {
    expect(safeName(`${"a".repeat(300)}.txt`)).toBe(`${"a".repeat(251)}.txt`);
    expect(safeName(`a.${"b".repeat(300)}`)).toBe(`a.${"b".repeat(253)}`);
    expect(safeName(`${".".repeat(300)}x`)).toBe(`${".".repeat(253)}.x`);
    expect(safeName(`${" .".repeat(300)}${"x".repeat(20)}`)).not.toMatch(/[. ]$/);
  });

  test("that has to be shorter yet keeps its extension, and neither a space nor a dot at its end", () => {
    expect(fittedName("short.txt", 200)).toBe("short.txt");
    expect(fittedName(`${"é".repeat(120)}.txt`, 200)).toBe(`${"é".repeat(98)}.txt`);
    expect(fittedName(`${"a".repeat(250)}.zip`, 200)).toBe(`${"a".repeat(196)}.zip`);
    expect(fittedName(`${"a".repeat(198)} . ${"b".repeat(50)}`, 200)).toBe("a".repeat(198));
  });

  test("of 65,535 dots is made harmless in time that grows with its length", () => {
    // A search for the dots at the end that starts anew at each dot takes seconds for each name.
    const hostile = `${".".repeat(65_534)}x`;
    const startedMs = performance.now();
    for (let count = 0; count < 20; count++) safeName(hostile);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test("of 65,535 bytes of marks is made harmless in time that grows with its length", () => {
    // To put them in order takes a fifth of a second for each name.
    const hostile = "a".concat("\u0301\u0323".repeat(16_383));
    const startedMs = performance.now();
    for (let count = 0; count < 20; count++) safeName(hostile);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  test.each([
    ["letters", "a".repeat(65_000), "a".repeat(251)],
    ["letters written in pieces", "\u03b1\u0313\u0300\u0345".repeat(16_000), "\u1f82".repeat(83)],
    ["pairs", "😀".repeat(16_000), "😀".repeat(62)],
    ["pairs, one unit off", `a${"😀".repeat(16_000)}`, `a${"😀".repeat(62)}`],
  ])(
    "as long as a manifest lets it be, of %s, keeps its start and extension",
    (_what, stem, start) => {
      expect(safeName(`${stem}.txt`)).toBe(`${start}.txt`);
      expect(safeName(` \u200b${stem}.txt. `)).toBe(`${start}.txt`);
    },
  );
});

describe("paths", () => {
  test("keep their order and what is harmless in them", () => {
    const paths = [["a", "b.txt"], ["a", "c", "d"], ["e"]];
    expect(safePaths(paths)).toEqual(paths);
  });

  test("that differ only in case get a number, before the extension", () => {
    expect(names("a.txt", "A.TXT", "a.txt")).toEqual(["a.txt", "A (2).TXT", "a (3).txt"]);
    expect(names("straße", "STRASSE")).toEqual(["straße", "STRASSE (2)"]);
    expect(names("ΑΣ", "ας", "ασ")).toEqual(["ΑΣ", "ας (2)", "ασ (3)"]);
  });

  test("that differ only in how letters are composed or in what can't be seen get a number", () => {
    expect(names("\u00e9", "e\u0301", "e\u200b\u0301")).toEqual(["é", "é (2)", "é (3)"]);
  });

  test("that become the same by being made harmless get a number", () => {
    expect(names("a/b", "a\\b", "a_b")).toEqual(["a_b", "a_b (2)", "a_b (3)"]);
    expect(names("..", ".", "_")).toEqual(["_", "_ (2)", "_ (3)"]);
  });

  test("a number that is taken is passed over", () => {
    expect(names("a (2)", "a", "a", "a (2)")).toEqual(["a (2)", "a", "a (3)", "a (2) (2)"]);
  });

  test("a dotfile's number stands at its end", () => {
    expect(names(".env", ".ENV")).toEqual([".env", ".ENV (2)"]);
  });

  test("a file and a folder of one name keep apart, whichever comes first", () => {
    const fileFirst = [["a"], ["A", "x"], ["a", "y"]];
    expect(safePaths(fileFirst)).toEqual([["a"], ["A (2)", "x"], ["a (2)", "y"]]);
    const folderFirst = [["a", "x"], ["A"], ["a", "X"]];
    expect(safePaths(folderFirst)).toEqual([["a", "x"], ["A (2)"], ["a", "X (2)"]]);
  });

  test("a long name's number fits by shortening it, not by breaking the bound", () => {
    for (const long of [
      "a".repeat(255),
      `${"😀".repeat(62)}.ab`,
      `a.${"b".repeat(253)}`,
      `a.${"😀".repeat(15)}.${"b".repeat(192)}`,
    ]) {
      const made = names(long, long, long) ?? [];
      expect(new Set(made).size).toBe(3);
      for (const name of made) expect(bytesOf(name)).toBeLessThanOrEqual(255);
      expect(names(...made)).toEqual(made);
    }
  });

  test.each([
    ["an empty path", [[]]],
    ["a path of 33 names", [Array.from({ length: LIMITS.pathDepth + 1 }, () => "a")]],
    ["a path of 1,025 bytes", [[..."1234"].map((digit) => digit.repeat(255)).concat("a")]],
    ["a bad path among good ones", [["a"], [], ["b"]]],
  ])("%s is refused", (_what, paths) => {
    expect(safePaths(paths)).toBeNull();
  });

  test("the deepest and the longest path are taken", () => {
    const deepest = Array.from({ length: LIMITS.pathDepth }, () => "a");
    const longest = [..."123"].map((digit) => digit.repeat(255)).concat("a".repeat(256 - 1));
    expect(bytesOf(longest.join("/"))).toBe(LIMITS.pathBytes - 1);
    expect(safePaths([deepest, longest])).toEqual([deepest, longest]);
  });

  // What is counted is the names that were tried, each of which is normalized once.
  test.each<[count: number, string, (index: number) => Path]>([
    [20_000, "equal names", () => ["a.txt"]],
    [4_000, "names that differ in case", (index) => [index % 2 === 0 ? "a" : "A"]],
    [
      4_000,
      "equal names in a folder of a file's name",
      (index) => (index === 0 ? ["a"] : ["a", "x"]),
    ],
    [
      4_000,
      "pairs of names that are the same once shortened",
      (index) => ["x".repeat(250) + `${index >> 1}`.padStart(5, "0")],
    ],
    [
      4_000,
      "names with their numbers taken before",
      (index) => [index < 2_000 ? `a (${index + 2})` : "a"],
    ],
  ])("%d %s are told apart in linear time", (count, _what, path) => {
    const tries = vi.spyOn(String.prototype, "normalize");
    const made = safePaths(Array.from({ length: count }, (_, index) => path(index)));
    expect(tries.mock.calls.length).toBeLessThan(20 * count);
    expect(new Set(made?.map((one) => one.join("/").toLowerCase())).size).toBe(count);
  });
});
