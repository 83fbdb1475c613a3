/** Ids that look like real ones, without keys behind them. */
import { toBase64url } from "@shoal/swarm/bytes";
import { type PeerId, parsePeerId, type SwarmId, swarmIdOf } from "@shoal/swarm/ids";

/** The swarm of this number. */
export const swarmNumber = (number: number): SwarmId => swarmIdOf(new Uint8Array(32).fill(number));

/** The peer of this number. */
export function peerNumber(number: number): PeerId {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  const peer = parsePeerId(toBase64url(bytes));
  if (peer === null) throw new Error("32 bytes make an id");
  return peer;
}
