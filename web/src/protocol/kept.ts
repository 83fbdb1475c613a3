/** What a page and the worker that looks after kept shares say to each other. */
import type { SwarmId } from "@shoal/swarm/ids";

/** A share of which this browser keeps something. */
export type KeptShare = {
  readonly swarm: SwarmId;
  /** `sharer`: what it takes to go on sharing it; `receiver`: what was fetched of it. */
  readonly role: "sharer" | "receiver";
  /** What follows the link's `#`. */
  readonly fragment: string;
  readonly name: string;
  readonly fileCount: number;
  readonly totalBytes: number;
  /** What of it takes room here; a sharer's files lie where they always did. */
  readonly keptBytes: number;
  /** A sharer's: it was ended for everyone. */
  readonly isEnded: boolean;
  /** A tab of this browser works with it right now. */
  readonly isOpen: boolean;
  /** Wall clock: when it was used the last time. */
  readonly usedMs: number;
};

/** How many days after its last use something stays; null: until the person removes it. */
export type KeptDays = 1 | 3 | 7 | 30 | null;

export type ToKeeper =
  | { readonly type: "list" }
  | { readonly type: "keep"; readonly days: KeptDays }
  | { readonly type: "remove"; readonly swarm: SwarmId; readonly role: KeptShare["role"] };

export type FromKeeper =
  /** The one that was used last first. */
  | {
      readonly type: "shares";
      readonly shares: readonly KeptShare[];
      readonly keptDays: KeptDays;
      /** Wall clock: when it was looked at. */
      readonly nowMs: number;
    }
  /** This browser lets the page keep nothing. */
  | { readonly type: "failed" };
