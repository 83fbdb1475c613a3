/** What a screen reader says by itself while files travel: enough to follow, and no more. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { limitUpload, openShare, pressDownload, share } from "../steps.ts";
import { waitPhase } from "../transfer.ts";

const MB = 1_000_000;

/** Notes each text that a live region of the page comes to hold. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const LIVE = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
    const said: string[] = [];
    const last = new WeakMap<Element, string>();
    const note = (): void => {
      for (const region of document.querySelectorAll(LIVE)) {
        const text = region.textContent.trim();
        if (text === (last.get(region) ?? "")) continue;
        last.set(region, text);
        if (text !== "") said.push(text);
      }
    };
    Object.assign(window, { said });
    const observer = new MutationObserver(note);
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
}

const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => Reflect.get(window, "said") as string[]);

test("a whole transfer is told in a few words @once", async ({ person, engines, folder }) => {
  const file = path.join(folder, "film.bin");
  await randomFile(file, 12 * MB);
  const sharer = await person(engines.sharer);
  await listen(sharer);
  const link = await share(sharer, file);
  await limitUpload(sharer, "2.0 MB/s");
  const leecher = await person(engines.leecher);
  await listen(leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await waitPhase(leecher, "done");
  const told = await said(leecher);
  expect(told).toEqual(expect.arrayContaining(["Downloading", "50% downloaded"]));
  expect(told.at(-1)).toBe("All there, every piece checked");
  // Connecting, ready, downloading, three quarters, done.
  expect(told.length, told.join("; ")).toBeLessThanOrEqual(7);
  const toldToSharer = await said(sharer);
  expect(toldToSharer.at(-1)).toBe("The link is ready");
  expect(toldToSharer.length, toldToSharer.join("; ")).toBeLessThanOrEqual(2);

  // Who brings a copy hears that it is compared, and what came of it.
  const other = await person(engines.leecher);
  await listen(other);
  await openShare(other, link);
  await other.getByTestId("own-copy-input").setInputFiles(file);
  await waitPhase(other, "done");
  const toldToOther = await said(other);
  expect(toldToOther).toContain("Your copy is the same, piece by piece.");
  expect(toldToOther.length, toldToOther.join("; ")).toBeLessThanOrEqual(8);
});
