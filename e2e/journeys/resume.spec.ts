/** Nothing starts from zero: a page that is loaded again, closed, or killed goes on from what it has. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import { waitNoted, waitNotedAsDone } from "../kept.ts";
import { expectKeyboardReaches } from "../keyboard.ts";
import { killAllOf } from "../processes.ts";
import { expectReflows } from "../reflow.ts";
import {
  download,
  limitUpload,
  mayLeave,
  openShare,
  pressDownload,
  pressSave,
  share,
} from "../steps.ts";
import { figure, saved, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** At full speed some seconds, of which a second's worth at most isn't noted yet. */
/** At half the rest takes long enough to be interrupted. */
const SIZE = 120 * MB;

/** Fetches until half of it is on disk and noted. @returns The bytes that are not to come again. */
async function fetchHalf(leecher: Page): Promise<number> {
  await pressDownload(leecher);
  const verified = () => figure(leecher, "data-verified-bytes");
  const soon = { intervals: [50], timeout: 60_000 };
  await expect.poll(verified, soon).toBeGreaterThan(SIZE / 2);
  const half = await verified();
  await waitNoted(leecher, half / SIZE);
  return half;
}

test("a download goes on where it was when its page is loaded again at half", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  mayLeave(leecher);
  await openShare(leecher, link);
  test.slow();
  const half = await fetchHalf(leecher);
  await leecher.reload();
  await waitPhase(leecher, "done", 60_000); // Nobody presses anything.
  const kept = await pressSave(leecher);
  expect(kept).toMatchObject({ name: "film.bin", sha256 });
  expect(await figure(leecher, "data-verified-bytes")).toBe(SIZE);
  expect(await figure(leecher, "data-received-bytes")).toBeLessThanOrEqual(SIZE - half);
});

test("a finished one seeds when its page is opened again, though the sharer is gone", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 5 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const first = await person(engines.leecher);
  await openShare(first, link);
  await download(first);
  await waitNotedAsDone(first);
  await sharer.close();

  await first.reload();
  await waitPhase(first, "done");
  expect(await figure(first, "data-received-bytes")).toBe(0);
  expect(await pressSave(first)).toMatchObject({ sha256 });
  const second = await person(engines.leecher);
  await openShare(second, link);
  expect(await download(second)).toMatchObject({ sha256 });
});

/** The shares of which something is kept on disk. */
function keptFolders(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names: string[] = [];
    const root = await navigator.storage.getDirectory();
    for await (const name of (await root.getDirectoryHandle("shares")).keys()) names.push(name);
    return names;
  });
}

test("a download that is cancelled leaves nothing behind, and a way back @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 40 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  await limitUpload(sharer, "10.0 MB/s");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  const verified = () => figure(leecher, "data-verified-bytes");
  await expect.poll(verified, { intervals: [50] }).toBeGreaterThan(10 * MB);
  await leecher.getByTestId("pause").click();
  await waitPhase(leecher, "paused");
  await leecher.getByTestId("cancel").press("Enter");
  await expectKeyboardReaches(leecher, "asked whether to cancel");
  await expectReflows(leecher, "asked whether to cancel");
  await leecher.keyboard.press("Escape");
  await expect(leecher.getByTestId("cancel")).toBeFocused();
  await limitUpload(sharer, "1.0 MB/s"); // So that it isn't over before it is cancelled.
  await leecher.getByTestId("resume").click();
  await waitPhase(leecher, "downloading");
  await leecher.getByTestId("cancel").click();
  await leecher.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await leecher.getByTestId("cancel").click();
  await leecher.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await waitPhase(leecher, "ended");
  await expect(leecher.getByRole("heading", { name: "You’ve cancelled" })).toBeFocused();
  await expect(leecher.locator("[data-notice]")).toHaveCount(0);
  expect(await keptFolders(leecher)).toEqual([]);
  await expect(sharer.getByTestId("transfer")).toHaveAttribute("data-peers", "0");

  await limitUpload(sharer, "none");
  const again = leecher.getByRole("button", { name: "Fetch it after all" });
  expect(await saved(leecher, () => again.click())).toMatchObject({ sha256 });
});

test("what was fetched can be deleted from the browser @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 2 * MB);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  await leecher.getByTestId("stop").click();
  await waitPhase(leecher, "ended");
  await leecher.getByTestId("discard").click();
  await leecher.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await leecher.getByTestId("discard").click();
  await leecher.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await expect(leecher.getByTestId("file-input")).toBeAttached(); // Home.
  expect(await keptFolders(leecher)).toEqual([]);
  await openShare(leecher, link);
  expect(await figure(leecher, "data-verified-bytes")).toBe(0);
  expect(await download(leecher)).toMatchObject({ sha256 });
});

test("a download goes on after its browser was killed at half", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher, { disk: true });
  await openShare(leecher, link);
  test.slow();
  const half = await fetchHalf(leecher);
  const profile = profileOf(leecher);
  await killAllOf(profile);

  const again = await person(engines.leecher, { profile });
  await again.goto(link);
  await waitPhase(again, "done", 60_000);
  expect(await pressSave(again)).toMatchObject({ sha256 });
  expect(await figure(again, "data-received-bytes")).toBeLessThanOrEqual(SIZE - half);
});
