/** The page that lists what a browser keeps: the way back to each share, and the way to be rid of it. */
import type { Locator, Page } from "@playwright/test";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, endShare, openShare, share } from "../steps.ts";
import { figure, transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;

const rows = (page: Page): Locator => page.getByRole("main").getByRole("listitem");

const heading = (page: Page): Locator => page.getByRole("heading", { name: "My shares" });

/** Goes to the list from wherever the page is; what is open there ends. */
async function openList(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.goto("/");
  await page.getByRole("link", { name: "My shares" }).press("Enter");
  await expect(heading(page)).toBeVisible();
}

async function remove(page: Page, confirm: string): Promise<void> {
  await page.getByRole("button", { name: "Remove film.bin" }).click();
  await page.getByRole("dialog").getByRole("button", { name: confirm }).click();
  await expect(page.getByText("Nothing is kept here.")).toBeVisible();
}

let file: string;
test.beforeEach(async ({ folder }) => {
  file = path.join(folder, "film.bin");
  await randomFile(file, 3 * MB);
});

test("what was fetched is listed, opened again and removed @once", async ({ person, engines }) => {
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  await openList(leecher);
  // Later on Firefox's list of downloads may have the focus.
  await expect(heading(leecher)).toBeFocused();
  await expect(leecher.getByText("Nothing is kept here.")).toBeVisible();
  await openShare(leecher, link);
  await download(leecher);
  await waitPhase(leecher, "done");

  await openList(leecher);
  await expect(rows(leecher)).toHaveText(/film\.bin.*fetched, all of it.*3\.0 MB.*kept until/);
  await expect(leecher.getByText("3.0 MB of this device are taken.")).toBeVisible();
  await leecher.getByRole("link", { name: "Open film.bin" }).press("Enter");
  await waitPhase(leecher, "done");
  expect(await figure(leecher, "data-received-bytes")).toBe(0);

  await openList(leecher);
  await remove(leecher, "Remove it");
  await openShare(leecher, link);
  expect(await figure(leecher, "data-verified-bytes")).toBe(0);
});

test("one’s own share is listed, gone on with, and forgotten @once", async ({
  person,
  engines,
}) => {
  const sharer = await person(engines.sharer);
  await share(sharer, file);
  const other = await sharer.context().newPage();
  await openList(other);
  await expect(rows(other)).toHaveText(/film\.bin.*open in a tab/);
  await expect(other.getByRole("button", { name: "Remove film.bin" })).toHaveCount(0);
  await other.close();

  await openList(sharer);
  await expect(rows(sharer)).toHaveText(/film\.bin.*yours; it rests until you go on/);
  await sharer.getByRole("link", { name: "Open film.bin" }).press("Enter");
  await waitPhase(sharer, "paused");
  await sharer.goto("/");
  const back = sharer.getByRole("link", { name: "Go on with film.bin" });
  await expect(back).toBeVisible();
  await expectAccessible(sharer, "home, with a share to go on with");
  await back.press("Enter");
  await waitPhase(sharer, "paused");
  await expect(transfer(sharer)).toHaveAttribute("data-role", "sharer");

  await openList(sharer);
  await remove(sharer, "Forget it");
});

test("a share that was ended is listed as such @once", async ({ person, engines }) => {
  const sharer = await person(engines.sharer);
  await share(sharer, file);
  await endShare(sharer);
  await openList(sharer);
  await expect(rows(sharer)).toHaveText(/film\.bin.*you’ve ended it/);
});

/** The browser that keeps its promise, or doesn't: counts how often it is asked for one. */
async function promise(page: Page, isGiven: boolean): Promise<void> {
  await page.addInitScript((given) => {
    if (!isSecureContext) return; // The empty page, which has no storage.
    Object.assign(window, { timesAsked: 0 });
    const persist = async (): Promise<boolean> => {
      Reflect.set(window, "timesAsked", Number(Reflect.get(window, "timesAsked")) + 1);
      return given;
    };
    Object.assign(navigator.storage, { persist, persisted: async () => given });
  }, isGiven);
}

const timesAsked = (page: Page): Promise<number> =>
  page.evaluate(() => Number(Reflect.get(window, "timesAsked")));

test("how long everything stays is chosen, for what is there as well @once", async ({
  person,
  engines,
}) => {
  const sharer = await person(engines.sharer);
  await promise(sharer, false);
  await share(sharer, file);
  await openList(sharer);
  const choice = sharer.getByLabel("Keep everything after its last use for");
  await expect(choice).toHaveValue("3");
  await expect(rows(sharer)).toHaveText(/kept until/);
  const until = await rows(sharer).textContent();
  await choice.selectOption("a month");
  await expect(rows(sharer)).not.toHaveText(until ?? "");
  await expect(rows(sharer)).toHaveText(/kept until/);
  expect(await timesAsked(sharer)).toBe(0);
  await choice.selectOption("as long as I don’t remove it");
  await expect(rows(sharer)).toHaveText(/kept until you remove it/);
  await expect(sharer.getByText("The browser may still clear it away")).toBeVisible();
  expect(await timesAsked(sharer)).toBe(1);
  await openList(sharer);
  await expect(choice).toHaveValue("forever");
  await expect(rows(sharer)).toHaveText(/kept until you remove it/);
  expect(await timesAsked(sharer)).toBe(0);
});

test("the list is accessible, with and without shares @once", async ({ person, engines }) => {
  const sharer = await person(engines.sharer);
  await openList(sharer);
  await expect(sharer.getByText("Nothing is kept here.")).toBeVisible();
  await expectAccessible(sharer, "my shares, none");
  await share(sharer, file);
  await openList(sharer);
  await expect(rows(sharer)).toHaveCount(1);
  await expectAccessible(sharer, "my shares");
  await sharer.getByRole("button", { name: "Remove film.bin" }).click();
  await expectAccessible(sharer, "my shares, asked whether to forget one");
});
