/**
 * A search of the ring, where no server answers: for exact words, among what people's browsers hold. Who
 * has what is found is counted by the records that members put.
 */
import { isCurrent, type Signed } from "@shoal/swarm/catalogue/entry";
import { wordsOf } from "@shoal/swarm/catalogue/words";
import type { CryptoPort } from "@shoal/swarm/crypto";
import { isSignedContact, meetingOf } from "@shoal/swarm/overlay/contact";
import type { RingRecord } from "@shoal/swarm/overlay/io";
import { entryWords, openWordRecord, wordKey } from "@shoal/swarm/overlay/word-record";
import { decodeLink } from "@shoal/swarm/share/link";
import { deriveSecrets } from "@shoal/swarm/share/secrets";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { RingQuestions } from "../protocol/ring-questions.ts";
import { clientPipe, type FromRingHost, type RingPipe, type ToRingHost } from "../protocol/ring.ts";
import type { FoundShare, Sought } from "./catalogue.ts";

/** Of a search; each is a lookup. */
const MOST_WORDS = 4;
/** Results of which sources are counted and which are shown. */
const MOST_SHARES = 20;
/** By then a tab of this browser that is in the ring has said so. */
const HERE_MS = 1_000;

export type RingSearchPorts = {
  readonly pipe: RingPipe<ToRingHost, FromRingHost>;
  readonly crypto: CryptoPort;
  /** Unix time in ms. */
  readonly nowMs: () => number;
};

/** A search through this browser's place in the ring, as `findInRing`. */
export const searchRing = (sought: Sought): Promise<readonly FoundShare[] | null> =>
  findInRing(sought, { pipe: clientPipe(), crypto: webCrypto(), nowMs: () => Date.now() });

/** The best first; null where this browser isn't in the ring, or there is no word to look for. */
export async function findInRing(
  sought: Sought,
  ports: RingSearchPorts,
): Promise<readonly FoundShare[] | null> {
  const { pipe, crypto } = ports;
  const words = [...new Set(wordsOf(sought.words))].slice(0, MOST_WORDS);
  const id = `search ${crypto.randomBytes(8).join("")}`;
  const questions = new RingQuestions(pipe, id);
  try {
    if (words.length === 0 || !(await isInRing(pipe, id, questions))) return null;
    const keys = await Promise.all(words.map((word) => wordKey(word, crypto)));
    const found = await Promise.all(keys.map((key) => questions.get(key)));
    const records = found.flatMap((of) => of.records);
    const fitting = (await newest(records, crypto)).filter((signed) =>
      fits(signed, words, sought, ports.nowMs()),
    );
    const shares = await Promise.all(
      fitting.slice(0, MOST_SHARES).map((signed) => shown(signed, questions, crypto)),
    );
    return shares
      .filter((share) => share !== null)
      .toSorted((one, other) => other.sources - one.sources);
  } finally {
    pipe.close();
  }
}

/** Whether some tab of this browser has a place in the ring, with links. */
function isInRing(
  pipe: RingSearchPorts["pipe"],
  id: string,
  questions: RingQuestions,
): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), HERE_MS);
    pipe.hear((message) => {
      if (message.type === "found" && message.client === id) questions.answered(message);
      if (message.type !== "here" || message.place === null) return;
      clearTimeout(late);
      resolve(message.place.linkCount > 0);
    });
    pipe.post({ type: "who" });
  });
}

/** Of each share the newest that its key said. */
async function newest(records: readonly RingRecord[], crypto: CryptoPort): Promise<Signed[]> {
  const bySwarm = new Map<string, Signed>();
  for (const signed of await Promise.all(records.map((each) => openWordRecord(each, crypto)))) {
    if (signed === null) continue;
    const known = bySwarm.get(signed.swarm);
    const isNewer = known === undefined || known.stated.sequence < signed.stated.sequence;
    if (isNewer) bySwarm.set(signed.swarm, signed);
  }
  return [...bySwarm.values()];
}

function fits(
  { stated }: Signed,
  words: readonly string[],
  { kind, minBytes, maxBytes }: Sought,
  nowMs: number,
): boolean {
  if (stated.type !== "entry" || !isCurrent(stated, nowMs)) return false;
  const has = new Set(entryWords(stated));
  const { totalBytes } = stated;
  return (
    words.every((word) => has.has(word)) &&
    (kind === null || stated.kind === kind) &&
    totalBytes >= (minBytes ?? 0) &&
    totalBytes <= (maxBytes ?? Infinity)
  );
}

async function shown(
  { swarm, stated }: Signed,
  questions: RingQuestions,
  crypto: CryptoPort,
): Promise<FoundShare | null> {
  if (stated.type !== "entry") return null;
  const { title, description, tags, kind, fileCount, totalBytes, link } = stated;
  const isProtected = decodeLink(link).passwordCheck !== null;
  const sources = isProtected ? 1 : await sourcesOf(link, questions, crypto);
  const facts = { fileCount, totalBytes, listedMs: null, sources, isNear: false };
  return { title, description, tags, kind, swarm, link, isProtected, ...facts };
}

/** How many members can be found. Where a password is asked for, only members can tell. */
async function sourcesOf(
  link: string,
  questions: RingQuestions,
  crypto: CryptoPort,
): Promise<number> {
  const secrets = await deriveSecrets(decodeLink(link).publicKey, crypto);
  const { key } = await meetingOf(secrets, crypto);
  const { records } = await questions.get(key);
  const good = await Promise.all(records.map((record) => isSignedContact(record, crypto)));
  return good.filter(Boolean).length;
}
