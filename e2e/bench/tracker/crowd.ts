/** A crowd at a tracker, made by one process: who it is made of, what it does, and how long that takes. */
import { readFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { GB } from "../settings.ts";

/** One who has joined, over a socket of their own. */
export interface Member {
  /** Asks once, and resolves with the answer's arrival. */
  announce(): Promise<void>;
  /** Resolves when the socket has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/** A tracker that runs in a process of its own. */
export interface RunningTracker {
  readonly pid: number;
  readonly port: number;
  /** As a crash does. */
  kill(): Promise<void>;
}

/** Who is compared. */
export interface TrackerContender {
  readonly name: string;
  /** @param port 0 for any that is free. */
  start(port: number): Promise<RunningTracker>;
  /**
   * Connects, proves what has to be proven, announces for the first time.
   *
   * @param index Of the member: the same one is the same again.
   * @throws {Error} When the socket ends before.
   */
  join(port: number, index: number): Promise<Member>;
}

/** A sentence on what trackers are measured with. */
export function where(): string {
  const memory = Math.round(totalmem() / GB);
  const load = loadavg()[0]?.toFixed(1);
  return `Node ${process.version}, ${cpus().length} cores, ${memory} GB of memory, load average ${load} before`;
}

/** The value that so large a part of them stays under. */
export const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(part * values.length)] ?? NaN;

/** Bytes that a process has in memory. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** As many as a share to a class has. */
export const SWARM_SIZE = 20;

/** Members behind one address: trackers bound what an address may do. */
const PER_ADDRESS = 100;

/** An address of loopback for a member, of which each has about as many as a school. */
export function addressOf(index: number): string {
  const number = Math.floor(index / PER_ADDRESS);
  return `127.1.${Math.floor(number / 250)}.${1 + (number % 250)}`;
}

/** How many joins are under way at once. */
const JOINS_AT_ONCE = 200;

/** All of them, as quickly as they get in. */
export async function joinAll(
  contender: TrackerContender,
  port: number,
  count: number,
): Promise<Member[]> {
  const members: Member[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: JOINS_AT_ONCE }, async () => {
      while (next < count) {
        const index = next++;
        members[index] = await contender.join(port, index);
      }
    }),
  );
  return members;
}

/** When something was going on, in ms of this process's clock. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a pause of this process delays for so much longer. */
const CATCH_UP_MS = 1;

/** When this process collected its own garbage, which it mustn't take for the tracker's slowness. */
async function ownPausesDuring(act: () => Promise<void>): Promise<Span[]> {
  const pauses: Span[] = [];
  const note = (entries: readonly PerformanceEntry[]): void => {
    for (const { startTime, duration } of entries) {
      pauses.push({ fromMs: startTime, toMs: startTime + duration + CATCH_UP_MS });
    }
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  await act();
  note(observer.takeRecords());
  observer.disconnect();
  return pauses;
}

/**
 * Announces of random members at a steady pace, however long answers take; in ms, each. Those that
 * this process's own garbage collection held up are left out.
 */
export async function announceAt(
  members: readonly Member[],
  perSec: number,
  seconds: number,
): Promise<number[]> {
  const waits: Span[] = [];
  const pauses = await ownPausesDuring(async () => {
    const waiting: Promise<void>[] = [];
    const beganMs = performance.now();
    for (let count = 0; count < perSec * seconds; count++) {
      const dueMs = beganMs + (count * 1000) / perSec;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 1) await setTimeout(earlyMs);
      const member = members[Math.floor(Math.random() * members.length)];
      if (member === undefined) continue;
      // From when it was due: a tracker that holds up whoever asks doesn't make its answers quicker.
      const fromMs = Math.min(dueMs, performance.now());
      const answered = (): void => void waits.push({ fromMs, toMs: performance.now() });
      waiting.push(member.announce().then(answered));
    }
    await Promise.all(waiting);
  });
  return waits
    .filter((wait) => !pauses.some((own) => wait.fromMs < own.toMs && own.fromMs < wait.toMs))
    .map(({ fromMs, toMs }) => toMs - fromMs);
}

/** @returns Announces per second when so many wait for their answer all the time. */
export async function announceFlatOut(
  members: readonly Member[],
  atOnce: number,
  seconds: number,
): Promise<number> {
  let count = 0;
  const beganMs = performance.now();
  const untilMs = beganMs + seconds * 1000;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < untilMs) {
        await members[Math.floor(Math.random() * members.length)]?.announce();
        count++;
      }
    }),
  );
  return (count * 1000) / (performance.now() - beganMs);
}

/** What Socket.IO's client does in Shoal's pages; WebTorrent's waits longer. */
const RECONNECT = { firstMs: 500, mostMs: 3000, jitter: 0.5 };

/** Tries until it works, as pages do: at once with jitter, then less and less often. */
export async function comeBack<Somebody>(join: () => Promise<Somebody>): Promise<Somebody> {
  for (let attempt = 0; ; attempt++) {
    const delayMs = Math.min(RECONNECT.firstMs * 2 ** attempt, RECONNECT.mostMs);
    await setTimeout(delayMs * (1 + RECONNECT.jitter * (2 * Math.random() - 1)));
    try {
      return await join();
    } catch {
      // Safe: it isn't there yet, or has too much to do; it is tried again.
    }
  }
}

/** Each member comes back by itself. */
export function rejoinAll(
  contender: TrackerContender,
  port: number,
  count: number,
): Promise<Member[]> {
  const backAs = (index: number) => comeBack(() => contender.join(port, index));
  return Promise.all(Array.from({ length: count }, (_, index) => backAs(index)));
}
