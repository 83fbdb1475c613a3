/** What follows from a share's public key, and its password: the swarm id and the members' secrets. */
import { type Bytes, concat, utf8 } from "../bytes.ts";
import type { CryptoPort } from "../crypto.ts";
import { type SwarmId, swarmIdOf } from "../ids.ts";
import { PASSWORD_CHECK_BYTES } from "./password.ts";

export type ShareSecrets = {
  readonly swarm: SwarmId;
  /** 32 bytes: goes into the keys that seal signals. */
  readonly signalSecret: Bytes;
  /** 32 bytes: with it a member proves that it knows the link. */
  readonly proofSecret: Bytes;
};

/**
 * HKDF (RFC 5869) with a salt that names this protocol and one info text per secret. `stretched` is
 * what came of the password (`password.ts`); null: the share has none.
 */
export async function deriveSecrets(
  publicKey: Bytes,
  crypto: CryptoPort,
  stretched: Bytes | null = null,
): Promise<ShareSecrets> {
  const known = stretched === null ? publicKey : concat(publicKey, stretched);
  return {
    swarm: await deriveSwarm(publicKey, crypto),
    signalSecret: await derive(known, "signal secret", 32, crypto),
    proofSecret: await derive(known, "proof secret", 32, crypto),
  };
}

/** The swarm id, which needs no password. */
export async function deriveSwarm(publicKey: Bytes, crypto: CryptoPort): Promise<SwarmId> {
  return swarmIdOf(await derive(publicKey, "swarm id", 32, crypto));
}

/** What a link says of its password (`Link.passwordCheck`). */
export function derivePasswordCheck(
  publicKey: Bytes,
  crypto: CryptoPort,
  stretched: Bytes,
): Promise<Bytes> {
  const known = concat(publicKey, stretched);
  return derive(known, "password check", PASSWORD_CHECK_BYTES, crypto);
}

function derive(known: Bytes, info: string, byteCount: number, crypto: CryptoPort): Promise<Bytes> {
  return crypto.hkdf(known, utf8("shoal share v1"), utf8(info), byteCount);
}
