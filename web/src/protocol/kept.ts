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
  /** Wall clock: it is removed after this, unless it is used again. */
  readonly keptUntilMs: number;
};

export type ToKeeper =
  | { readonly type: "list" }
  | { readonly type: "remove"; readonly swarm: SwarmId; readonly role: KeptShare["role"] };

export type FromKeeper =
  /** The newest first. */
  | { readonly type: "shares"; readonly shares: readonly KeptShare[] }
  /** This browser lets the page keep nothing. */
  | { readonly type: "failed" };
