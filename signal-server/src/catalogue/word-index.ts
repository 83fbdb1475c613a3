/**
 * Finds entries by their words, in memory. It knows no thread.
 *
 * A search goes through MiniSearch twice. At first it only notes who has which words, without scores,
 * which are what takes time; then the best known of those that have all of them, so many at most, are
 * ranked. So a word that is nearly everywhere costs little more than a rare one.
 */
import type { Kind } from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import MiniSearch, { type QueryCombination } from "minisearch";
import { Columns } from "./columns.ts";
import { CommonWords } from "./common-words.ts";
import { canBegin, wordsOf } from "@shoal/swarm/catalogue/words";

/** What is found of an entry, and by what those that were found are put in order. */
export type IndexedEntry = {
  readonly swarm: SwarmId;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly kind: Kind;
  readonly totalBytes: number;
  readonly listedMs: number;
  /** How many it has now. */
  readonly sources: number;
};

export type Wanted = {
  /** As a person typed them; "" for all entries. */
  readonly words: string;
  readonly kind: Kind | null;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Swarms with a source where the asker is. */
  readonly near: readonly SwarmId[];
  /** How many are passed over, and how many are wanted after those: within `MOST_RANKED` together. */
  readonly offset: number;
  readonly count: number;
};

export type Found = {
  /** How many there are in all. */
  readonly total: number;
  /** Those that were asked for, the best first. */
  readonly swarms: readonly SwarmId[];
};

/** Of more that have all words, those with the most sources are ranked: fifty pages. */
export const MOST_RANKED = 1000;
/** Further words of a search are passed over. */
const MOST_WORDS = 10;
/** Of a search that nothing matches so many words may be misspelled: each is looked for at length. */
const MOST_MISSPELLED = 3;
/** Letters of which one may be wrong: a fifth of a word's, two at most. */
const FUZZINESS = { fuzzy: 0.2, maxFuzzy: 2 };
const BOOSTS = { title: 4, tags: 2, description: 1 };
const HEAD = ["title", "tags"];
const BODY = ["description"];
const TITLE = ["title"];
/** A word that was met more often says nothing about those that have it in their descriptions. */
const COMMON = 2000;
/** Entries of common words that are remembered, in all such words together: 50 MB. */
const MOST_REMEMBERED = 1_000_000;
/** What ten times the sources are worth, and one nearby: guesses. */
const SOURCES_WEIGHT = 0.5;
const NEAR_WEIGHT = 1.5;

/** A word that is searched for. */
type Word = {
  readonly text: string;
  /** Whether it may have a mistake, where it isn't in a description. */
  readonly isFuzzy: boolean;
  /** How often it was met, in all entries together. */
  metCount: number;
};
type Text = { readonly id: number; title: string; tags: string; description: string };

