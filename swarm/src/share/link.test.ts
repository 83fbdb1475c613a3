import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, fromBase64url, toBase64url, u32, utf8 } from "../bytes.ts";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { crc32, decodeLink, encodeLink, type Link } from "./link.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const key = new Uint8Array(32).fill(9);
const bare: Link = { publicKey: key, trackers: [], passwordCheck: null };
const check = new Uint8Array([1, 2, 3, 4]);

/** What reading it comes to: the link, or the code of its refusal. */
function read(text: string): Link | string {
  try {
    return decodeLink(text);
  } catch (error) {
    if (error instanceof ShoalError) return error.code;
    throw error;
  }
}

/** A link with a good checksum over whatever is in it. */
const sealed = (...parts: Uint8Array[]): string => {
  const body = concat(...parts);
  return toBase64url(concat(body, u32(crc32(body))));
};
const head = (version = 1, flags = 0): Uint8Array => new Uint8Array([version, flags]);
const field = (type: number, value: Uint8Array): Uint8Array =>
  concat(new Uint8Array([type, value.length]), value);
const tracker = (host: string): Uint8Array => field(1, utf8(host));

const host = fc.oneof(
  fc.domain(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65535 })).map(([ip, port]) => `${ip}:${port}`),
  fc.ipV6().map((ip) => `[${ip.toLowerCase()}]`),
  fc.constant("localhost:8080"),
);
const link: fc.Arbitrary<Link> = fc.record({
  publicKey: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => new Uint8Array(bytes))
    .filter((bytes) => bytes.some((byte) => byte > 1 && byte < 230)),
  trackers: fc.array(
    host.filter((name) => name.length <= LIMITS.trackerHostBytes),
    { maxLength: LIMITS.trackersPerLink },
  ),
  passwordCheck: fc.option(
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => new Uint8Array(bytes)),
  ),
});

test("any link survives the round trip, alone and in a URL", () => {
  fc.assert(
    fc.property(link, (value) => {
      const text = encodeLink(value);
      expect(text.length).toBeLessThanOrEqual(LIMITS.linkLetters);
      expect(decodeLink(text)).toEqual(value);
      expect(decodeLink(`https://shoal.example/#${text}`)).toEqual(value);
    }),
  );
});

test("the format stays what it is", () => {
  expect(encodeLink({ ...bare, trackers: ["a.example:8"] })).toBe(
    "AQAJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQELYS5leGFtcGxlOji09Edh",
  );
  expect(encodeLink({ ...bare, trackers: ["a.example:8"], passwordCheck: check })).toBe(
    "AQAJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQELYS5leGFtcGxlOjiBBAECAwSigu91",
  );
});

