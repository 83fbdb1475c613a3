import type { PeerId } from "@shoal/swarm/ids";
import { t } from "../../locales/words.ts";
import { formatCount } from "../../ui/format.ts";

/** Names for these peers: each always the same on this page, numbered where two share a fish. */
export function peerNames(ids: readonly PeerId[]): Map<PeerId, string> {
  const fishes = t("share.peers.fish", { returnObjects: true });
  const names = new Map<PeerId, string>();
  const taken = new Map<string, number>();
  for (const id of ids) {
    const fish = fishes[hash(id) % fishes.length] ?? fishes[0];
    const count = (taken.get(fish) ?? 0) + 1;
    taken.set(fish, count);
    names.set(id, count === 1 ? fish : `${fish} ${formatCount(count)}`);
  }
  return names;
}

/** FNV-1a, 32 bits: spreads ids evenly enough over some forty names. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