export class WordIndex {
  readonly #words = new MiniSearch<Text>({
    fields: ["title", "tags", "description"],
    tokenize: wordsOf,
    processTerm: (word) => word,
    // A query's words are words already.
    searchOptions: { tokenize: (word) => [word], boost: BOOSTS, combineWith: "AND" },
  });
  readonly #ids = new Map<SwarmId, number>();
  readonly #swarms: (SwarmId | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #columns = new Columns();
  /** Which of them have common words in their descriptions. */
  readonly #common = new CommonWords<number>(MOST_REMEMBERED);

  /** How many entries it has. */
  get size(): number {
    return this.#ids.size;
  }

  /** Adds an entry, in place of what there was of its swarm. */
  put({ swarm, title, description, tags, ...facts }: IndexedEntry): void {
    this.remove(swarm);
    const id = this.#freeIds.pop() ?? this.#swarms.length;
    this.#swarms[id] = swarm;
    this.#ids.set(swarm, id);
    this.#columns.put(id, facts);
    this.#common.add(id, () => wordsOf(description));
    this.#words.add({ id, title, description, tags: tags.join(" ") });
  }

  /** Takes an entry out; nothing happens where there is none. */
  remove(swarm: SwarmId): void {
    const id = this.#ids.get(swarm);
    if (id === undefined) return;
    this.#ids.delete(swarm);
    this.#swarms[id] = undefined;
    this.#freeIds.push(id);
    this.#common.remove(id);
    this.#words.discard(id); // What is left of it goes when MiniSearch tidies up, by itself.
  }

  /** Notes how many sources an entry has now. */
  count(swarm: SwarmId, sources: number): void {
    const id = this.#ids.get(swarm);
    if (id !== undefined) this.#columns.count(id, sources);
  }

  /** Entries with all of the words, or, where there are none, with words nearly like them. */
  search({ words: typed, near, offset, count, ...facts }: Wanted): Found {
    const words = searchedIn(typed);
    if (words.length === 0 && typed.trim() !== "") return { total: 0, swarms: [] };
    let wanted = words.map((text): Word => ({ text, isFuzzy: false, metCount: 0 }));
    this.#begin(near);
    if (words.length === 0) return this.#all({ offset, count, ...facts });
    let having = this.#having(wanted, HEAD, BODY);
    if (having.length === 0) {
      wanted = words.map((text, at) => ({ text, isFuzzy: at < MOST_MISSPELLED, metCount: 0 }));
      this.#begin(near);
      having = this.#having(wanted, HEAD, BODY);
    }
    const fitting = having.filter((id) => this.#columns.fits(id, facts));
    const ranked = this.#rank(this.#bestOf(fitting, MOST_RANKED), wanted, HEAD, BODY);
    return { total: fitting.length, swarms: this.#named(ranked.slice(offset, offset + count)) };
  }

  /** The best entries whose titles have words that begin so; at most so many. */
  suggest(typed: string, count: number): readonly SwarmId[] {
    const words = searchedIn(typed);
    if (words.length === 0) return [];
    const wanted = words.map((text): Word => ({ text, isFuzzy: false, metCount: 0 }));
    this.#begin([]);
    const best = this.#bestOf(this.#having(wanted, TITLE, []), MOST_RANKED);
    return this.#named(this.#rank(best, wanted, TITLE, []).slice(0, count));
  }

  /** Without words: all of them, in their order. */
  #all({ offset, count, ...facts }: Omit<Wanted, "words" | "near">): Found {
    const fitting = [...this.#ids.values()].filter((id) => this.#columns.fits(id, facts));
    const best = this.#bestOf(fitting, Math.min(offset + count, MOST_RANKED));
    return { total: fitting.length, swarms: this.#named(best.slice(offset)) };
  }

  #begin(near: readonly SwarmId[]): void {
    this.#columns.begin();
    for (const swarm of near) {
      const id = this.#ids.get(swarm);
      if (id !== undefined) this.#columns.noteNear(id);
    }
  }

  #named(ids: readonly number[]): SwarmId[] {
    return ids.flatMap((id) => this.#swarms[id] ?? []);
  }

  /** The first so many as they stand, the best first. */
  #bestOf(ids: readonly number[], count: number): number[] {
    return bestOf(ids, count, this.#columns.byStanding);
  }

  /** All that have each of the words, in no order. Those of the common ones are looked for last. */
  #having(words: readonly Word[], head: string[], body: string[]): number[] {
    let having: number[] = [];
    for (const [before, word] of this.#rareFirst(words).entries()) {
      const candidates = having;
      having = [];
      const note = (id: number, isInHead: boolean): void => {
        word.metCount += 1;
        if (this.#columns.noteWord(id, before, isInHead)) having.push(id);
      };
      this.#meet(word, head, (id) => note(id, true));
      if (body.length === 0) continue;
      const known = this.#common.get(word.text);
      if (known === null) this.#meetInBody(word, body, (id) => note(id, false));
      else if (before === 0) for (const id of known) note(id, false);
      else {
        for (const id of candidates) if (known.has(id)) note(id, false);
        word.metCount = Math.max(word.metCount, known.size);
      }
    }
    return having;
  }

  #rareFirst(words: readonly Word[]): Word[] {
    const known = ({ text }: Word): number => this.#common.get(text)?.size ?? 0;
    return words.toSorted((one, other) => known(one) - known(other));
  }

  #meetInBody(word: Word, body: string[], note: (id: number) => void): void {
    const met = new Set<number>();
    this.#meet(word, body, (id) => {
      met.add(id);
      note(id);
    });
    if (met.size > COMMON) this.#common.set(word.text, met);
  }

  /** Calls back with all that have a word in these fields, once for each way of having it. */
  #meet(word: Word, fields: string[], note: (id: number) => void): void {
    this.#visit(queryOf(word, fields), (id) => {
      note(id);
      return 0; // Not to be ranked yet.
    });
  }

  /** Puts those that have all words in order. */
  #rank(ids: readonly number[], words: readonly Word[], head: string[], body: string[]): number[] {
    const unranked = new Set(ids);
    const queries = words.flatMap((word) => {
      const isTelling = body.length > 0 && word.metCount <= COMMON;
      return isTelling ? [queryOf(word, head), queryOf(word, body)] : [queryOf(word, head)];
    });
    const ranked = this.#visit({ queries, combineWith: "OR" }, (id) =>
      unranked.has(id) ? this.#weightOf(id) : 0,
    );
    // Who has nothing but common words, and these in the description, comes last, in the order of before.
    for (const id of ranked) unranked.delete(id);
    return [...ranked, ...unranked];
  }

  #weightOf(id: number): number {
    const bySources = 1 + SOURCES_WEIGHT * Math.log10(1 + this.#columns.sources(id));
    return bySources * (this.#columns.isNear(id) ? NEAR_WEIGHT : 1);
  }

  /** Calls back with each entry for each of its words that match; ranks those that get a weight. */
  #visit(query: QueryCombination, weigh: (id: number) => number): number[] {
    const results = this.#words.search(query, { boostDocument: weigh });
    return results.map(({ id }: { id: number }) => id);
  }
}

/** The words that are searched for, each once. */
const searchedIn = (typed: string): string[] => [...new Set(wordsOf(typed))].slice(0, MOST_WORDS);

/** Beginnings and mistakes are for title and tags: in a description they would match too much to help. */
function queryOf({ text, isFuzzy }: Word, fields: string[]): QueryCombination {
  const query = { queries: [text], fields };
  if (fields === BODY) return query;
  return isFuzzy ? { ...query, ...FUZZINESS } : { ...query, prefix: canBegin(text) };
}

/**
 * The first so many in this order, without putting the rest in order. Quickest where the best come
 * last, as the latest do.
 */
function bestOf<Item>(
  items: readonly Item[],
  count: number,
  compare: (one: Item, other: Item) => number,
): Item[] {
  let best: Item[] = [];
  let last: Item | undefined;
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index] as Item;
    if (last !== undefined && compare(item, last) >= 0) continue;
    best.push(item);
    if (best.length < 2 * count) continue;
    best = best.toSorted(compare).slice(0, count);
    last = best.at(-1);
  }
  return best.toSorted(compare).slice(0, count);
}
