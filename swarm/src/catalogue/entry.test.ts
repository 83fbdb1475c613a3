import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { concat, u32, utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { encodeLink } from "../share/link.ts";
import { deriveSwarm } from "../share/secrets.ts";
import { SIGNATURE_BYTES, STATEMENT, statement } from "../share/statement.ts";
import { type Entry, isCurrent, openStated, safeDescription, signStated } from "./entry.ts";

const crypto = webCrypto();
const key = await crypto.generateSigningKey();
const other = await crypto.generateSigningKey();
const linkOf = (publicKey: Uint8Array<ArrayBuffer>): string =>
  encodeLink({ publicKey, trackers: ["one.example"], passwordCheck: null });

const ENTRY: Entry = {
  type: "entry",
  sequence: 1_764_000_000_123,
  expiresMs: 1_764_080_000_000,
  link: linkOf(key.publicKey),
  title: "Lisbon in May",
  description: "Trams, towers and one recipe.",
  tags: ["holiday", "portugal"],
  kind: "pictures",
  fileCount: 6,
  totalBytes: 207_000_000,
};

describe("a statement to a catalogue", () => {
  test("an entry comes out as it was signed, with the id of the swarm", async () => {
    const signed = await signStated(key, ENTRY, crypto);
    expect(signed.swarm).toBe(await deriveSwarm(key.publicKey, crypto));
    expect(await openStated(signed.bytes, crypto)).toEqual(signed);
    expect(signed.stated).toEqual(ENTRY);
  });

  test("so does a withdrawal", async () => {
    const { sequence, expiresMs, link } = ENTRY;
    const withdrawal = { type: "withdrawal", sequence: sequence + 1, expiresMs, link } as const;
    const signed = await signStated(key, withdrawal, crypto);
    expect(await openStated(signed.bytes, crypto)).toEqual(signed);
  });

  test("isn’t made for another key’s link", async () => {
    await expect(signStated(other, ENTRY, crypto)).rejects.toMatchObject({ code: "link-damaged" });
  });

  test("isn’t believed when another key has signed it", async () => {
    const { bytes, swarm } = await signStated(key, ENTRY, crypto);
    const content = bytes.slice(SIGNATURE_BYTES);
    const signature = await other.sign(statement(STATEMENT.catalogue, swarm, 0, content));
    expect(await openStated(concat(signature, content), crypto)).toBeNull();
  });

  test("isn’t believed when any bit of it was changed, or a part is missing", async () => {
    const { bytes } = await signStated(key, ENTRY, crypto);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(await openStated(changed, crypto)).toBeNull();
        expect(await openStated(bytes.slice(0, at), crypto)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  test("no bytes of a stranger make it throw, signed or not", async () => {
    const swarm = await deriveSwarm(key.publicKey, crypto);
    const link = utf8(linkOf(key.publicKey));
    const head = concat(
      new Uint8Array([1, 1]),
      new Uint8Array(12),
      u32(link.length).slice(0, 2),
      link,
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (random) => {
        const content = concat(head, random);
        const signature = await key.sign(statement(STATEMENT.catalogue, swarm, 0, content));
        for (const bytes of [content, concat(signature, content)]) {
          const opened = await openStated(bytes, crypto);
          if (opened?.stated.type !== "entry") continue;
          expect(safeDescription(opened.stated)).toMatchObject({ title: opened.stated.title });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("its words are harmless when they come out, whatever was signed", async () => {
    const stated = {
      ...ENTRY,
      title: "  safe\u202etxt.\u0000exe ",
      description: "<b>no markup</b>\nbut text",
      tags: ["One", "one", "\u200b", "two"],
    };
    const { bytes } = await signStated(key, stated, crypto);
    expect((await openStated(bytes, crypto))?.stated).toMatchObject({
      title: "safetxt.exe",
      description: "<b>no markup</b> but text",
      tags: ["one", "two"],
    });
  });

  test.each([
    ["no title is left", { title: "\u200b \u0301" }],
    ["it has too many tags", { tags: Array.from({ length: LIMITS.entryTags + 1 }, String) }],
    ["it has no file", { fileCount: 0 }],
    ["it has more files than a share may have", { fileCount: LIMITS.fileCount + 1 }],
    ["it is larger than a share may be", { totalBytes: LIMITS.shareBytes + 1 }],
    ["it is longer than a statement may be", { title: "x".repeat(LIMITS.entryBytes) }],
  ])("is refused where %s", async (_why, wrong) => {
    const { bytes } = await signStated(key, { ...ENTRY, ...wrong }, crypto);
    expect(await openStated(bytes, crypto)).toBeNull();
  });

  test("the longest words within their bounds fit", async () => {
    const most = {
      ...ENTRY,
      title: "x".repeat(LIMITS.entryTitleBytes),
      description: "y".repeat(LIMITS.entryDescriptionBytes),
      tags: Array.from({ length: LIMITS.entryTags }, (_, at) =>
        `${at}`.repeat(LIMITS.entryTagBytes),
      ),
    };
    const { bytes } = await signStated(key, most, crypto);
    expect((await openStated(bytes, crypto))?.stated).toEqual(most);
  });

  test("holds until it expires, and never longer than a day", () => {
    const { expiresMs } = ENTRY;
    expect(isCurrent(ENTRY, expiresMs - 1)).toBe(true);
    expect(isCurrent(ENTRY, expiresMs)).toBe(false);
    const earliest = expiresMs - LIMITS.entryLifeMs - LIMITS.entryClockMs;
    expect(isCurrent(ENTRY, earliest)).toBe(true);
    expect(isCurrent(ENTRY, earliest - 1)).toBe(false);
  });
});

test("a description made safe twice is the same", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.array(fc.string({ unit: "binary" })),
      (text, tags) => {
        const once = safeDescription({ title: text, description: text, tags, kind: "other" });
        expect(once && safeDescription(once)).toEqual(once);
      },
    ),
  );
});
