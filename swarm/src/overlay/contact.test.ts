import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, expect, test } from "vitest";
import { deriveSecrets, type ShareSecrets } from "../share/secrets.ts";
import { type Identity, makeIdentity } from "../signal/identity.ts";
import { isSignedContact, makeContact, type Meeting, meetingOf, openContact } from "./contact.ts";
import type { RingRecord } from "./io.ts";
import { ringIdOf } from "./sealed-call.ts";
import type { RingId } from "./position.ts";

const crypto = webCrypto();
const WHEN = { nowMs: 1_700_000_000_000, lifeMs: 60_000 };
let secrets: ShareSecrets;
let meeting: Meeting;
let identity: Identity;
let ring: RingId;
let record: RingRecord;
beforeEach(async () => {
  const { publicKey } = await crypto.generateSigningKey();
  secrets = await deriveSecrets(publicKey, crypto);
  meeting = await meetingOf(secrets, crypto);
  identity = await makeIdentity(secrets.swarm, crypto);
  ring = ringIdOf(await crypto.generateAgreementKey());
  record = await makeContact(meeting, identity, ring, WHEN, crypto);
});

test("a member's record tells other members who it is and where", async () => {
  const theirs = await meetingOf(secrets, crypto);
  const contact = await openContact(record, theirs, secrets.swarm, crypto);
  expect(contact?.acquaintance.peer).toBe(identity.peer);
  expect(contact?.ring).toBe(ring);
  expect(record.expiresMs).toBe(WHEN.nowMs + WHEN.lifeMs);
});

test("holders tell a member's record from a stranger's, and from one that was changed", async () => {
  expect(await isSignedContact(record, crypto)).toBe(true);
  const other = await meetingOf(
    await deriveSecrets((await crypto.generateSigningKey()).publicKey, crypto),
    crypto,
  );
  const forged = await makeContact(other, identity, ring, WHEN, crypto);
  expect(await isSignedContact({ ...forged, key: record.key }, crypto)).toBe(false);
  expect(await isSignedContact({ ...record, slot: forged.slot }, crypto)).toBe(false);
  expect(await isSignedContact({ ...record, sequence: record.sequence + 1 }, crypto)).toBe(false);
  expect(await isSignedContact({ ...record, expiresMs: record.expiresMs + 1 }, crypto)).toBe(false);
  for (let at = 0; at < record.content.length; at++) {
    const content = record.content.slice();
    content[at] = (content[at] ?? 0) ^ 1;
    expect(await isSignedContact({ ...record, content }, crypto)).toBe(false);
  }
  for (const length of [0, 1, 97]) {
    const content = record.content.slice(0, length);
    expect(await isSignedContact({ ...record, content }, crypto)).toBe(false);
  }
});

test("who holds a record finds nothing of swarm, link or member in it", async () => {
  const { content, key, slot } = record;
  const shown = [
    Buffer.from(content),
    Buffer.from(key, "base64url"),
    Buffer.from(slot, "base64url"),
  ];
  const hidden = [secrets.swarm, identity.peer, ring, ...Object.values(identity.introduction)];
  for (const text of hidden) {
    for (const bytes of shown) expect(bytes.includes(Buffer.from(text, "base64url"))).toBe(false);
  }
});

test("a member puts the same slot again, and each member another", async () => {
  const again = await makeContact(
    meeting,
    identity,
    ring,
    { ...WHEN, nowMs: WHEN.nowMs + 1 },
    crypto,
  );
  expect([again.slot, again.sequence]).toEqual([record.slot, record.sequence + 1]);
  const other = await makeIdentity(secrets.swarm, crypto);
  expect((await makeContact(meeting, other, ring, WHEN, crypto)).slot).not.toBe(record.slot);
});

test("a password makes another meeting", async () => {
  const { publicKey } = await crypto.generateSigningKey();
  const open = await meetingOf(await deriveSecrets(publicKey, crypto), crypto);
  const locked = await meetingOf(
    await deriveSecrets(publicKey, crypto, new Uint8Array(32)),
    crypto,
  );
  expect(open.key).not.toBe(locked.key);
});

test("who isn't who they say is no contact", async () => {
  const liar = { ...identity, introduction: { ...identity.introduction, agreementKey: ring } };
  const lie = await makeContact(meeting, liar, ring, WHEN, crypto);
  expect(await openContact(lie, meeting, secrets.swarm, crypto)).toBeNull();
});
