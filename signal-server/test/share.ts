/** A share as far as a catalogue meets it: its key, and what that signs. */
import type { SigningKey } from "@shoal/swarm/crypto";
import {
  type Description,
  type Entry,
  type Signed,
  signStated,
  type Withdrawal,
} from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import { encodeLink } from "@shoal/swarm/share/link";
import { deriveSwarm } from "@shoal/swarm/share/secrets";
import { webCrypto } from "@shoal/swarm/webcrypto";

const crypto = webCrypto();
export const HOUR_MS = 3_600_000;
/** How long its statements hold, unless said otherwise. */
const LIFE_MS = 12 * HOUR_MS;

const DESCRIPTION: Description = {
  title: "Lisbon in May",
  description: "Trams, towers and one recipe.",
  tags: ["holiday", "portugal"],
  kind: "pictures",
};

export type TestShare = {
  readonly swarm: SwarmId;
  readonly link: string;
  readonly entry: (fields?: Partial<Entry>) => Promise<Signed<Entry>>;
  readonly withdrawal: (fields?: Partial<Withdrawal>) => Promise<Signed<Withdrawal>>;
};

/** A new one; its statements' numbers rise from 1 unless they say otherwise. */
export async function makeShare(nowMs = Date.now()): Promise<TestShare> {
  const key: SigningKey = await crypto.generateSigningKey();
  const link = encodeLink({ publicKey: key.publicKey, trackers: [], passwordCheck: null });
  let sequence = 0;
  const head = () => ({ sequence: ++sequence, expiresMs: nowMs + LIFE_MS, link });
  return {
    swarm: await deriveSwarm(key.publicKey, crypto),
    link,
    entry: (fields) => {
      const facts = { type: "entry", fileCount: 6, totalBytes: 207_000_000 } as const;
      return signStated(key, { ...head(), ...DESCRIPTION, ...facts, ...fields }, crypto);
    },
    withdrawal: (fields) =>
      signStated(key, { ...head(), type: "withdrawal", ...fields } as const, crypto),
  };
}
