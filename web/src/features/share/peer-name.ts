import type { PeerId } from "@shoal/swarm/ids";
import { locale, t } from "../../locales/words.ts";
import { formatCount } from "../../ui/format.ts";

/** Letters of a name that a row has room for, as people count them. */
const SHOWN_LETTERS = 32;

export type ShownName = {
  /** What the person chose, or else what is made up for them. */
  readonly name: string;
  /** Tells two of the same name apart; null where nobody else has it. */
  readonly hint: string | null;
};

type Named = { readonly id: PeerId; readonly name: string };

/** How to call these people: each can be told from the others. "": the person chose no name. */
export function shownNames(people: readonly Named[]): Map<PeerId, ShownName> {
  const invented = inventedNames(people.map(({ id }) => id));
  const called = people.map(({ id, name }) => ({
    id,
    isChosen: name !== "",
    name: name === "" ? (invented.get(id) ?? "") : name,
  }));
  const counts = new Map<string, number>();
  for (const { name } of called) counts.set(fold(name), (counts.get(fold(name)) ?? 0) + 1);
  return new Map(
    called.map(({ id, isChosen, name }) => {
      const isAmbiguous = isChosen && (counts.get(fold(name)) ?? 0) > 1;
      return [id, { name, hint: isAmbiguous ? (invented.get(id) ?? null) : null }];
    }),
  );
}

/** Names made up already: a page that shows people asks for all of them once a second. */
const madeUp = { locale: "", names: new Map<PeerId, string>() };
/** More than a share has people at once; those who left are forgotten with the rest. */
const MOST_MADE_UP = 1_000;

/** The name that everybody makes up for this peer. */
export function inventedName(id: PeerId): string {
  if (madeUp.locale !== locale() || madeUp.names.size >= MOST_MADE_UP) {
    madeUp.locale = locale();
    madeUp.names.clear();
  }
  const known = madeUp.names.get(id);
  if (known !== undefined) return known;
  const name = inventName(id);
  madeUp.names.set(id, name);
  return name;
}

function inventName(id: PeerId): string {
  const ways = t("share.peers.ways", { returnObjects: true });
  const fishes = t("share.peers.fish", { returnObjects: true });
  const value = hash(id);
  const way = ways[value % ways.length] ?? ways[0];
  const fish = fishes[Math.floor(value / ways.length) % fishes.length] ?? fishes[0];
  return t("share.peers.madeUp", { way, fish });
}

/** Numbered where two come to the same. */
function inventedNames(ids: readonly PeerId[]): Map<PeerId, string> {
  const names = new Map<PeerId, string>();
  const taken = new Map<string, number>();
  for (const id of ids) {
    const name = inventedName(id);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    names.set(id, count === 1 ? name : `${name} ${formatCount(count)}`);
  }
  return names;
}

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** As much of a name as a row has room for; never cut inside what reads as one letter. */
export function shortened(name: string): string {
  const parts = Array.from(letters.segment(name), ({ segment }) => segment);
  if (parts.length <= SHOWN_LETTERS) return name;
  return `${parts
    .slice(0, SHOWN_LETTERS - 1)
    .join("")
    .trimEnd()}…`;
}

/** Names that look the same come to the same, as far as that is easily told. */
const fold = (name: string): string =>
  name
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toUpperCase()
    .toLowerCase();

/** FNV-1a, 32 bits: spreads ids evenly enough over some hundreds of names. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
