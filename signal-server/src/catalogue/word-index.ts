/**
 * Finds entries by their words, in memory. It knows no thread.
 *
 * A search goes through MiniSearch twice. At first it only notes who has which words, without scores,
 * which are what takes time; then the best known of those that have all of them, so many at most, are
 * ranked. So a word that is nearly everywhere costs little more than a rare one.
 */
import type { Kind } from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import MiniSearch, { type QueryCombination, type SearchOptions } from "minisearch";
import { CommonWords } from "./common-words.ts";
import { canBegin, wordsOf } from "./words.ts";

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

type Doc = Pick<IndexedEntry, "swarm" | "kind" | "totalBytes" | "listedMs"> & {
  readonly id: number;
  sources: number;
  /** What a search has noted, and which one: so that nothing has to be cleared. */
  search: number;
  wordCount: number;
  /** How many of them are in title or tags. */
  headCount: number;
  isNear: boolean;
  isRanked: boolean;
};
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
  readonly #docs = new Map<SwarmId, Doc>();
  readonly #byId: (Doc | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** Which of them have common words in their descriptions. */
  readonly #common = new CommonWords<Doc>(MOST_REMEMBERED);
  #lastSearch = 0;

  /** How many entries it has. */
  get size(): number {
    return this.#docs.size;
  }

  /** Adds an entry, in place of what there was of its swarm. */
  put({ title, description, tags, sources, ...facts }: IndexedEntry): void {
    this.remove(facts.swarm);
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const { swarm, kind, totalBytes, listedMs } = facts;
    const notes = { search: 0, wordCount: 0, headCount: 0, isNear: false, isRanked: false };
    const doc = { id, swarm, kind, totalBytes, listedMs, sources, ...notes };
    this.#byId[id] = doc;
    this.#docs.set(swarm, doc);
    this.#common.add(doc, () => wordsOf(description));
    this.#words.add({ id, title, description, tags: tags.join(" ") });
  }

  /** Takes an entry out; nothing happens where there is none. */
  remove(swarm: SwarmId): void {
    const doc = this.#docs.get(swarm);
    if (doc === undefined) return;
    this.#docs.delete(swarm);
    this.#byId[doc.id] = undefined;
    this.#freeIds.push(doc.id);
    this.#common.remove(doc);
    this.#words.discard(doc.id); // What is left of it goes when MiniSearch tidies up, by itself.
  }

  /** Notes how many sources an entry has now. */
  count(swarm: SwarmId, sources: number): void {
    const doc = this.#docs.get(swarm);
    if (doc !== undefined) doc.sources = sources;
  }

  /** Entries with all of the words, or, where there are none, with words nearly like them. */
  search({ words: typed, near, offset, count, ...facts }: Wanted): Found {
    const words = wordsOf(typed).slice(0, MOST_WORDS);
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
    const fitting = having.filter((doc) => fits(doc, facts));
    const ranked = this.#rank(bestOf(fitting, MOST_RANKED, byStanding), wanted, HEAD, BODY);
    return { total: fitting.length, swarms: swarmsOf(ranked.slice(offset, offset + count)) };
  }

  /** The best entries whose titles have words that begin so; at most so many. */
  suggest(typed: string, count: number): readonly SwarmId[] {
    const words = wordsOf(typed).slice(0, MOST_WORDS);
    if (words.length === 0) return [];
    const wanted = words.map((text): Word => ({ text, isFuzzy: false, metCount: 0 }));
    this.#begin([]);
    const best = bestOf(this.#having(wanted, TITLE, []), MOST_RANKED, byStanding);
    return swarmsOf(this.#rank(best, wanted, TITLE, []).slice(0, count));
  }

  /** Without words: all of them, in their order. */
  #all({ offset, count, ...facts }: Omit<Wanted, "words" | "near">): Found {
    const fitting: Doc[] = [];
    for (const doc of this.#docs.values()) if (fits(doc, facts)) fitting.push(this.#noted(doc));
    const best = bestOf(fitting, Math.min(offset + count, MOST_RANKED), byStanding);
    return { total: fitting.length, swarms: swarmsOf(best.slice(offset)) };
  }

  /** What was noted before doesn't hold any more. */
  #begin(near: readonly SwarmId[]): void {
    this.#lastSearch += 1;
    for (const swarm of near) {
      const doc = this.#docs.get(swarm);
      if (doc !== undefined) this.#noted(doc).isNear = true;
    }
  }

  /** The doc, with notes of this search alone. */
  #noted(doc: Doc): Doc {
    if (doc.search === this.#lastSearch) return doc;
    doc.search = this.#lastSearch;
    doc.wordCount = 0;
    doc.headCount = 0;
    doc.isNear = false;
    doc.isRanked = false;
    return doc;
  }

  /** All that have each of the words, in no order. */
  #having(words: readonly Word[], head: string[], body: string[]): Doc[] {
    let having: Doc[] = [];
    for (const [before, word] of words.entries()) {
      having = [];
      const note = (doc: Doc, headCount: 0 | 1): void => {
        word.metCount += 1;
        if (this.#noted(doc).wordCount !== before) return;
        doc.wordCount += 1;
        doc.headCount += headCount;
        having.push(doc);
      };
      this.#meet(word, head, (doc) => note(doc, 1));
      if (body.length > 0) this.#meetInBody(word, body, (doc) => note(doc, 0));
    }
    return having;
  }

  #meetInBody(word: Word, body: string[], note: (doc: Doc) => void): void {
    const known = this.#common.get(word.text);
    if (known !== null) {
      for (const doc of known) note(doc);
      return;
    }
    const met = new Set<Doc>();
    this.#meet(word, body, (doc) => {
      met.add(doc);
      note(doc);
    });
    if (met.size > COMMON) this.#common.set(word.text, met);
  }

  /** Calls back with all that have a word in these fields, once for each way of having it. */
  #meet(word: Word, fields: string[], note: (doc: Doc) => void): void {
    this.#visit(queryOf(word, fields), (doc) => {
      note(doc);
      return 0; // Not to be ranked yet.
    });
  }

  /** Puts those that have all words in order. */
  #rank(docs: readonly Doc[], words: readonly Word[], head: string[], body: string[]): Doc[] {
    for (const doc of docs) doc.isRanked = true;
    const queries = words.flatMap((word) => {
      const isTelling = body.length > 0 && word.metCount <= COMMON;
      return isTelling ? [queryOf(word, head), queryOf(word, body)] : [queryOf(word, head)];
    });
    const ranked = this.#visit({ queries, combineWith: "OR" }, (doc) => {
      return this.#noted(doc).isRanked ? weightOf(doc) : 0;
    });
    // Who has nothing but common words, and these in the description, comes last, in the order of before.
    for (const doc of ranked) doc.isRanked = false;
    return [...ranked, ...docs.filter(({ isRanked }) => isRanked)];
  }

  /** Calls back with each entry for each of its words that match; ranks those that get a weight. */
  #visit(query: QueryCombination, weigh: (doc: Doc) => number): Doc[] {
    const boostDocument: SearchOptions["boostDocument"] = (id: number) => {
      const doc = this.#byId[id];
      return doc === undefined ? 0 : weigh(doc);
    };
    const results = this.#words.search(query, { boostDocument });
    return results.flatMap(({ id }: { id: number }) => this.#byId[id] ?? []);
  }
}

