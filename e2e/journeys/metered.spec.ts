/**
 * A connection that costs. No browser here is on one: what a phone's says of it is a stand-in, put in
 * place of `navigator.connection` before the page begins.
 */
import type { Locator, Page } from "@playwright/test";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, limitUpload, mayLeave, openShare, pressDownload, share } from "../steps.ts";
import { figure, shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;

/** From the next page on, as on a phone out of doors. */
async function goMobile(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const connection = Object.assign(new EventTarget(), { type: "cellular", saveData: false });
    Object.defineProperty(navigator, "connection", { value: connection, configurable: true });
  });
}

/** As a phone that comes home. */
async function goHome(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { connection } = navigator as unknown as { connection: EventTarget };
    Object.assign(connection, { type: "wifi" });
    connection.dispatchEvent(new Event("change"));
  });
}

const question = (page: Page): Locator =>
  page.getByRole("dialog", { name: "You seem to be on mobile data" });

async function answer(page: Page, name: string): Promise<void> {
  await question(page).getByRole("button", { name }).click();
  await expect(question(page)).toHaveCount(0);
}

test("a download asks before it uses mobile data, waits, and asks again after a reload @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  await randomFile(file, 15 * MB);
  const sharer = await person(engines.sharer);
  await goMobile(sharer);
  const link = await share(sharer, file);
  await expect(sharer.getByText("what others get from here uses it")).toBeVisible();
  await limitUpload(sharer, "1.0 MB/s");

  const leecher = await person(engines.leecher);
  mayLeave(leecher);
  await goMobile(leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expect(question(leecher)).toContainText("Download 15.0 MB anyway?");
  await expectAccessible(leecher, "asked whether to use mobile data");
  await answer(leecher, "Wait for another connection");
  await waitPhase(leecher, "paused");
  await expect(leecher.getByText("Waiting for another connection.")).toBeVisible();
  expect(await figure(leecher, "data-received-bytes")).toBe(0);
  await goHome(leecher);
  await expect.poll(() => figure(leecher, "data-verified-bytes")).toBeGreaterThan(0);

  // Out of doors again.
  await leecher.reload();
  await expect(question(leecher)).toBeVisible();
  expect(await figure(leecher, "data-received-bytes")).toBe(0);
  await limitUpload(sharer, "none");
  await answer(leecher, "Download anyway");
  await waitPhase(leecher, "done");
  expect(await figure(leecher, "data-verified-bytes")).toBe(15 * MB);

  // Little isn't asked about.
  const other = await person(engines.sharer);
  await randomFile(path.join(folder, "song.bin"), 2 * MB, "song");
  await share(other, path.join(folder, "song.bin"));
  const third = await person(engines.leecher);
  await goMobile(third);
  await openShare(third, await shareLink(other));
  await download(third);
});
