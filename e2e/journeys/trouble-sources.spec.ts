/** What a sharer has on disk: changed while it is shared, nothing at all, or too much. */
import type { Page } from "@playwright/test";
import { mkdir, rm, truncate } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { dropOn } from "../drop.ts";
import { randomFile, sparseFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, openShare, pressDownload, pressSave, share } from "../steps.ts";
import { figure, transfer, waitPhase } from "../transfer.ts";
import { expectTrouble, OWN_FILE_CHANGED } from "../trouble.ts";

const MB = 1_000_000;

/** Everything that the sharer shares has its hashes. */
async function waitHashed(sharer: Page, size: number): Promise<void> {
  const done = { timeout: 30_000 };
  await expect(transfer(sharer)).toHaveAttribute("data-hashed-bytes", `${size}`, done);
}

/** The sharer's page says that its file changed, and the one thing to do leads home. */
async function expectOwnFileChanged(sharer: Page): Promise<void> {
  await expectTrouble(sharer, "source-changed", { words: OWN_FILE_CHANGED });
  await sharer.getByRole("button", { name: "Share it again" }).click();
  await expect(sharer.getByTestId("file-input")).toBeAttached();
}

test("a file that is cut while it is hashed ends the share @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "growing.bin");
  await sparseFile(file, 8_000 * MB);
  const leecher = await person(engines.leecher);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  await openShare(leecher, link);
  await truncate(file, 1000);
  await expectTrouble(leecher, "source-changed", { phase: "ended" });
  await expectOwnFileChanged(sharer);
});

test("a file that is written anew ends the share, and no wrong byte gets out @once", async ({
  person,
  engines,
  folder,
}) => {
  // Larger than what the sharer keeps in memory of it.
  const size = 60 * MB;
  const file = path.join(folder, "draft.bin");
  const sha256 = await randomFile(file, size, "first");
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const early = await person(engines.leecher);
  await openShare(early, link);
  await download(early);
  await waitPhase(early, "done");
  await waitHashed(sharer, size);

  await randomFile(file, size, "second");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expectTrouble(leecher, "source-changed", { phase: "ended" });
  expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size);
  await expect(leecher.getByTestId("save")).toHaveCount(0);
  // What was complete before is what was promised, and stays.
  await expectTrouble(early, "source-changed", { phase: "ended" });
  expect(await pressSave(early)).toMatchObject({ sha256 });
  // Who comes now is told as well.
  const late = await person(engines.leecher);
  await late.goto(link);
  await expectTrouble(late, "source-changed", { phase: "ended" });
  await expectOwnFileChanged(sharer);
});

test("a file that is deleted ends the share @once", async ({ person, engines, folder }) => {
  const files = ["kept.bin", "gone.bin"].map((name) => path.join(folder, name));
  for (const file of files) await randomFile(file, 1 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, files);
  await waitHashed(sharer, 2 * MB);
  await rm(path.join(folder, "gone.bin"));

  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expectTrouble(leecher, "source-changed", { phase: "ended" });
  await expectOwnFileChanged(sharer);
});

test("more bytes than a share may have are refused", async ({ person, engines, folder }) => {
  const file = path.join(folder, "endless.bin");
  await sparseFile(file, 8 * 1024 ** 4);
  await expectTooLarge(await person(engines.sharer), "file-input", file);
});

test("a folder that is too deep is refused", async ({ person, engines, folder }) => {
  test.skip(engines.sharer === "firefox", "this Firefox takes no folder from Playwright");
  const top = path.join(folder, "top");
  const deep = path.join(top, ...Array.from({ length: 32 }, (_, depth) => `${depth}`));
  await randomFile(path.join(deep, "bottom.txt"), 10);
  await expectTooLarge(await person(engines.sharer), "folder-input", top);
});

/** Chooses what is too much for a share; the one thing to do leads home. */
async function expectTooLarge(page: Page, input: string, chosen: string): Promise<void> {
  await page.goto("/");
  await page.getByTestId(input).setInputFiles(chosen);
  await expectTrouble(page, "too-large");
  await page.getByRole("button", { name: "Choose less" }).click();
  await expect(page.getByTestId("file-input")).toBeAttached();
}

test("an empty folder has nothing to share", async ({ person, engines, folder }) => {
  test.skip(engines.sharer === "firefox", "only Chromium lets a test drop a folder");
  const empty = path.join(folder, "empty");
  await mkdir(path.join(empty, "also-empty"), { recursive: true });
  const page = await person("chromium");
  await page.goto("/");
  await dropOn(page, empty);
  const alert = page.getByRole("alert");
  await expect(alert.locator("[data-error]")).toHaveAttribute("data-error", "nothing-to-share");
  await expect(alert).toContainText("There’s no file in that.");
  await expect(alert).toContainText("Choose a file, or a folder that has files in it.");
  await expectAccessible(page, "nothing to share");
  // The page is as before: the next drop is taken.
  await randomFile(path.join(empty, "now-there.txt"), 10);
  await dropOn(page, empty);
  await waitPhase(page, "sharing");
});
