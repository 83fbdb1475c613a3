import { describe, expect, test } from "vitest";
import { concat, u32, utf8 } from "../bytes.ts";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { decodeManifest, encodeManifest, makeManifest, type Manifest } from "./manifest.ts";

const KIB = 1024;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const made = (...files: [path: string, sizeBytes: number][]): Manifest =>
  makeManifest(files.map(([path, sizeBytes]) => ({ path: path.split("/"), sizeBytes })));

/** The code of the error that comes of it; null where none does. */
function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof ShoalError) return error.code;
    throw error;
  }
}

const u64 = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
};
const u16 = (value: number): Uint8Array => u32(value).subarray(0, 2);
const head = (count: number, pieceBytes = 64 * KIB, version = 1): Uint8Array =>
  concat(new Uint8Array([version]), u32(pieceBytes), u32(count));
const file = (size: bigint, ...names: (string | Uint8Array)[]): Uint8Array =>
  concat(
    u64(size),
    new Uint8Array([names.length]),
    ...names.flatMap((name) => {
      const bytes = typeof name === "string" ? utf8(name) : name;
      return [u16(bytes.length), bytes];
    }),
  );

test("files, folders, empty ones and any script survive the round trip", () => {
  const manifest = made(
    ["a.bin", 10 * KIB ** 2],
    ["docs/empty", 0],
    ["docs/صورة 😀.png", 1],
    ["docs/deep/er/z", LIMITS.shareBytes - 20 * KIB ** 2],
  );
  const decoded = decodeManifest(encodeManifest(manifest));
  expect(decoded.files).toEqual(manifest.files);
  expect(decoded.layout.pieceBytes).toBe(manifest.layout.pieceBytes);
  expect(decoded.layout.fileSizes).toEqual(manifest.layout.fileSizes);
});

test("the format stays what it is", () => {
  expect(hex(encodeManifest(made(["a/b", 258], ["é", 0])))).toBe(
    ["01", "00000100", "02000000"].join("") +
      ["0201000000000000", "02", "0100", "61", "0100", "62"].join("") +
      ["0000000000000000", "01", "0200", "c3a9"].join(""),
  );
});

describe("what a person drops", () => {
  test("nothing can't be shared", () => {
    expect(codeOf(() => makeManifest([]))).toBe("nothing-to-share");
  });

  test("hostile names are made harmless and told apart", () => {
    const paths = made(["../x", 1], ["a:b", 1], ["A:B", 1]).files.map((one) => one.path);
    expect(paths).toEqual([["_", "x"], ["a_b"], ["A_B (2)"]]);
  });

  test.each([
    ["20,001 files", Array.from({ length: LIMITS.fileCount + 1 }, (_, i) => [`${i}`, 0])],
    [
      "a byte more than a share may have",
      [
        ["a", LIMITS.shareBytes],
        ["b", 1],
      ],
    ],
    ["a path of 33 names", [[Array.from({ length: 33 }, () => "a").join("/"), 1]]],
    ["a path of 1,274 bytes", [[[..."12345"].map((name) => name.repeat(254)).join("/"), 1]]],
  ] as [string, [string, number][]][])("%s is too large", (_what, files) => {
    expect(codeOf(() => made(...files))).toBe("too-large");
  });

  test("as much as a share may have is shared", () => {
    expect(made(["a", LIMITS.shareBytes]).layout.totalBytes).toBe(LIMITS.shareBytes);
    const most = made(
      ...Array.from({ length: LIMITS.fileCount }, (_, i): [string, number] => [`${i}`, 1]),
    );
    expect(decodeManifest(encodeManifest(most)).files).toHaveLength(LIMITS.fileCount);
  });

  test("a list of files past the manifest's bound is too large", () => {
    const folder = `${"f".repeat(250)}/${"g".repeat(250)}`;
    const many = Array.from({ length: 17_000 }, (_, i): [string, number] => [`${folder}/${i}`, 0]);
    expect(codeOf(() => encodeManifest(made(...many)))).toBe("too-large");
    expect(codeOf(() => encodeManifest(made(...many.slice(0, 16_000))))).toBeNull();
  });
});

describe("what a stranger signed", () => {
  test.each([
    ["nothing", new Uint8Array(0)],
    ["version 0", concat(head(1, 64 * KIB, 0), file(1n, "a"))],
    ["no files", head(0)],
    ["20,001 files", head(LIMITS.fileCount + 1)],
    ["2^32 - 1 files", head(2 ** 32 - 1)],
    ["fewer files than it says", concat(head(2), file(1n, "a"))],
    ["more bytes than it needs", concat(head(1), file(1n, "a"), new Uint8Array(1))],
    ["a piece size of 0", concat(head(1, 0), file(1n, "a"))],
    ["a piece size of 32 KiB", concat(head(1, 32 * KIB), file(1n, "a"))],
    ["a piece size of 8 MiB", concat(head(1, 8 * KIB ** 2), file(1n, "a"))],
    ["a piece size of 65 KiB", concat(head(1, 65 * KIB), file(1n, "a"))],
    ["a piece size of 2^31", concat(head(1, 2 ** 31), file(1n, "a"))],
    ["a file of 2^64 - 1 bytes", concat(head(1, 4096 * KIB), file(2n ** 64n - 1n, "a"))],
    [
      "files that are too large together",
      concat(head(2, 4096 * KIB), file(BigInt(LIMITS.shareBytes), "a"), file(1n, "b")),
    ],
    ["more than 2,000,000 pieces", concat(head(1), file(2_000_000n * 65_536n + 1n, "a"))],
    ["a file without a name", concat(head(1), file(1n))],
    ["a path of 33 names", concat(head(1), file(1n, ...Array.from({ length: 33 }, () => "a")))],
    ["a path of 1,279 bytes", concat(head(1), file(1n, ...[..."12345"].map((n) => n.repeat(255))))],
    ["a name that isn't UTF-8", concat(head(1), file(1n, new Uint8Array([0xff])))],
    ["a name longer than what follows", concat(head(1), file(1n, "a")).slice(0, -1)],
  ])("%s is refused", (_what, bytes) => {
    expect(codeOf(() => decodeManifest(bytes))).toBe("manifest-refused");
  });

  test("a later version asks for a newer Shoal, whatever follows", () => {
    expect(codeOf(() => decodeManifest(new Uint8Array([2])))).toBe("link-newer");
  });

  test("every cut is refused", () => {
    const whole = encodeManifest(made(["a/b", 1], ["c", 2]));
    for (let length = 0; length < whole.length; length++) {
      expect(codeOf(() => decodeManifest(whole.subarray(0, length)))).toBe("manifest-refused");
    }
  });

  test("paths come out harmless and told apart", () => {
    const bytes = concat(
      head(4),
      file(1n, "..", "..", "evil"),
      file(1n, "", "a\0b"),
      file(1n, "x"),
      file(1n, "X"),
    );
    expect(decodeManifest(bytes).files.map((one) => one.path)).toEqual([
      ["_", "_", "evil"],
      ["_", "ab"],
      ["x"],
      ["X (2)"],
    ]);
  });

  test("exactly 2,000,000 pieces are taken", () => {
    const bytes = concat(head(1), file(2_000_000n * 65_536n, "a"));
    expect(decodeManifest(bytes).layout.pieceCount).toBe(LIMITS.pieceCount);
  });

  test("a view into a larger buffer is read from where it starts", () => {
    const bytes = concat(new Uint8Array(7), head(1), file(3n, "a"));
    expect(decodeManifest(bytes.subarray(7)).files).toEqual([{ path: ["a"], sizeBytes: 3 }]);
  });
});
