/** Contenders that take turns, round after round, and the section of the report on it. */
import type { Engine } from "../browsers.ts";
import { chart } from "./chart.ts";
import type { Contender } from "./contender.ts";
import { markdownTable, spreadText } from "./figures.ts";
import { writeChart, writeSection } from "./report.ts";
import { judge, shown, speedOf, spreadOver, verdict } from "./rounds.ts";
import type { Measure, Round } from "./rounds.ts";
import { takeTurn } from "./round.ts";
import type { Task, Turn } from "./round.ts";
import { RUNS } from "./settings.ts";

/** Something that takes a turn, alone on the machine. */
export interface Player {
  readonly name: string;
  /** What `turn` throws is only told of. */
  readonly mayFail: boolean;
  readonly turn: () => Promise<Turn>;
}

/** @returns A contender that always does the same. */
export function player(contender: Contender, task: Task): Player {
  const { name, mayFail } = contender;
  return { name, mayFail, turn: () => takeTurn(contender, task) };
}

export interface Comparison {
  /** Of the section and of its chart. */
  readonly name: string;
  readonly title: string;
  readonly engine: Engine;
  /** The machine, in a sentence. */
  readonly where: string;
  readonly players: readonly Player[];
  /** The raw channel that says whether a round counts, and how much it sends; null: all do. */
  readonly raw: { readonly player: Player; readonly totalBytes: number } | null;
  /** The names that get a column. */
  readonly columns: readonly string[];
  readonly measures: readonly Measure[];
  /** What follows from the rounds, in a sentence. */
  readonly conclusion: (rounds: readonly Round[]) => string;
}

/** So many times the rounds that are asked for are played at most, to have as many that count. */
const PATIENCE = 3;

function countingOf({ raw, engine }: Comparison, rounds: readonly Round[]): number {
  if (raw === null) return rounds.length;
  const { player, totalBytes } = raw;
  return judge(engine, rounds, { name: player.name, totalBytes }).counting.length;
}

/** Plays until enough rounds count. The report is written after each, so that a run broken off leaves some. */
export async function compare(comparison: Comparison): Promise<void> {
  const rounds: Round[] = [];
  for (let run = 0; run < PATIENCE * RUNS && countingOf(comparison, rounds) < RUNS; run++) {
    const round = new Map<string, Turn>();
    const { players } = comparison;
    // Back and forth, so that a machine that gets slower or quicker is fair to all.
    for (const { name, turn, mayFail } of run % 2 === 0 ? players : players.toReversed()) {
      console.log(`${comparison.name}, round ${run + 1}: ${name}`);
      try {
        round.set(name, await turn());
      } catch (error) {
        if (!mayFail) throw error;
        console.log(error); // Safe: the report says that it didn't end.
      }
    }
    rounds.push(round);
    await report(comparison, rounds);
  }
}

async function report(comparison: Comparison, rounds: readonly Round[]): Promise<void> {
  const { name, title, columns, measures } = comparison;
  const { table, sentence } = sifted(comparison, rounds);
  const rows = measures.map(({ label, of, digits }) => [
    label,
    ...columns.map((column) => spreadText(spreadOver(table, column, of), digits)),
  ]);
  const body = [
    `${comparison.where}. ${sentence}`,
    markdownTable([title, ...columns], rows),
    [comparison.conclusion(table), ...failures(columns, table)].join(" "),
    await writeChart(`bench-${name}`, chart(title, table, columns, measures), title),
  ];
  await writeSection(name, body.join("\n\n"));
}

/** A sentence on each who failed. */
function failures(columns: readonly string[], rounds: readonly Round[]): string[] {
  return columns.flatMap((name) => {
    const ended = rounds.filter((round) => round.has(name)).length;
    if (ended === rounds.length) return [];
    return `${name} came to the end in ${ended} of ${rounds.length} rounds.`;
  });
}

/** The rounds for the table, and a sentence on which those are. */
function sifted(
  { raw, engine }: Comparison,
  rounds: readonly Round[],
): { readonly table: readonly Round[]; readonly sentence: string } {
  if (raw === null) return { table: rounds, sentence: `${rounds.length} rounds.` };
  const { player, totalBytes } = raw;
  const judged = judge(engine, rounds, { name: player.name, totalBytes });
  const table = shown(judged, rounds);
  const speed = spreadOver(table, player.name, (turn) => speedOf(turn, totalBytes));
  const speeds = `The raw channel: ${spreadText(speed, 1)} MB/s.`;
  return { table, sentence: `${verdict(engine, judged)} ${speeds}` };
}
