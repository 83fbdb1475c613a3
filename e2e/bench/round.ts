/** One contender's turn: new browsers, one sharer, one file, and whoever wants it at once. */
import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { profileOf } from "../fixtures.ts";
import { cpuSecondsOf } from "../processes.ts";
import type { Contender, Fetched } from "./contender.ts";
import { Meter } from "./meter.ts";
import type { Cost } from "./meter.ts";

/** Pages tell their figures twice a second. */
const SETTLE_MS = 1000;

/** What a turn gave. */
export interface Turn {
  /** From the choice of the file until the link can be sent; null where there is none. */
  readonly linkMs: number | null;
  /** CPU seconds of the sharer's browser from the choice until it had no more to do. */
  readonly offerCpuSeconds: number;
  /** From the press until everything was there, of each leecher. */
  readonly seconds: readonly number[];
  /** From the press until the first verified piece, of each leecher; null where none is. */
  readonly firstPieceMs: readonly number[] | null;
  /** From the press until the last leecher had everything; the sharer's page comes first. */
  readonly cost: Cost;
  /** Bytes of content that the sharer sent; null where nobody counts. */
  readonly sentBytes: number | null;
}

/** What a turn needs. */
export interface Task {
  /** A new person, on a profile on disk. */
  readonly person: () => Promise<Page>;
  readonly file: string;
  readonly leecherCount: number;
  /** Something done to the sharer's browser first. */
  readonly prepare?: (from: Page) => Promise<void>;
}

/** Takes a turn, and closes its browsers. */
export async function takeTurn(contender: Contender, task: Task): Promise<Turn> {
  const pages: Page[] = [];
  try {
    for (let count = 0; count <= task.leecherCount; count++) pages.push(await task.person());
    return await played(contender, task, pages);
  } finally {
    await leave(pages);
  }
}

async function played(contender: Contender, task: Task, pages: readonly Page[]): Promise<Turn> {
  const [from, ...leechers] = pages;
  if (from === undefined) throw new Error("a sharer comes first");
  await task.prepare?.(from);
  for (const page of pages) await page.goto(contender.home);

  const sharer = [profileOf(from)];
  const before = await cpuSecondsOf(sharer);
  const offer = await contender.offer(from, task.file);
  const offerCpuSeconds = (await cpuSecondsOf(sharer)) - before;
  for (const page of leechers) await contender.open(page, from, offer);

  const meter = await Meter.start(pages);
  let fetched: readonly Fetched[];
  let cost: Cost;
  try {
    fetched = await Promise.all(leechers.map((page) => contender.fetch(page, from, offer)));
  } finally {
    cost = await meter.stop();
  }
  const firsts = fetched.flatMap(({ firstPieceMs }) => firstPieceMs ?? []);
  return {
    linkMs: offer.linkMs,
    offerCpuSeconds,
    seconds: fetched.map(({ seconds }) => seconds),
    firstPieceMs: firsts.length === 0 ? null : firsts,
    cost,
    sentBytes: await settled(() => contender.sentBytes(from)),
  };
}

/** Closes pages' browsers, and takes away what they have on disk. */
export async function leave(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.context().close();
    // A browser that has just ended may still be letting go of its profile.
    await rm(profileOf(page), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** A figure that a page shows a little late: once two looks agree. */
async function settled(read: () => Promise<number | null>): Promise<number | null> {
  let last = await read();
  for (;;) {
    await setTimeout(SETTLE_MS);
    const next = await read();
    if (next === last) return last;
    last = next;
  }
}
