import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, expect, test } from "vitest";
import { type Entry, type Signed, signStated } from "../catalogue/entry.ts";
import type { SigningKey } from "../crypto.ts";
import { encodeLink } from "../share/link.ts";
import { entryWords, isGoodRecord, openWordRecord, wordKey, wordRecords } from "./word-record.ts";

const crypto = webCrypto();
const EXPIRES_MS = 1_700_000_000_000;
let key: SigningKey;
let link: string;
let signed: Signed;

const entry = (fields: Partial<Entry> = {}): Entry => ({
  type: "entry",
  sequence: 3,
  expiresMs: EXPIRES_MS,
  link,
  title: "Night trams",
  description: "São Paulo",
  tags: ["trams", "city"],
  kind: "video",
  fileCount: 1,
  totalBytes: 1000,
  ...fields,
});

beforeEach(async () => {
  key = await crypto.generateSigningKey();
  link = encodeLink({ publicKey: key.publicKey, trackers: [], passwordCheck: null });
  signed = await signStated(key, entry(), crypto);
});

const records = (of: Signed, words = entryWords(of.stated)) =>
  wordRecords(of, words, EXPIRES_MS, crypto);

test("an entry lies under each of its words, once, as people type them", async () => {
  expect(entryWords(signed.stated)).toEqual(["night", "trams", "city", "sao", "paulo"]);
  const all = await records(signed);
  expect(all[3]?.key).toBe(await wordKey("sao", crypto));
  for (const record of all) {
    expect((await openWordRecord(record, crypto))?.stated).toEqual(signed.stated);
    expect(await isGoodRecord(record, crypto)).toBe(true);
  }
});

test("a record ends with its entry at the latest", async () => {
  const [sooner] = await wordRecords(signed, ["night"], EXPIRES_MS - 1, crypto);
  const [later] = await wordRecords(signed, ["night"], EXPIRES_MS + 1, crypto);
  expect([sooner?.expiresMs, later?.expiresMs]).toEqual([EXPIRES_MS - 1, EXPIRES_MS]);
  expect(await isGoodRecord({ ...later!, expiresMs: EXPIRES_MS + 1 }, crypto)).toBe(false);
});

test("what is forged, changed or under a foreign word isn't taken", async () => {
  const [record] = await records(signed);
  expect(await isGoodRecord({ ...record!, key: await wordKey("boats", crypto) }, crypto)).toBe(
    false,
  );
  expect(await isGoodRecord({ ...record!, sequence: 4 }, crypto)).toBe(false);
  expect(await isGoodRecord({ ...record!, slot: "A".repeat(22) }, crypto)).toBe(false);
  for (let at = 0; at < record!.content.length; at += 7) {
    const content = record!.content.slice();
    content[at] = (content[at] ?? 0) ^ 1;
    expect(await isGoodRecord({ ...record!, content }, crypto)).toBe(false);
  }
  expect(await isGoodRecord({ ...record!, content: new Uint8Array(0) }, crypto)).toBe(false);
});

test("a withdrawal takes the entry's places", async () => {
  const withdrawal = { type: "withdrawal", sequence: 4, expiresMs: EXPIRES_MS, link } as const;
  const withdrawn = await signStated(key, withdrawal, crypto);
  expect(entryWords(withdrawn.stated)).toEqual([]);
  const [before] = await records(signed, ["trams"]);
  const [after] = await records(withdrawn, ["trams"]);
  expect([after?.key, after?.slot]).toEqual([before?.key, before?.slot]);
  expect((await openWordRecord(after!, crypto))?.stated.type).toBe("withdrawal");
});
