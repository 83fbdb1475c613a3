/**
 * Stretches a password: a second of work and 64 MiB, so that whoever guesses pays as much for each
 * guess. In the worker, which does nothing else meanwhile; fetched where a share has a password.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import { idBytes, type SwarmId } from "@shoal/swarm/ids";
import { STRETCHING } from "@shoal/swarm/share/password";

const library = () => import("@noble/hashes/argon2.js");

/** Fetches what stretches, before it is needed. */
export function prepareToStretch(): void {
  library().catch(() => undefined); // Safe: it is fetched again once it is needed.
}

/** What goes into the keys, 32 bytes. @throws What an import throws whose file can't be fetched. */
export async function stretch(password: Bytes, swarm: SwarmId): Promise<Bytes> {
  const { argon2id } = await library();
  const { memoryKib, passes, lanes, outputBytes } = STRETCHING;
  const options = { m: memoryKib, t: passes, p: lanes, dkLen: outputBytes };
  return new Uint8Array(argon2id(password, idBytes(swarm), options));
}
