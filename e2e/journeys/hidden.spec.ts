/** Tabs that are in the background keep their speed, though browsers slow their timers. */
import path from "node:path";
import { resolveBrowser } from "../browsers.ts";
import { DevToolsBrowser } from "../devtools.ts";
import type { DevToolsTab } from "../devtools.ts";
import { sparseFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";

const GB = 1_000_000_000;
/** A busy machine’s; a tab that is slowed falls to a hundredth. */
const NOISE = 0.5;
const attributeOf = (name: string): string =>
  `document.querySelector('[data-testid="transfer"]')?.getAttribute("${name}")`;

/** One end of the transfer: its tab, and another one that can be put before it. */
type End = {
  readonly browser: DevToolsBrowser;
  readonly tab: DevToolsTab;
  readonly cover: DevToolsTab;
};

async function hide({ tab, cover }: End, isHidden: boolean): Promise<void> {
  await (isHidden ? cover : tab).bringToFront();
  const state = isHidden ? "hidden" : "visible";
  await expect.poll(() => tab.evaluate("document.visibilityState")).toBe(state);
}

/** Begins to count, in the page, how often a timer of 100 ms comes. */
const COUNT_TICKS = "window.ticks = 0; setInterval(() => window.ticks++, 100); 0";

type Measured = { readonly bytesPerSec: number; readonly ticksPerSec: number };

/** What passes in so much time, in the page's own clock. */
async function measure({ tab }: End, forMs: number): Promise<Measured> {
  const bytes = `Number(${attributeOf("data-verified-bytes")})`;
  const look = `({ ms: performance.now(), bytes: ${bytes}, ticks: window.ticks })`;
  type Look = { readonly ms: number; readonly bytes: number; readonly ticks: number };
  const before = await tab.evaluate<Look>(look);
  // Inside the browser: a promise that isn't settled by the page's own, slowed timers.
  let after = before;
  const isOver = async (): Promise<boolean> => {
    after = await tab.evaluate<Look>(look);
    return after.ms - before.ms >= forMs;
  };
  await expect.poll(isOver, { intervals: [250], timeout: forMs + 30_000 }).toBe(true);
  const seconds = (after.ms - before.ms) / 1000;
  return {
    bytesPerSec: (after.bytes - before.bytes) / seconds,
    ticksPerSec: (after.ticks - before.ticks) / seconds,
  };
}

/** At full speed on both sides. */
const VISIBLE_MS = 30_000;
const HIDDEN_MS = 180_000;
const SIZE = 12 * GB;

test("tabs in the background for three minutes are as fast @soak", async ({
  engines,
  folder,
  server,
}) => {
  test.skip(engines.leecher !== "chromium", "the DevTools protocol is Chromium’s");
  const resolved = resolveBrowser("chromium");
  const program = resolved?.options.executablePath ?? resolved?.type.executablePath();
  if (program === undefined) throw new Error("there is no chromium here");
  test.setTimeout(VISIBLE_MS + HIDDEN_MS + 120_000);
  const file = path.join(folder, "film.bin");
  await sparseFile(file, SIZE);
  const ends: End[] = [];
  const open = async (name: string, url: string): Promise<End> => {
    const browser = await DevToolsBrowser.start(program, path.join(folder, name));
    const cover = await browser.open("about:blank");
    const end = { browser, cover, tab: await browser.open(url) };
    ends.push(end);
    return end;
  };
  try {
    const sharer = await open("sharer", server.url);
    const input = '[data-testid="file-input"]';
    await expect
      .poll(() => sharer.tab.evaluate(`document.querySelector('${input}') !== null`))
      .toBe(true);
    await sharer.tab.chooseFile(input, file);
    const link = `document.querySelector('[data-testid="share-link"]')?.value`;
    await expect.poll(() => sharer.tab.evaluate(link)).toContain("#");
    const leecher = await open("leecher", await sharer.tab.evaluate<string>(link));
    const phase = () => leecher.tab.evaluate(attributeOf("data-phase"));
    await expect.poll(phase).toBe("ready");
    await leecher.tab.evaluate(`document.querySelector('[data-testid="download"]').click()`);
    await leecher.tab.evaluate(COUNT_TICKS);
    await expect.poll(phase).toBe("downloading");
    await measure(leecher, 2_000); // To full speed.

    for (const end of ends) await hide(end, false);
    const visible = await measure(leecher, VISIBLE_MS);
    expect(visible.ticksPerSec).toBeGreaterThan(3);
    for (const end of ends) await hide(end, true);
    const hidden = await measure(leecher, HIDDEN_MS);
    expect(hidden.ticksPerSec, "a timer of 100 ms is slowed").toBeLessThan(2);
    for (const { tab } of ends) {
      expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
    }
    const [inView, inBackground] = [visible, hidden].map((at) => (at.bytesPerSec / 1e6).toFixed(1));
    // oxlint-disable-next-line no-console -- a long run is made for its figures
    console.log(`in view ${inView} MB/s, hidden ${inBackground} MB/s`);
    expect(hidden.bytesPerSec).toBeGreaterThan(visible.bytesPerSec * NOISE);
    expect(await phase()).toBe("downloading"); // It had enough to do.
  } finally {
    for (const { browser } of ends) await browser.close();
  }
});
