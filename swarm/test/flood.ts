/**
 * Millions of hostile inputs for one decoder, and what it must keep to: it throws nothing that it
 * may not throw, blocks no longer than `PAUSE_MS`, and keeps at most `MEMORY_RATIO` times its input.
 *
 * `FUZZ_RUNS` is how many inputs all decoders get together. A failure names seed and index;
 * `FUZZ_SEED` and `FUZZ_AT` bring that one input back.
 */
import { performance } from "node:perf_hooks";
import { env, stdout } from "node:process";
import { setImmediate } from "node:timers/promises";
import type { Bytes } from "../src/bytes.ts";
import { Chance } from "./chance.ts";

/** The longest that a decoder may block. */
export const PAUSE_MS = 50;
/** What a decoded value may weigh for each byte of its input. */
export const MEMORY_RATIO = 4;

/** What fits the time of a suite. */
const RUNS_IN_CI = 200_000;
const ALL_RUNS = Number(env["FUZZ_RUNS"] ?? RUNS_IN_CI);
/** Whether there is more time than in CI. */
export const IS_LONG_RUN = ALL_RUNS > RUNS_IN_CI;
const SEED = Number(env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
const ONLY = env["FUZZ_AT"];

/** The share of all runs that each decoder gets: manifests take longer, and come one per share. */
const SHARES = { frames: 0.9, manifests: 0.1 };

/** A machine of many things to do holds up any call; a slow one only counts if it stays slow. */
const CALLS = 4;

/** Times a call, or each step of one that is made in steps. */
export class Stopwatch {
  #startedMs = 0;
  #laps = 0;
  #calls = 0;
  /** The fastest of each step so far. */
  readonly #lapsMs: number[] = [];

  /** Makes a call that laps this watch; where it was slow, some more times. */
  time<Result>(call: () => Result): Result {
    this.#calls = 0;
    this.#lapsMs.length = 0;
    for (;;) {
      this.#laps = 0;
      this.#startedMs = performance.now();
      const result = call();
      this.#calls++;
      if (this.#calls === CALLS || this.slowestMs <= PAUSE_MS) return result;
    }
  }

  /** Ends a step. */
  lap(): void {
    const nowMs = performance.now();
    const lapMs = nowMs - this.#startedMs;
    const before = this.#calls === 0 ? lapMs : (this.#lapsMs[this.#laps] ?? lapMs);
    this.#lapsMs[this.#laps++] = Math.min(before, lapMs);
    this.#startedMs = nowMs;
  }

  /** The slowest step, each taken from the call in which it was fastest. */
  get slowestMs(): number {
    let slowest = 0;
    for (const lapMs of this.#lapsMs) slowest = Math.max(slowest, lapMs);
    return slowest;
  }

  /** Whether one call wasn't enough. */
  get wasHeldUp(): boolean {
    return this.#calls > 1;
  }
}

/** What came of one input. */
export type Outcome = {
  /** One of few words, to be counted. */
  readonly kind: string;
  /** What it keeps beyond the input's own buffer, less the constant that it is allowed. */
  readonly bytes: number;
};

export type Flood<Input> = {
  readonly decoder: keyof typeof SHARES;
  readonly next: (chance: Chance) => Input;
  readonly bytesOf: (input: Input) => Bytes;
  /** Decodes; laps the watch after each call that blocks. Throws where the decoder is wrong. */
  readonly decode: (input: Input, watch: Stopwatch) => Outcome;
};

/** How many inputs a decoder gets. */
const runsOf = (decoder: keyof typeof SHARES): number => Math.ceil(ALL_RUNS * SHARES[decoder]);

/** Many times what a flood takes on a quiet machine. */
export const timeoutMs = (decoder: keyof typeof SHARES): number => 60_000 + runsOf(decoder) * 5;

/** Inputs between two breaths, in which the test's runner is heard. */
const BREATH_RUNS = 5_000;

/** Runs it, says what came of it, and throws at the first input that broke a rule. */
export async function flood<Input>({
  decoder,
  next,
  bytesOf,
  decode,
}: Flood<Input>): Promise<void> {
  const chance = new Chance(SEED);
  const watch = new Stopwatch();
  const counts = new Map<string, number>();
  const first = Number(ONLY ?? 0);
  const end = ONLY === undefined ? runsOf(decoder) : first + 1;
  let bytesRead = 0;
  let slowestMs = 0;
  let repeated = 0;
  let highestRatio = 0;
  const startedMs = performance.now();
  for (let index = first; index < end; index++) {
    chance.goTo(index);
    const input = next(chance);
    const bytes = bytesOf(input);
    try {
      const { kind, bytes: kept } = watch.time(() => decode(input, watch));
      if (watch.wasHeldUp) repeated++;
      const tookMs = watch.slowestMs;
      if (tookMs > PAUSE_MS) throw new Error(`blocks for ${tookMs.toFixed(1)} ms`);
      const ratio = kept / bytes.length;
      if (kept > MEMORY_RATIO * bytes.length) throw new Error(`keeps ${ratio.toFixed(2)} x of it`);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      slowestMs = Math.max(slowestMs, tookMs);
      if (kept > 0) highestRatio = Math.max(highestRatio, ratio);
      bytesRead += bytes.length;
    } catch (cause) {
      const start = Buffer.from(bytes.subarray(0, 64)).toString("hex");
      throw new Error(
        `${decoder} ${index} of seed ${SEED}: ${bytes.length} bytes, ${start}...: ${String(cause)}\n` +
          `Again: FUZZ_SEED=${SEED} FUZZ_AT=${index} pnpm fuzz flood -t ${decoder}`,
        { cause },
      );
    }
    if (index % BREATH_RUNS === 0) await setImmediate();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const kinds = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`);
  stdout.write(
    `${decoder}: ${end - first} (${kinds.join(", ")}) of ${(bytesRead / 1e6).toFixed(0)} MB ` +
      `in ${seconds.toFixed(1)} s; slowest ${slowestMs.toFixed(1)} ms (${repeated} tried again), ` +
      `at most ${highestRatio.toFixed(2)} x kept; seed ${SEED}\n`,
  );
}
