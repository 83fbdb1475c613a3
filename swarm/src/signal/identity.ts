/** Who this peer is in one swarm and session, and what it shows of itself to a tracker. */
import { type Bytes, concat, fromBase64url, toBase64url } from "../bytes.ts";
import type { AgreementKey, CryptoPort, SigningKey } from "../crypto.ts";
import { type PeerId, peerIdOf, type SwarmId } from "../ids.ts";
import {
  agreementStatement,
  type Introduction,
  type Join,
  joinStatement,
} from "../tracker/messages.ts";

export type Identity = {
  readonly peer: PeerId;
  readonly swarm: SwarmId;
  readonly signing: SigningKey;
  readonly agreement: AgreementKey;
  readonly introduction: Introduction;
};

/** Fresh keys: nothing links one session or swarm of a person to another. */
export async function makeIdentity(swarm: SwarmId, crypto: CryptoPort): Promise<Identity> {
  const signing = await crypto.generateSigningKey();
  const agreement = await crypto.generateAgreementKey();
  const signature = await signing.sign(agreementStatement(swarm, agreement.publicKey));
  return {
    peer: await peerIdOf(signing.publicKey, crypto),
    swarm,
    signing,
    agreement,
    introduction: {
      peerKey: toBase64url(signing.publicKey),
      agreementKey: toBase64url(agreement.publicKey),
      agreementSignature: toBase64url(signature),
    },
  };
}

/** What a peer says of itself to its neighbours: its agreement key [32] and that one's signature [64]. */
export function agreementOf({ introduction, agreement }: Identity): Bytes {
  const signature = fromBase64url(introduction.agreementSignature);
  if (signature === null) throw new Error("an identity's own signature is base64url");
  return concat(agreement.publicKey, signature);
}

/** What a tracker asks for before anything else, tied to its host and this socket's challenge. */
export async function makeJoin(
  identity: Identity,
  trackerHost: string,
  challenge: Bytes,
): Promise<Join> {
  const { swarm, introduction } = identity;
  const proof = await identity.signing.sign(joinStatement(trackerHost, challenge, swarm));
  return { ...introduction, swarm, proof: toBase64url(proof) };
}

/** Another peer, as far as it is known before a connection. */
export type Acquaintance = { readonly peer: PeerId; readonly agreementKey: Bytes };

/** Null where the agreement key isn't signed by the peer that it is said to belong to. */
export async function checkIntroduction(
  introduction: Introduction,
  swarm: SwarmId,
  crypto: CryptoPort,
): Promise<Acquaintance | null> {
  const peerKey = fromBase64url(introduction.peerKey);
  const agreementKey = fromBase64url(introduction.agreementKey);
  const signature = fromBase64url(introduction.agreementSignature);
  if (peerKey === null || agreementKey === null || signature === null) return null;
  return checkAgreement(peerKey, agreementKey, signature, swarm, crypto);
}

/** The same as neighbours bring it: peer key [32], agreement key [32], signature [64]. */
export function checkIntroductionBytes(
  introduction: Bytes,
  swarm: SwarmId,
  crypto: CryptoPort,
): Promise<Acquaintance | null> {
  const [peerKey, agreementKey] = [introduction.slice(0, 32), introduction.slice(32, 64)];
  return checkAgreement(peerKey, agreementKey, introduction.slice(64), swarm, crypto);
}

async function checkAgreement(
  peerKey: Bytes,
  agreementKey: Bytes,
  signature: Bytes,
  swarm: SwarmId,
  crypto: CryptoPort,
): Promise<Acquaintance | null> {
  const statement = agreementStatement(swarm, agreementKey);
  if (!(await crypto.verify(peerKey, statement, signature))) return null;
  return { peer: await peerIdOf(peerKey, crypto), agreementKey };
}
