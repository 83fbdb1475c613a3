/** What makes a join believable. */
import { type Bytes, fromBase64url } from "@shoal/swarm/bytes";
import type { CryptoPort } from "@shoal/swarm/crypto";
import { type PeerId, peerIdOf } from "@shoal/swarm/ids";
import { agreementStatement, type Join, joinStatement } from "@shoal/swarm/tracker/messages";

/** What a proof must have been made for: another host's, socket's or day's is worth nothing. */
export type Dialogue = {
  /** The host and port that the peer dialled: its request's Host header. */
  readonly trackerHost: string;
  /** 32 random bytes, of this socket alone. */
  readonly challenge: Bytes;
};

/**
 * The id of the peer that a join proves to be, or null where either signature isn't by its key:
 * the proof of possession for this dialogue and swarm, or the agreement key's.
 */
export async function provenPeer(
  join: Join,
  dialogue: Dialogue,
  crypto: CryptoPort,
): Promise<PeerId | null> {
  const peerKey = fromBase64url(join.peerKey);
  const proof = fromBase64url(join.proof);
  const agreementKey = fromBase64url(join.agreementKey);
  const agreementSignature = fromBase64url(join.agreementSignature);
  if (!peerKey || !proof || !agreementKey || !agreementSignature) return null;
  const { trackerHost, challenge } = dialogue;
  const statement = joinStatement(trackerHost, challenge, join.swarm);
  if (!(await crypto.verify(peerKey, statement, proof))) return null;
  const agreement = agreementStatement(join.swarm, agreementKey);
  if (!(await crypto.verify(peerKey, agreement, agreementSignature))) return null;
  return peerIdOf(peerKey, crypto);
}
