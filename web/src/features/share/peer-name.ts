import type { PeerId } from "@shoal/swarm/ids";

/** Fish that swim in shoals, so that rows can be told apart before people have names. */
const FISH_NAMES = [
  "Anchovy",
  "Barb",
  "Bleak",
  "Bogue",
  "Bream",
  "Capelin",
  "Char",
  "Chub",
  "Cisco",
  "Dace",
  "Danio",
  "Fusilier",
  "Garfish",
  "Grayling",
  "Gudgeon",
  "Herring",
  "Jack",
  "Lance",
  "Mackerel",
  "Menhaden",
  "Minnow",
  "Mullet",
  "Perch",
  "Pilchard",
  "Roach",
  "Rudd",
  "Sandeel",
  "Sardine",
  "Saury",
  "Scad",
  "Shad",
  "Silverside",
  "Smelt",
  "Sprat",
  "Tench",
  "Tetra",
  "Whitefish",
  "Whiting",
] as const;

/** Names for these peers: each always the same on this page, numbered where two share a fish. */
export function peerNames(ids: readonly PeerId[]): Map<PeerId, string> {
  const names = new Map<PeerId, string>();
  const taken = new Map<string, number>();
  for (const id of ids) {
    const fish = FISH_NAMES[hash(id) % FISH_NAMES.length] ?? FISH_NAMES[0];
    const count = (taken.get(fish) ?? 0) + 1;
    taken.set(fish, count);
    names.set(id, count === 1 ? fish : `${fish} ${count}`);
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
