/** What follows from a share's public key: the public swarm id and the members' secrets. */
import { type Bytes, utf8 } from "../bytes.ts";
import type { CryptoPort } from "../crypto.ts";
import { type SwarmId, swarmIdOf } from "../ids.ts";

export type ShareSecrets = {
  readonly swarm: SwarmId;
  /** 32 bytes: goes into the keys that seal signals. */
  readonly signalSecret: Bytes;
  /** 32 bytes: with it a member proves that it knows the link. */
  readonly proofSecret: Bytes;
};

/** HKDF (RFC 5869) with a salt that names this protocol and one info text per secret. */
export async function deriveSecrets(publicKey: Bytes, crypto: CryptoPort): Promise<ShareSecrets> {
  const salt = utf8("shoal share v1");
  const derive = (info: string): Promise<Bytes> => crypto.hkdf(publicKey, salt, utf8(info), 32);
  return {
    swarm: swarmIdOf(await derive("swarm id")),
    signalSecret: await derive("signal secret"),
    proofSecret: await derive("proof secret"),
  };
}
