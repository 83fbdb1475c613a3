import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, expect, test } from "vitest";
import { type Entry, type Signed, signStated } from "@shoal/swarm/catalogue/entry";
import type { SigningKey } from "@shoal/swarm/crypto";
import { makeContact, meetingOf } from "@shoal/swarm/overlay/contact";
import type { RingRecord } from "@shoal/swarm/overlay/io";
import { ringIdOf } from "@shoal/swarm/overlay/sealed-call";
import { entryWords, wordRecords } from "@shoal/swarm/overlay/word-record";
import { encodeLink } from "@shoal/swarm/share/link";
import { deriveSecrets } from "@shoal/swarm/share/secrets";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import type { FromRingHost, RingPlace } from "../protocol/ring.ts";
import type { Sought } from "./catalogue.ts";
import { findInRing, type RingSearchPorts } from "./ring-search.ts";

const crypto = webCrypto();
const NOW_MS = Date.now();
const ANY = { kind: null, minBytes: null, maxBytes: null } as const;
let stored: RingRecord[];
let place: RingPlace | null;
beforeEach(async () => {
  stored = [];
  place = { ring: ringIdOf(await crypto.generateAgreementKey()), linkCount: 2 };
});

/** Another tab, which is in a ring that holds what is stored. */
function pipe(): RingSearchPorts["pipe"] {
  let hear: (message: FromRingHost) => void = () => undefined;
  return {
    post(message) {
      if (message.type === "who") queueMicrotask(() => hear({ type: "here", place }));
      if (message.type !== "get") return;
      const { client, request, key } = message;
      const records = stored.filter((record) => record.key === key);
      queueMicrotask(() => hear({ type: "found", client, request, records, hops: 1 }));
    },
    hear: (heard) => {
      hear = heard;
    },
    close: () => undefined,
  };
}

const search = async (sought: Partial<Sought> & { words: string }) => {
  const ports = { pipe: pipe(), crypto, nowMs: () => NOW_MS };
  return (await findInRing({ ...ANY, ...sought }, ports))?.map(({ title, sources }) => ({
    title,
    sources,
  }));
};

/** A published share of so many members. */
async function publish(
  title: string,
  memberCount = 0,
  fields: Partial<Entry> = {},
): Promise<{ key: SigningKey; signed: Signed }> {
  const key = await crypto.generateSigningKey();
  const link = encodeLink({ publicKey: key.publicKey, trackers: [], passwordCheck: null });
  const facts = { kind: "video", fileCount: 1, totalBytes: 5000 } as const;
  const head = { type: "entry", sequence: 1, expiresMs: NOW_MS + 60_000, link } as const;
  const entry = { ...head, ...facts, title, description: "", tags: [], ...fields };
  const signed = await signStated(key, entry, crypto);
  stored.push(...(await wordRecords(signed, entryWords(entry), Infinity, crypto)));
  const secrets = await deriveSecrets(key.publicKey, crypto);
  const meeting = await meetingOf(secrets, crypto);
  const when = { nowMs: NOW_MS, lifeMs: 60_000 };
  for (let count = 0; count < memberCount; count++) {
    const identity = await makeIdentity(secrets.swarm, crypto);
    stored.push(await makeContact(meeting, identity, place!.ring, when, crypto));
  }
  return { key, signed };
}

test("finds what has all the words, those with the most sources first", async () => {
  await publish("Night trams", 1);
  await publish("Trams at night", 3);
  await publish("Night boats", 2);
  expect(await search({ words: "TRAMS night" })).toEqual([
    { title: "Trams at night", sources: 3 },
    { title: "Night trams", sources: 1 },
  ]);
  expect(await search({ words: "tra" })).toEqual([]);
});

test("kind and size hold as at a server", async () => {
  await publish("Night trams");
  expect(await search({ words: "trams", kind: "audio" })).toEqual([]);
  expect(await search({ words: "trams", kind: "video", maxBytes: 4999 })).toEqual([]);
  expect(await search({ words: "trams", minBytes: 5000 })).toHaveLength(1);
});

test("what was withdrawn, has expired or is forged isn't found", async () => {
  const { key, signed } = await publish("Night trams");
  await publish("Old trams", 0, { expiresMs: NOW_MS - 1 });
  const [record] = stored;
  const forged = record!.content.slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  stored.push({ ...record!, content: forged });
  expect(await search({ words: "trams" })).toEqual([{ title: "Night trams", sources: 0 }]);
  const { link, expiresMs } = signed.stated;
  const gone = { type: "withdrawal", sequence: 2, expiresMs, link } as const;
  stored.push(
    ...(await wordRecords(await signStated(key, gone, crypto), ["trams"], Infinity, crypto)),
  );
  expect(await search({ words: "trams" })).toEqual([]);
});

test("without a place in the ring, links, or a word there is no answer", async () => {
  await publish("Night trams");
  expect(await search({ words: " " })).toBeUndefined();
  place = { ...place!, linkCount: 0 };
  expect(await search({ words: "trams" })).toBeUndefined();
  place = null;
  expect(await search({ words: "trams" })).toBeUndefined();
});
