import type { Bytes } from "@shoal/swarm/bytes";

/** SHA-256 of these bytes, off this thread. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
