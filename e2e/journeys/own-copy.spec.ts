/** Who has the files already brings them: they are checked, and count like fetched ones. */
import type { Page } from "@playwright/test";
import { copyFile, open } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile, sha256Of } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, openShare, pressSave, share } from "../steps.ts";
import { figure, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** In pieces of 64 KiB. */
const SIZE = 10 * MB;
const PIECE = 64 * 1024;
const PIECE_COUNT = Math.ceil(SIZE / PIECE);

/** Chooses a copy, and waits until all is there. */
async function bring(page: Page, copy: string): Promise<void> {
  await page.getByTestId("own-copy-input").setInputFiles(copy);
  await waitPhase(page, "done", 60_000);
}

test("who has the file is done without a byte from anybody, and serves it on", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const copy = path.join(folder, "film (1).bin");
  await copyFile(file, copy);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const owner = await person(engines.leecher);
  await openShare(owner, link);
  await bring(owner, copy);
  await expect(owner.getByTestId("own-copy")).toHaveText("Your copy is the same, piece by piece.");
  expect(await figure(owner, "data-verified-bytes")).toBe(SIZE);
  expect(await figure(owner, "data-received-bytes")).toBe(0);
  expect(await pressSave(owner)).toMatchObject({ name: "film.bin", sha256 });
  await sharer.close();

  const late = await person(engines.sharer);
  await openShare(late, link);
  expect(await download(late)).toMatchObject({ sha256 });
});

test("of a copy with a damaged piece only that piece is fetched @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const copy = path.join(folder, "copy", "film.bin");
  await randomFile(copy, 1);
  await copyFile(file, copy);
  const handle = await open(copy, "r+");
  await handle.write(Buffer.from("damaged"), 0, 7, 20 * PIECE + 100);
  await handle.close();
  expect(await sha256Of(copy)).not.toBe(sha256);

  const link = await share(await person(engines.sharer), file);
  const owner = await person(engines.leecher);
  await openShare(owner, link);
  await bring(owner, copy);
  await expect(owner.getByTestId("own-copy")).toHaveText(
    `1 of ${PIECE_COUNT} pieces of your copy differs; it comes from others.`,
  );
  await expectAccessible(owner, "own copy differs");
  expect(await figure(owner, "data-received-bytes")).toBe(PIECE);
  expect(await pressSave(owner)).toMatchObject({ sha256 });
});

test("of several files those that are there are taken, by their names @once", async ({
  person,
  engines,
  folder,
}) => {
  const files = ["a.bin", "b.bin"].map((name) => path.join(folder, name));
  for (const file of files) await randomFile(file, 2 * MB);
  const link = await share(await person(engines.sharer), files);
  const owner = await person(engines.leecher);
  await openShare(owner, link);
  await bring(owner, files[1] ?? "");
  expect(await figure(owner, "data-received-bytes")).toBe(2 * MB);
});

test("a file that isn’t the share’s is refused with a word, and the download works as before @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 1 * MB);
  const other = path.join(folder, "other.bin");
  await randomFile(other, 1000);
  const link = await share(await person(engines.sharer), file);
  const owner = await person(engines.leecher);
  await openShare(owner, link);
  await owner.getByTestId("own-copy-input").setInputFiles(other);
  const note = owner.locator("[data-refusal=none-match]");
  await expect(note).toContainText("“other.bin” is no file of this share.");
  await waitPhase(owner, "ready");
  await expectAccessible(owner, "own copy refused");
  expect(await download(owner)).toMatchObject({ sha256 });
});
