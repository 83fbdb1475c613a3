/** Rounds, in each of which every contender has its turn; and which of them count. */
import type { Engine } from "../browsers.ts";
import { MB } from "./settings.ts";
import { spreadOf } from "./figures.ts";
import type { Spread } from "./figures.ts";
import type { Turn } from "./round.ts";

/** Each contender's turn, by its name. */
export type Round = ReadonlyMap<string, Turn>;

/**
 * How fast a raw channel is on a quiet machine of the kind that the figures are for (2 cores,
 * Chromium 156), in MB/s; a round in which it isn't says nothing of the others either.
 */
const QUIET_RAW_MB_PER_SEC = { least: 25, most: 40 };

/** What a turn is taken for, in a table's line and in a chart. */
export interface Measure {
  readonly label: string;
  /** Null where it can't be measured. */
  readonly of: (turn: Turn) => number | null;
  readonly digits: number;
  /** In the chart, with the direction that is better. */
  readonly better?: "less" | "more";
}

/** @returns MB/s until the last leecher had everything. */
export function speedOf(turn: Turn, totalBytes: number): number {
  return totalBytes / MB / Math.max(...turn.seconds);
}

/** Rounds that count, and those that are void. */
export interface Judged {
  readonly counting: readonly Round[];
  /** The raw channel's MB/s in those that are void. */
  readonly voidSpeeds: readonly number[];
}

/**
 * @param raw The raw channel's name, and how much it sent.
 */
export function judge(
  engine: Engine,
  rounds: readonly Round[],
  raw: { readonly name: string; readonly totalBytes: number },
): Judged {
  if (engine !== "chromium") return { counting: rounds, voidSpeeds: [] };
  const counting: Round[] = [];
  const voidSpeeds: number[] = [];
  for (const round of rounds) {
    const turn = round.get(raw.name);
    const speed = turn === undefined ? 0 : speedOf(turn, raw.totalBytes);
    const isQuiet = speed >= QUIET_RAW_MB_PER_SEC.least && speed <= QUIET_RAW_MB_PER_SEC.most;
    if (isQuiet) counting.push(round);
    else voidSpeeds.push(speed);
  }
  return { counting, voidSpeeds };
}

/** A sentence on which rounds count; tables hold those, or all of them when none does. */
export function verdict(engine: Engine, { counting, voidSpeeds }: Judged): string {
  const { least, most } = QUIET_RAW_MB_PER_SEC;
  if (engine !== "chromium") return `${counting.length} rounds.`;
  const range = `the raw channel's range on a quiet machine, ${least}-${most} MB/s`;
  const speeds = voidSpeeds.map((speed) => speed.toFixed(1)).join(", ");
  if (voidSpeeds.length === 0) return `${counting.length} rounds, all within ${range}.`;
  if (counting.length === 0) {
    return `**Void**: all ${voidSpeeds.length} rounds are outside of ${range} (${speeds}).`;
  }
  return `${counting.length} rounds count; ${voidSpeeds.length} are void, outside of ${range} (${speeds}).`;
}

/** What tables hold: the rounds that count, or all when none does. */
export function shown(judged: Judged, rounds: readonly Round[]): readonly Round[] {
  return judged.counting.length > 0 ? judged.counting : rounds;
}

/** One contender's measure over rounds; null when it can't be measured. */
export function spreadOver(
  rounds: readonly Round[],
  contender: string,
  measure: (turn: Turn) => number | null,
): Spread | null {
  const values = rounds.flatMap((round) => {
    const turn = round.get(contender);
    return turn === undefined ? [] : (measure(turn) ?? []);
  });
  return spreadOf(values);
}

/** One contender's measure as a part of another's, round by round; null when it can't be measured. */
export function ratioOver(
  rounds: readonly Round[],
  [above, below]: readonly [string, string],
  measure: (turn: Turn) => number | null,
): Spread | null {
  const values = rounds.flatMap((round) => {
    const [one, other] = [above, below].map((name) => {
      const turn = round.get(name);
      return turn === undefined ? null : measure(turn);
    });
    return typeof one === "number" && typeof other === "number" ? one / other : [];
  });
  return spreadOf(values);
}
