/** What a scenario of the simulator takes and gives. */
import type { Filling } from "./picture.ts";

export type Outcome = {
  readonly seed: number;
  /** By name, in the order in which they are shown. */
  readonly figures: Readonly<Record<string, number>>;
  /** Empty if this seed is as it should be. */
  readonly problems: readonly string[];
  /** Differs where anything that was delivered does, or when. */
  readonly trace: number;
  /** How the swarm filled up, where that was asked for. */
  readonly filling?: Filling;
};

export type Settings = {
  /** Leechers. */
  readonly peers: number;
  /** Uplinks of an equal crowd. */
  readonly mbits: number;
  readonly draws: boolean;
};

/** What the median of a figure over all seeds may be. */
export type Gate = { readonly figure: string; readonly most: number; readonly aim: number };

export type Scenario = {
  readonly about: string;
  readonly run: (seed: number, settings: Settings) => Promise<Outcome>;
  readonly gates: readonly Gate[];
};
