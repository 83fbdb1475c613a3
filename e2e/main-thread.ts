/** What keeps a page's main thread busy, by the word of Chromium's own trace. */
import type { Page } from "@playwright/test";

/** A task of the page's: its scripts, styles, layout and paint. */
export interface Task {
  /** On the processor. */
  readonly ms: number;
  /** What it consisted of, for whoever reads of a failure. */
  readonly parts: readonly string[];
}

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds, as the next two; `tdur` is time on the processor. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const TASK = "ThreadControllerImpl::RunTask";
/** Scripts as events, timers and promises call them; styles, layout, paint. */
const OURS = ["devtools.timeline", "v8.execute"];
/** By which a page is told from those of the browser itself. */
const MARK = "a page of ours";

/**
 * Does something, and looks at the tasks of all pages of the page's browser meanwhile. Time on the
 * processor is counted, so that what else the machine does makes no difference; and what a browser
 * does by itself, such as looking for 10,000 chosen files, isn't.
 *
 * @returns The longest first.
 */
export async function tasksDuring(
  page: Page,
  action: () => Promise<unknown>,
): Promise<readonly Task[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("a page of a browser that was launched");
  const devTools = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  devTools.on("Tracing.dataCollected", ({ value }) => {
    for (const event of value) events.push(event as unknown as TraceEvent);
  });
  const complete = new Promise((resolve) => {
    devTools.once("Tracing.tracingComplete", resolve);
  });
  await devTools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: ["toplevel", "blink.user_timing", ...OURS],
      recordMode: "recordUntilFull",
    },
  });
  try {
    await action();
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((one) => one.evaluate((name) => performance.mark(name), MARK)));
  } finally {
    await devTools.send("Tracing.end");
    await complete;
    await devTools.detach();
  }
  return tasksOf(events).toSorted((a, b) => b.ms - a.ms);
}

function tasksOf(events: readonly TraceEvent[]): Task[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(events.filter(({ name }) => name === MARK).map(threadOf));
  const tasks: Task[] = [];
  for (const main of mains) {
    const spans = events
      .filter((event) => event.ph === "X" && threadOf(event) === main)
      .filter(({ name, cat }) => name === TASK || (isOurs(cat) && !name.endsWith("RunTask")))
      .toSorted((a, b) => a.ts - b.ts || endOf(b) - endOf(a));
    /** Up to where the span before reaches: what lies within it is counted already. */
    let counted = 0;
    let ends = 0;
    for (const span of spans) {
      if (span.name === TASK) {
        if (span.ts < ends) continue; // Within another task.
        ends = endOf(span);
        tasks.push({ ms: 0, parts: [] });
      } else if (span.ts >= counted && span.ts < ends) {
        counted = endOf(span);
        const task = tasks.pop() ?? { ms: 0, parts: [] };
        const ms = busyMs(span);
        tasks.push({ ms: task.ms + ms, parts: [...task.parts, `${span.name} ${ms.toFixed(1)}`] });
      }
    }
  }
  return tasks;
}

const isOurs = (cat: string): boolean => OURS.some((one) => cat.split(",").includes(one));

const endOf = ({ ts, dur = 0 }: TraceEvent): number => ts + dur;

/** Where the processor's clock is coarser, never more than has passed. */
const busyMs = ({ dur = 0, tdur = dur }: TraceEvent): number => Math.min(dur, tdur) / 1000;