/** Beginnings and mistakes are for title and tags: in a description they would match too much to help. */
function queryOf({ text, isFuzzy }: Word, fields: string[]): QueryCombination {
  const query = { queries: [text], fields };
  if (fields === BODY) return query;
  return isFuzzy ? { ...query, ...FUZZINESS } : { ...query, prefix: canBegin(text) };
}

const fits = (
  doc: Doc,
  { kind, minBytes, maxBytes }: Pick<Wanted, "kind" | "minBytes" | "maxBytes">,
): boolean =>
  (kind === null || doc.kind === kind) && doc.totalBytes >= minBytes && doc.totalBytes <= maxBytes;

const swarmsOf = (docs: readonly Doc[]): SwarmId[] => docs.map(({ swarm }) => swarm);

const weightOf = ({ sources, isNear }: Doc): number =>
  (1 + SOURCES_WEIGHT * Math.log10(1 + sources)) * (isNear ? NEAR_WEIGHT : 1);

/** Those that have it in their titles or tags first, then the most sources, near ones, the latest. */
const byStanding = (one: Doc, other: Doc): number =>
  other.headCount - one.headCount ||
  other.sources - one.sources ||
  Number(other.isNear) - Number(one.isNear) ||
  other.listedMs - one.listedMs;

/** The first so many in this order, without putting the rest in order. */
function bestOf<Item>(
  items: readonly Item[],
  count: number,
  compare: (one: Item, other: Item) => number,
): Item[] {
  let best: Item[] = [];
  let last: Item | undefined;
  for (const item of items) {
    if (last !== undefined && compare(item, last) >= 0) continue;
    best.push(item);
    if (best.length < 2 * count) continue;
    best = best.toSorted(compare).slice(0, count);
    last = best.at(-1);
  }
  return best.toSorted(compare).slice(0, count);
}
