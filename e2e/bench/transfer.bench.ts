/**
 * One to one: a raw data channel and Shoal take turns, in new browsers on profiles on disk each.
 *
 *     BENCH_MB=512 BENCH_RUNS=5 pnpm bench transfer
 */
import path from "node:path";
import type { Page } from "@playwright/test";
import type { Engine } from "../browsers.ts";
import { randomFile } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import { openShare, share } from "../steps.ts";
import { figure } from "../transfer.ts";
import { cpuSecondsOf } from "../processes.ts";
import { rawSeconds } from "./raw-channel.ts";

const MB = 1_000_000;
const SIZE = Number(process.env["BENCH_MB"] ?? 512) * MB;
const RUNS = Number(process.env["BENCH_RUNS"] ?? 5);
const ENGINES = (process.env["BENCH_ENGINES"] ?? "chromium,firefox").split(",") as Engine[];
const RAW_MESSAGE_BYTES = 128 * 1024;

type Measured = { readonly seconds: number; readonly cpuSeconds: number };

/** Presses download and waits for the last verified piece, timed inside the page. */
function secondsToDone(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const transfer = document.querySelector('[data-testid="transfer"]');
        const button = document.querySelector<HTMLElement>('[data-testid="download"]');
        if (transfer === null || button === null) return reject(new Error("nothing to press"));
        const startMs = performance.now();
        new MutationObserver(() => {
          const phase = transfer.getAttribute("data-phase");
          if (phase === "failed") reject(new Error("failed"));
          if (phase === "done") resolve((performance.now() - startMs) / 1000);
        }).observe(transfer, { attributes: true, attributeFilter: ["data-phase"] });
        button.click();
      }),
  );
}

function table(engine: Engine, measured: ReadonlyMap<string, readonly Measured[]>): string {
  const rows = [...measured].map(([name, runs]) => {
    const speeds = runs.map(({ seconds }) => SIZE / MB / seconds);
    const costs = runs.map(({ cpuSeconds }) => (cpuSeconds * 1000 * MB) / SIZE);
    return `| ${engine} | ${name} | ${spread(speeds)} | ${spread(costs)} |`;
  });
  const head = "| browser | what | MB/s, median (range) | CPU s/GB, both ends |";
  return [head, "| --- | --- | --- | --- |", ...rows].join("\n");
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map((value) => value.toFixed(1));
  return `${sorted[sorted.length >> 1]} (${sorted[0]}-${sorted.at(-1)})`;
}

for (const engine of ENGINES) {
  test(`one to one in ${engine}`, async ({ person, folder }) => {
    const file = path.join(folder, "film.bin");
    await randomFile(file, SIZE);
    const measured = new Map<string, Measured[]>([
      ["raw channel", []],
      ["Shoal", []],
    ]);
    for (let run = 0; run < RUNS; run++) {
      for (const [name, runs] of measured) {
        const [from, to] = [
          await person(engine, { disk: true }),
          await person(engine, { disk: true }),
        ];
        const profiles = [profileOf(from), profileOf(to)];
        if (name === "Shoal") {
          const link = await share(from, file);
          await openShare(to, link);
          await expect
            .poll(() => figure(from, "data-hashed-bytes"), { timeout: 60_000 })
            .toBe(SIZE);
        } else {
          await Promise.all([from.goto("/"), to.goto("/")]);
        }
        const before = await cpuSecondsOf(profiles);
        const seconds =
          name === "Shoal"
            ? await secondsToDone(to)
            : await rawSeconds(from, to, SIZE, RAW_MESSAGE_BYTES);
        const cpuSeconds = (await cpuSecondsOf(profiles)) - before;
        runs.push({ seconds, cpuSeconds });
        console.log(`${engine} ${name}: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU s`);
        await Promise.all([from.context().close(), to.context().close()]);
      }
    }
    console.log(table(engine, measured));
  });
}