describe("damage", () => {
  const text = encodeLink({ ...bare, trackers: ["tracker.example"], passwordCheck: check });

  test("every single mistyped letter is noticed", () => {
    for (let at = 0; at < text.length; at++) {
      for (const letter of LETTERS) {
        if (letter === text[at]) continue;
        expect(read(text.slice(0, at) + letter + text.slice(at + 1))).toBe("link-damaged");
      }
    }
  });

  test("every cut, at either end, is noticed", () => {
    for (let length = 0; length < text.length; length++) {
      expect(read(text.slice(0, length))).toBe("link-damaged");
      expect(read(text.slice(text.length - length))).toBe("link-damaged");
    }
  });

  test("every letter put in or left out, and every two swapped, is noticed", () => {
    for (let at = 0; at <= text.length; at++) {
      for (const letter of "Aa0_") {
        expect(read(text.slice(0, at) + letter + text.slice(at))).toBe("link-damaged");
      }
      if (at === text.length) continue;
      expect(read(text.slice(0, at) + text.slice(at + 1))).toBe("link-damaged");
    }
    for (let at = 0; at + 1 < text.length; at++) {
      const [one = "", two = ""] = [text[at], text[at + 1]];
      const swapped = text.slice(0, at) + two + one + text.slice(at + 2);
      expect(swapped === text ? "link-damaged" : read(swapped)).toBe("link-damaged");
    }
  });

  test.each([
    ["nothing", ""],
    ["a page's address without a link", "https://shoal.example/"],
    ["an empty fragment", "https://shoal.example/#"],
    ["words", "have a look at this"],
    ["a link twice over", `${text}${text}`],
    ["version 0", sealed(head(0), key)],
    ["a key cut short", sealed(head(), key.subarray(1))],
    ["a field without a length", sealed(head(), key, new Uint8Array([1]))],
    ["a field longer than what follows", sealed(head(), key, new Uint8Array([1, 3, 97, 97]))],
    ["an unknown field cut short", sealed(head(), key, new Uint8Array([2, 9, 0]))],
    ["a tracker that is no host name", sealed(head(), key, tracker("evil.example/path"))],
    ["a tracker with a user's name", sealed(head(), key, tracker("a@evil.example"))],
    ["a tracker in capitals", sealed(head(), key, tracker("EXAMPLE.org"))],
    ["a nameless tracker", sealed(head(), key, tracker(""))],
    ["a tracker that isn't UTF-8", sealed(head(), key, field(1, new Uint8Array([0xff])))],
    ["a password's check of three bytes", sealed(head(), key, field(0x81, check.subarray(1)))],
    ["a password's check of five bytes", sealed(head(), key, field(0x81, new Uint8Array(5)))],
    ["two checks", sealed(head(), key, field(0x81, check), field(0x81, check))],
    ["five trackers", sealed(head(), key, ...Array.from({ length: 5 }, () => tracker("a")))],
  ])("%s is a damaged link", (_what, damaged) => {
    expect(read(damaged)).toBe("link-damaged");
  });

  test("a text past the bound isn't even looked at", () => {
    const filled = (letters: number): string =>
      sealed(head(), key, ...Array.from({ length: letters }, () => field(2, new Uint8Array(1))));
    const longest = filled(499);
    expect(longest.length).toBeLessThanOrEqual(LIMITS.linkLetters);
    expect(read(longest)).toEqual(bare);
    const longer = filled(501);
    expect(longer.length).toBeGreaterThan(LIMITS.linkLetters);
    expect(read(longer)).toBe("link-damaged");
  });

  test.each(["00", "01"])("a key of small order, y = %s, is a damaged link", (y) => {
    const small = new Uint8Array([Number(y), ...new Uint8Array(31)]);
    expect(read(sealed(head(), small))).toBe("link-damaged");
    small[31] = 0x80;
    expect(read(sealed(head(), small))).toBe("link-damaged");
  });
});

describe("growth", () => {
  test.each([
    ["a later version", sealed(head(2), key)],
    ["a later version with a form of its own", sealed(head(255), new Uint8Array(60))],
    ["a flag", sealed(head(1, 1), key)],
    ["the highest flag", sealed(head(1, 128), key)],
    ["an unknown critical field", sealed(head(), key, field(0x80, utf8("x")))],
    ["one past the last that is known", sealed(head(), key, field(0x82, check))],
    [
      "an unknown critical field behind a known one",
      sealed(head(), key, tracker("a"), field(255, key)),
    ],
  ])("%s asks for a newer Shoal", (_what, newer) => {
    expect(read(newer)).toBe("link-newer");
  });

  test("unknown fields that aren't critical are passed over", () => {
    const text = sealed(
      head(),
      key,
      field(2, key),
      tracker("a"),
      field(0, key),
      field(0x7f, new Uint8Array(0)),
    );
    expect(read(text)).toEqual({ ...bare, trackers: ["a"] });
  });

  // A page that knew no passwords read every field from 80 on as one that it lacks.
  test("a password stands in a field that older pages refuse as newer", () => {
    const bytes = fromBase64url(encodeLink({ ...bare, passwordCheck: check }));
    expect([...(bytes ?? [])].slice(34, 40)).toEqual([0x81, 4, ...check]);
  });
});

describe("how people paste", () => {
  const text = encodeLink(bare);
  test.each([
    `https://shoal.example/#${text}`,
    `http://localhost:8080/#${text}`,
    `https://shoal.example/some/path?query=1#${text}`,
    `#${text}`,
    ` ${text}\n`,
    ` https://shoal.example/#${text} `,
  ])("%j is read", (pasted) => {
    expect(read(pasted)).toEqual(bare);
  });
});

test("the checksum is that of ZIP", () => {
  expect(crc32(utf8("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("the longest trackers fit", () => {
  const trackers = Array.from({ length: LIMITS.trackersPerLink }, (_, index) =>
    `${index}`.padEnd(LIMITS.trackerHostBytes, "a"),
  );
  const longest: Link = { ...bare, trackers, passwordCheck: check };
  expect(read(encodeLink(longest))).toEqual(longest);
  expect(fromBase64url(encodeLink(longest))?.length).toBe(38 + 4 * 257 + 6);
  expect(encodeLink(longest).length).toBeLessThanOrEqual(LIMITS.linkLetters);
});
