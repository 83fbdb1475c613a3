/**
 * Entries for a catalogue, written by hand as docs/catalogue.md says, with words of which a few are
 * nearly everywhere and most are rare, as in languages.
 */
import { generateKeyPairSync, hkdfSync, sign } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { addressOf } from "./crowd.ts";

const ENTRIES = "/api/v1/catalogue/entries";
const VOCABULARY = 30_000;
const TITLE_WORDS = 4;
const DESCRIPTION_WORDS = 25;
const TAG_COUNT = 3;
const SALT = "shoal share v1";
const HOUR_MS = 3_600_000;
const AT_ONCE = 50;

const SYLLABLES = [..."bdfghjklmnprstvw"].flatMap((letter) =>
  [..."aeiou"].map((vowel) => letter + vowel),
);

/** The word of this rank: as many syllables as it takes to write its number, two at least. */
function wordOf(rank: number): string {
  const base = SYLLABLES.length;
  let left = rank;
  let word = "";
  // A step without a common divisor: neighbours in rank don't begin alike.
  for (let count = 0; count < 2 || left > 0; count++) {
    word += SYLLABLES[((left % base) * 37 + count * 11) % base] ?? "";
    left = Math.floor(left / base);
  }
  return word;
}

/** By Zipf's law: the word of rank n comes with a frequency of 1/n. */
const anyWord = (): string => wordOf(Math.floor(VOCABULARY ** Math.random()) - 1);
const anyWords = (count: number): string[] => Array.from({ length: count }, anyWord);

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u48 = (value: number): Buffer => {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntLE(value, 0, 6);
  return bytes;
};
const text = (words: string): Buffer => {
  const bytes = Buffer.from(words);
  return Buffer.concat([u16(bytes.length), bytes]);
};

/** A share of its own key, listed under this title. */
function signedEntry(title: string): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const swarm = Buffer.from(hkdfSync("sha256", key, SALT, "swarm id", 32));
  const linkBody = Buffer.concat([Buffer.from([1, 0]), key]);
  const link = Buffer.concat([linkBody, u32(crc32(linkBody))]).toString("base64url");
  const content = Buffer.concat([
    Buffer.from([1, 1]),
    u48(1),
    u48(Date.now() + 12 * HOUR_MS),
    text(link),
    Buffer.from([Math.floor(Math.random() * 6)]),
    u32(1 + Math.floor(Math.random() * 100)),
    u48(Math.floor(1e10 ** Math.random())),
    text(title),
    text(anyWords(DESCRIPTION_WORDS).join(" ")),
    Buffer.from([TAG_COUNT]),
    ...anyWords(TAG_COUNT).map(text),
  ]);
  const statement = [Buffer.from("shoal statement v1\0"), Buffer.from([4]), swarm, u32(0), content];
  return Buffer.concat([sign(null, Buffer.concat(statement), privateKey), content]);
}

/** @returns The status of the answer, once it is there. */
function publish(port: number, agent: Agent, body: Buffer, localAddress: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        path: ENTRIES,
        localAddress,
        method: "PUT",
        headers: { "Content-Type": "application/octet-stream" },
      },
      (response) => {
        response.on("error", reject).resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/**
 * Publishes so many entries, a hundred from each address, as quickly as they are taken.
 *
 * @returns Their titles.
 */
export async function publishAll(port: number, count: number): Promise<string[]> {
  const titles: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const index = next++;
        const title = anyWords(TITLE_WORDS).join(" ");
        const body = signedEntry(title);
        for (let status = 0; status !== 200;) {
          status = await publish(port, agent, body, addressOf(index));
          if (status === 429) await setTimeout(500);
          else if (status !== 200) throw new Error(`an entry was refused: ${status}`);
        }
        titles.push(title);
      }
    }),
  );
  agent.destroy();
  return titles;
}
