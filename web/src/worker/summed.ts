/** Bytes on disk with the beginning of their hash behind them, by which damage shows. */
import { type Bytes, concat, sameBytes } from "@shoal/swarm/bytes";
import { sha256 } from "./sha256.ts";

/** No damage that isn't meant gets past so much of a hash. */
export const SUM_BYTES = 8;

export async function summed(bytes: Bytes): Promise<Bytes> {
  return concat(bytes, await sumOf(bytes));
}

/** What stands before the sum, or null where it is damaged. */
export async function unsummed(bytes: Bytes): Promise<Bytes | null> {
  const content = bytes.slice(0, Math.max(0, bytes.length - SUM_BYTES));
  return sameBytes(await sumOf(content), bytes.subarray(content.length)) ? content : null;
}

const sumOf = async (bytes: Bytes): Promise<Bytes> => (await sha256(bytes)).subarray(0, SUM_BYTES);
