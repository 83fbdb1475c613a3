/** How soon the home page answers on a slow processor, and how smooth a page is while pieces come. */
import path from "node:path";
import type { Page } from "@playwright/test";
import { randomFile } from "../files.ts";
import { test } from "../fixtures.ts";
import { openShare, pressDownload, share } from "../steps.ts";
import { waitPhase } from "../transfer.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { boundUplink } from "./page-meter.ts";
import { machine, writeSection } from "./report.ts";
import { leave } from "./round.ts";
import { MB, PACE_BYTES_PER_SEC, PACED_BYTES as SIZE, RUNS } from "./settings.ts";

/** As many times slower than this machine. */
const SLOWER = 4;
/** Frames are counted for so long. */
const WATCHED_MS = 5000;

/** In the page, before its scripts: notes when a press on the first button has had its effect. */
function pressWhenThere(): void {
  const observer = new MutationObserver(() => {
    const buttons = [...document.querySelectorAll<HTMLElement>("main .home__hint button")];
    if (document.querySelector("main textarea") !== null) {
      observer.disconnect();
      // Drawn as well.
      requestAnimationFrame(() => {
        setTimeout(() => Object.assign(window, { interactiveMs: performance.now() }));
      });
    } else {
      buttons[0]?.click();
    }
  });
  observer.observe(document, { subtree: true, childList: true });
}

/** From the navigation until the home page has answered a press, with nothing in the cache, in ms. */
async function interactiveMs(page: Page): Promise<number> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.addInitScript(pressWhenThere);
  await page.goto("/", { waitUntil: "commit" });
  const noted = await page.waitForFunction(() => Reflect.get(window, "interactiveMs") as unknown);
  return Number(await noted.jsonValue());
}

/** In the page. @returns Frames a second. */
async function framesPerSec(watchedMs: number): Promise<number> {
  const beganMs = performance.now();
  let frames = 0;
  await new Promise<void>((resolve) => {
    const count = (): void => {
      frames += 1;
      if (performance.now() - beganMs < watchedMs) requestAnimationFrame(count);
      else resolve();
    };
    requestAnimationFrame(count);
  });
  return (frames * 1000) / (performance.now() - beganMs);
}

test("how soon and how smooth a page is in chromium", async ({ person, folder }) => {
  const file = path.join(folder, "film.bin");
  await randomFile(file, SIZE);
  const fresh = (): Promise<Page> => person("chromium", { disk: true, savesNothing: true });
  const where = machine(await fresh());
  const figures = { interactive: [], idle: [], leecher: [], sharer: [] } as Record<
    "interactive" | "idle" | "leecher" | "sharer",
    number[]
  >;
  for (let run = 0; run < RUNS; run++) {
    const first = await fresh();
    figures.interactive.push(await interactiveMs(first));
    await leave([first]);

    const [from, to] = [await fresh(), await fresh()];
    const link = await share(from, file);
    figures.idle.push(await from.evaluate(framesPerSec, WATCHED_MS));
    await boundUplink(from, PACE_BYTES_PER_SEC);
    await openShare(to, link);
    await pressDownload(to);
    await waitPhase(to, "downloading");
    const [atSharer, atLeecher] = await Promise.all(
      [from, to].map((page) => page.evaluate(framesPerSec, WATCHED_MS)),
    );
    figures.sharer.push(atSharer ?? 0);
    figures.leecher.push(atLeecher ?? 0);
    await leave([from, to]);
  }
  const shown = (values: readonly number[], digits: number): string =>
    spreadText(spreadOf(values), digits);
  const table = markdownTable(
    ["The page, chromium", ""],
    [
      [
        `home page answers a press, processor ${SLOWER} times slower, ms`,
        shown(figures.interactive, 0),
      ],
      ["frames a second, a share at rest", shown(figures.idle, 1)],
      [`the same at ${PACE_BYTES_PER_SEC / MB} MB/s, who fetches`, shown(figures.leecher, 1)],
      ["the same, who shares", shown(figures.sharer, 1)],
    ],
  );
  const how = `From the navigation, with an empty cache, until a press on *Write a note* is drawn; frames over ${WATCHED_MS / 1000} s with both pages shown by one machine, graphs and map included.`;
  await writeSection("page", `${where}. ${RUNS} rounds. ${how}\n\n${table}`);
});
