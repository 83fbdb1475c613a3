/**
 * Word records: published shares in the ring, under the hash of each of their words. What is stored is the
 * statement that the share's own key signed, so holders can tell what is forged, or lies under a word that
 * it doesn't have.
 *
 *     content   2 u8 | statement (catalogue/entry.ts)
 */
import { concat, toBase64url, utf8 } from "../bytes.ts";
import { type CatalogueStatement, openStated, type Signed } from "../catalogue/entry.ts";
import { wordsOf } from "../catalogue/words.ts";
import type { CryptoPort } from "../crypto.ts";
import { idBytes, type SwarmId } from "../ids.ts";
import { isSignedContact } from "./contact.ts";
import type { RingRecord } from "./io.ts";

/** What is in the first byte of a word record's content. */
const ENTRY = 2;
const SLOT_BYTES = 16;
/** Of one entry; those of the title and the tags come first. */
const MOST_WORDS = 32;
/** Longer ones are cut: nobody searches for more by heart. */
const MOST_WORD_LETTERS = 64;

/** Where entries with this word are: base64url of a SHA-256. */
export async function wordKey(word: string, crypto: CryptoPort): Promise<string> {
  const cut = word.slice(0, MOST_WORD_LETTERS);
  return toBase64url(await crypto.sha256(utf8(`shoal word v1\0${cut}`)));
}

/** The words that an entry is stored under, each once. */
export function entryWords(stated: CatalogueStatement): readonly string[] {
  if (stated.type !== "entry") return [];
  const { title, tags, description } = stated;
  return [...new Set(wordsOf([title, ...tags, description].join(" ")))].slice(0, MOST_WORDS);
}

/**
 * Records of what the share's key said, under the words of an entry; a withdrawal is put under the words
 * of the entry that it withdraws, whose place it takes.
 */
export async function wordRecords(
  { swarm, stated, bytes }: Signed,
  words: readonly string[],
  expiresMs: number,
  crypto: CryptoPort,
): Promise<RingRecord[]> {
  const content = concat(Uint8Array.of(ENTRY), bytes);
  const of = {
    slot: slotOf(swarm),
    sequence: stated.sequence,
    expiresMs: Math.min(expiresMs, stated.expiresMs),
    content,
  };
  return Promise.all(words.map(async (word) => ({ ...of, key: await wordKey(word, crypto) })));
}

/** The statement in a record; null where it isn't one, or doesn't belong there. */
export async function openWordRecord(
  { key, slot, sequence, expiresMs, content }: RingRecord,
  crypto: CryptoPort,
): Promise<Signed | null> {
  if (content[0] !== ENTRY) return null;
  const signed = await openStated(content.slice(1), crypto);
  if (signed === null || slotOf(signed.swarm) !== slot) return null;
  const { stated } = signed;
  if (stated.sequence !== sequence || expiresMs > stated.expiresMs) return null;
  // A withdrawal has no words: whichever place it is in, it says no more than that.
  if (stated.type === "withdrawal") return signed;
  const keys = await Promise.all(entryWords(stated).map((word) => wordKey(word, crypto)));
  return keys.includes(key) ? signed : null;
}

/** Whether a record that a stranger brought is what its key stands for, of whichever kind. */
export async function isGoodRecord(record: RingRecord, crypto: CryptoPort): Promise<boolean> {
  const isContact = await isSignedContact(record, crypto);
  return isContact || (await openWordRecord(record, crypto)) !== null;
}

const slotOf = (swarm: SwarmId): string => toBase64url(idBytes(swarm).slice(0, SLOT_BYTES));
