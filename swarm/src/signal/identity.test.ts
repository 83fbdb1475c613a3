import { expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { fromBase64url, toBase64url } from "../bytes.ts";
import { peerIdOf, swarmIdOf } from "../ids.ts";
import { agreementStatement, decodeJoin, joinStatement } from "../tracker/messages.ts";
import { checkIntroduction, makeIdentity, makeJoin } from "./identity.ts";

const crypto = webCrypto();
const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const otherSwarm = swarmIdOf(new Uint8Array(32).fill(2));
const bytes = (text: string) => fromBase64url(text) ?? new Uint8Array(0);

test("an identity introduces itself under the id of its key", async () => {
  const identity = await makeIdentity(swarm, crypto);
  expect(identity.peer).toBe(await peerIdOf(identity.signing.publicKey, crypto));
  expect(await checkIntroduction(identity.introduction, swarm, crypto)).toEqual({
    peer: identity.peer,
    agreementKey: identity.agreement.publicKey,
  });
});

test("two sessions share nothing that could link them", async () => {
  const [one, two] = [await makeIdentity(swarm, crypto), await makeIdentity(swarm, crypto)];
  const seen = [one, two].flatMap((identity) => Object.values(identity.introduction));
  expect(new Set(seen).size).toBe(6);
  expect(one.peer).not.toBe(two.peer);
});

test("a tracker that swaps an announced agreement key for its own is caught", async () => {
  const { introduction } = await makeIdentity(swarm, crypto);
  const { publicKey } = await crypto.generateAgreementKey();
  const agreementKey = toBase64url(publicKey);
  expect(await checkIntroduction({ ...introduction, agreementKey }, swarm, crypto)).toBeNull();
});

test("one that signs it anew introduces another peer", async () => {
  const { introduction, peer } = await makeIdentity(swarm, crypto);
  const { publicKey } = await crypto.generateAgreementKey();
  const agreementKey = toBase64url(publicKey);
  const forger = await crypto.generateSigningKey();
  const signature = await forger.sign(agreementStatement(swarm, publicKey));
  const agreementSignature = toBase64url(signature);
  const swapped = { ...introduction, agreementKey, agreementSignature };
  expect(await checkIntroduction(swapped, swarm, crypto)).toBeNull();
  const peerKey = toBase64url(forger.publicKey);
  const replaced = await checkIntroduction({ ...swapped, peerKey }, swarm, crypto);
  expect(replaced?.peer).not.toBe(peer);
});

test("an introduction to one swarm is none to another", async () => {
  const { introduction } = await makeIdentity(swarm, crypto);
  expect(await checkIntroduction(introduction, otherSwarm, crypto)).toBeNull();
});

test("a peer key of small order introduces nobody, though a host would verify its signature", async () => {
  const { introduction } = await makeIdentity(swarm, crypto);
  const neutral = new Uint8Array(32);
  neutral[0] = 1;
  const forged = new Uint8Array(64);
  forged[0] = 1;
  const peerKey = toBase64url(neutral);
  const agreementSignature = toBase64url(forged);
  const hostile = { ...introduction, peerKey, agreementSignature };
  expect(await checkIntroduction(hostile, swarm, crypto)).toBeNull();
});

test.each(["peerKey", "agreementKey", "agreementSignature"])(
  "%s that isn't base64url is refused",
  async (name) => {
    const { introduction } = await makeIdentity(swarm, crypto);
    expect(await checkIntroduction({ ...introduction, [name]: "?" }, swarm, crypto)).toBeNull();
  },
);

test("a join proves the key for this tracker, socket and swarm alone", async () => {
  const identity = await makeIdentity(swarm, crypto);
  const challenge = crypto.randomBytes(32);
  const join = await makeJoin(identity, "Shoal.example:8080", challenge);
  expect(decodeJoin(JSON.parse(JSON.stringify(join)))).toEqual(join);
  const proves = (host: string, drawn = challenge, of = swarm): Promise<boolean> =>
    crypto.verify(bytes(join.peerKey), joinStatement(host, drawn, of), bytes(join.proof));
  expect(await proves("shoal.example:8080")).toBe(true);
  expect(await proves("shoal.example")).toBe(false);
  expect(await proves("evil.example")).toBe(false);
  expect(await proves("shoal.example:8080", crypto.randomBytes(32))).toBe(false);
  expect(await proves("shoal.example:8080", challenge, otherSwarm)).toBe(false);
});
