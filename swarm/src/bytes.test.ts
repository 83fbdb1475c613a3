import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concat,
  fromBase64url,
  fromUtf8,
  readU16,
  readU32,
  sameBytes,
  toBase64url,
  u32,
  utf8,
  writeU16,
  writeU32,
} from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array));

describe("base64url", () => {
  test("any bytes survive the round trip, and are written as Node writes them", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = toBase64url(value);
        expect(text).toBe(Buffer.from(value).toString("base64url"));
        expect(fromBase64url(text)).toEqual(value);
      }),
    );
  });

  test("bytes have one spelling: whatever text is read is written again just so", () => {
    const letters = fc.constantFrom(..."ABCDwxyz0189-_=+/ \n");
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
        const value = fromBase64url(text);
        expect(value === null ? text : toBase64url(value)).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ["bits left over", "AB"],
    ["bits left over behind two bytes", "AAB"],
    ["one letter, which is less than a byte", "A"],
    ["five letters", "AAAAA"],
    ["padding", "AA=="],
    ["the other alphabet", "+/+/"],
    ["a space", "AA AA"],
    ["a line break at the end", "AAAA\n"],
    ["a letter beyond ASCII", "AAA\u0100"],
    ["a letter of two code units", "AA\u{1f600}"],
  ])("%s is refused", (_what, text) => {
    expect(fromBase64url(text)).toBeNull();
  });

  test("no text is no bytes", () => {
    expect(fromBase64url("")).toEqual(new Uint8Array(0));
    expect(toBase64url(new Uint8Array(0))).toBe("");
  });
});

describe("UTF-8", () => {
  test("well-formed text survives the round trip", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 50 }), (text) => {
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    );
  });

  test("a byte order mark is text like any other", () => {
    expect(fromUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
  });

  test.each([
    ["a lone continuation byte", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["a letter cut short", [0xf0, 0x9f, 0x98]],
    ["a code point past the last", [0xf4, 0x90, 0x80, 0x80]],
  ])("%s is no text", (_what, malformed) => {
    expect(fromUtf8(new Uint8Array(malformed))).toBeNull();
  });

  test("a lone surrogate is written as the replacement character", () => {
    expect(fromUtf8(utf8("a\ud800b"))).toBe("a\ufffdb");
  });
});

test("parts are joined in order, in a buffer of their own", () => {
  const part = new Uint8Array([1, 2, 3]).subarray(1);
  const whole = concat(part, new Uint8Array(0), new Uint8Array([4]));
  expect(whole).toEqual(new Uint8Array([2, 3, 4]));
  expect(whole.buffer.byteLength).toBe(3);
  part[0] = 9;
  expect(whole[0]).toBe(2);
});

test("bytes are the same only with the same length and content", () => {
  const one = new Uint8Array([1, 2]);
  expect(sameBytes(one, new Uint8Array([1, 2]))).toBe(true);
  expect(sameBytes(one, new Uint8Array([1, 3]))).toBe(false);
  expect(sameBytes(one, new Uint8Array([1]))).toBe(false);
  expect(sameBytes(one, new Uint8Array([1, 2, 0]))).toBe(false);
});

test("numbers are little-endian", () => {
  expect(u32(0x01020304)).toEqual(new Uint8Array([4, 3, 2, 1]));
  expect(u32(2 ** 32 - 1)).toEqual(new Uint8Array([255, 255, 255, 255]));
});

describe("numbers", () => {
  const whole = (most: number) => fc.nat({ max: most });

  test("are written and read as a DataView does it, and what is beside them stays", () => {
    fc.assert(
      fc.property(whole(0xffff), whole(0xffffffff), whole(3), (short, long, at) => {
        const [mine, theirs] = [new Uint8Array(12).fill(0xaa), new Uint8Array(12).fill(0xaa)];
        const view = new DataView(theirs.buffer);
        writeU16(mine, at, short);
        view.setUint16(at, short, true);
        writeU32(mine, at + 3, long);
        view.setUint32(at + 3, long, true);
        expect(mine).toEqual(theirs);
        expect([readU16(mine, at), readU32(mine, at + 3)]).toEqual([short, long]);
      }),
    );
  });

  test("past the end there are zeros", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect([readU32(bytes, 1), readU32(bytes, 3), readU16(bytes, 2)]).toEqual([0x0302, 0, 3]);
  });
});
