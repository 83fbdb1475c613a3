/**
 * How long from choosing a file to a link that can be sent, and how far hashing is by then. Small
 * and large files take turns in one run; medians and ranges are printed as a Markdown table.
 */
import path from "node:path";
import type { Page } from "@playwright/test";
import { sparseFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { figure, shareLink } from "../transfer.ts";

const SIZES = { "1 MB": 1e6, "100 MB": 1e8, "10 GB": 1e10 };
const RUNS = 7;

/** Marks, inside the page, the choice and the first sight of the link. */
function mark(): void {
  const input = document.querySelector('[data-testid="file-input"]');
  input?.addEventListener("change", () => performance.mark("chosen"), { capture: true });
  new MutationObserver(() => {
    const link = document.querySelector<HTMLInputElement>('[data-testid="share-link"]');
    if (!link?.value.includes("#") || performance.getEntriesByName("linked").length > 0) return;
    performance.mark("linked");
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}

async function linkMs(page: Page, file: string): Promise<number> {
  await page.goto("/");
  await page.evaluate(mark);
  await page.getByTestId("file-input").setInputFiles(file);
  await shareLink(page);
  return page.evaluate(() => performance.measure("link", "chosen", "linked").duration);
}

for (const engine of ["chromium", "firefox"] as const) {
  test(`time to link in ${engine}`, async ({ person, folder }) => {
    const measured = new Map<string, number[]>();
    for (const [name, size] of Object.entries(SIZES)) {
      await sparseFile(path.join(folder, name), size);
      measured.set(name, []);
    }
    for (let run = 0; run < RUNS; run++) {
      for (const [name, times] of measured) {
        const page = await person(engine, { disk: true });
        times.push(await linkMs(page, path.join(folder, name)));
        if (name === "10 GB") expect(await figure(page, "data-hashed-bytes")).toBeLessThan(1e10);
        await page.context().close();
      }
    }
    const rows = [...measured].map(([name, times]) => {
      const sorted = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0));
      return `| ${engine} | ${name} | ${sorted[RUNS >> 1]} | ${sorted[0]}-${sorted[RUNS - 1]} |`;
    });
    console.log(["| browser | file | ms, median | range |", ...rows].join("\n"));
  });
}
