/** What the index and those who use it say to each other, on whatever thread each of them is. */
import type { SwarmId } from "@shoal/swarm/ids";
import type { Found, IndexedEntry, Wanted, WordIndex } from "./word-index.ts";

/** What is to be found, and who has it: dealt with in the order in which it came, without an answer. */
type Change =
  | { readonly type: "put"; readonly entries: readonly IndexedEntry[] }
  | { readonly type: "remove"; readonly swarm: SwarmId }
  | { readonly type: "count"; readonly swarm: SwarmId; readonly sources: number };

/** What is asked of it; "sync" only whether all that came before is done. */
export type Question =
  | { readonly type: "search"; readonly wanted: Wanted }
  | { readonly type: "suggest"; readonly words: string; readonly count: number }
  | { readonly type: "sync" };

export type ToIndex = Change | { readonly type: "ask"; readonly re: number; readonly of: Question };

/** Answers a question by its number. */
export type FromIndex = { readonly re: number; readonly found: Found };

/** Does what a message says; what it answers with, if it was asked something. */
export function heed(index: WordIndex, message: ToIndex): FromIndex | null {
  switch (message.type) {
    case "put":
      for (const entry of message.entries) index.put(entry);
      return null;
    case "remove":
      index.remove(message.swarm);
      return null;
    case "count":
      index.count(message.swarm, message.sources);
      return null;
    case "ask":
      return { re: message.re, found: answerTo(index, message.of) };
  }
}

function answerTo(index: WordIndex, question: Question): Found {
  switch (question.type) {
    case "search":
      return index.search(question.wanted);
    case "suggest": {
      const swarms = index.suggest(question.words, question.count);
      return { total: swarms.length, swarms };
    }
    case "sync":
      return { total: index.size, swarms: [] };
  }
}
