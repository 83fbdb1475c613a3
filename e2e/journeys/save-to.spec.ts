/** Saving to a folder or file of the person's choice. */
import type { Page } from "@playwright/test";
import { createHash } from "node:crypto";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { CHOSEN, chosenFiles, replacePickers } from "../chosen.ts";
import { tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectKeyboardReaches, tabTo } from "../keyboard.ts";
import { expectReflows } from "../reflow.ts";
import { download, openShare, share } from "../steps.ts";
import { shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
const SIZES = {
  "top.txt": 5,
  "empty.txt": 0,
  "in/one.bin": 200_000,
  "in/deeper/two.bin": 5 * MB,
  "in/deeper/three.bin": 9 * MB,
};

/** Puts files that say "old" into the chosen folder. */
async function putOld(page: Page, ...paths: readonly string[]): Promise<void> {
  await page.evaluate(
    async ([name, files]) => {
      const root = await navigator.storage.getDirectory();
      for (const file of files) {
        let folder = await root.getDirectoryHandle(name, { create: true });
        const names = file.split("/");
        for (const one of names.slice(0, -1)) {
          folder = await folder.getDirectoryHandle(one, { create: true });
        }
        const handle = await folder.getFileHandle(names.at(-1) ?? "", { create: true });
        const writable = await handle.createWritable();
        await writable.write("old");
        await writable.close();
      }
    },
    [CHOSEN, paths] as const,
  );
}

const OLD = createHash("sha256").update("old").digest("hex");

/** Downloads the album and stands before the finished share. @returns The hashes by path. */
async function finish(page: Page, sharer: Page, folder: string): Promise<Map<string, string>> {
  const hashes = await tree(path.join(folder, "album"), SIZES);
  await sharer.goto("/");
  await sharer.getByTestId("folder-input").setInputFiles(path.join(folder, "album"));
  await waitPhase(sharer, "sharing");
  await replacePickers(page);
  await openShare(page, await shareLink(sharer));
  await download(page);
  await waitPhase(page, "done");
  return new Map([...hashes].map(([name, sha256]) => [`album/${name}`, sha256]));
}

const NOT_HERE = "only Chromium’s browsers let a page write to a folder that a person chose";

test("a browser without pickers offers none, and saves as ever", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "firefox", "Chromium has them");
  await tree(folder, { "a.txt": 10, "b.txt": 20 });
  const files = [path.join(folder, "a.txt"), path.join(folder, "b.txt")];
  const link = await share(await person(engines.sharer), files);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  await expect(leecher.getByTestId("save")).toBeEnabled();
  await expect(leecher.getByTestId("save-to")).toHaveCount(0);
});

test("a folder is written to a chosen place with its tree", async ({ person, engines, folder }) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const leecher = await person(engines.leecher, { disk: true });
  const hashes = await finish(leecher, await person(engines.sharer), folder);
  await leecher.getByTestId("save-to").click();
  await expect(leecher.getByText("5 files saved in “chosen”.")).toBeVisible();
  expect(await chosenFiles(leecher)).toEqual(hashes);
  await waitPhase(leecher, "done");
});

test("a taken name is asked about: replaced, kept beside or skipped", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const leecher = await person(engines.leecher, { disk: true });
  const hashes = await finish(leecher, await person(engines.sharer), folder);
  const paths = [...hashes.keys()];
  // In the order of the share.
  const [replaced, kept, skipped] = [
    "album/empty.txt",
    "album/in/deeper/three.bin",
    "album/top.txt",
  ];
  await putOld(leecher, replaced, kept, skipped);
  await leecher.getByTestId("save-to").press("Enter");

  const question = leecher.getByRole("dialog");
  const answer = async (name: string): Promise<void> => {
    await tabTo(leecher, "button", name);
    await leecher.keyboard.press("Enter");
  };
  await expect(question).toContainText("“empty.txt” is already there");
  await expect(question).toContainText("in “album”");
  await expectAccessible(leecher, "asked about a taken name");
  await expectReflows(leecher, "asked about a taken name");
  await expectKeyboardReaches(leecher, "asked about a taken name");
  await answer("Replace it");
  await expect(question).toContainText("“three.bin” is already there");
  await expect(question).toContainText("in “album / in / deeper”");
  await expect(question.getByRole("checkbox")).toBeFocused();
  await answer("Keep both");
  await expect(question).toContainText("“top.txt” is already there");
  expect((await chosenFiles(leecher)).size, "nothing is written before all is answered").toBe(3);
  await answer("Skip");

  const words = "4 files saved in “chosen”. 1 file left out.";
  await expect(leecher.getByText(words)).toBeVisible();
  await expect(leecher.getByTestId("save-to")).toBeFocused();
  await expectAccessible(leecher, "saved to a folder");
  const hashOf = (name: string) => hashes.get(name) ?? "";
  const expected = new Map(hashes);
  expected.set(kept, OLD).set("album/in/deeper/three (2).bin", hashOf(kept)).set(skipped, OLD);
  expect(await chosenFiles(leecher)).toEqual(expected);

  // Once more, with one answer for all; by keyboard.
  await leecher.keyboard.press("Enter");
  await expect(question).toBeVisible();
  await leecher.keyboard.press("Space"); // The focus is on what it offers first.
  await expect(question.getByRole("checkbox")).toBeChecked();
  await question.getByRole("button", { name: "Replace it" }).press("Enter");
  await expect(leecher.getByText("5 files saved in “chosen”.")).toBeVisible();
  await expect(question).toHaveCount(0);
  for (const name of paths) expected.set(name, hashOf(name));
  expect(await chosenFiles(leecher)).toEqual(expected);
});

test("Escape at the question leaves everything as it was", async ({ person, engines, folder }) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const leecher = await person(engines.leecher, { disk: true });
  await finish(leecher, await person(engines.sharer), folder);
  await putOld(leecher, "album/top.txt");
  await leecher.getByTestId("save-to").press("Enter");
  await expect(leecher.getByRole("dialog")).toBeVisible();
  await leecher.keyboard.press("Escape");
  await expect(leecher.getByRole("dialog")).toHaveCount(0);
  await expect(leecher.getByTestId("save-to")).toBeFocused();
  expect(await chosenFiles(leecher)).toEqual(new Map([["album/top.txt", OLD]]));
});

test("writing that is cancelled leaves no part of a file", async ({ person, engines, folder }) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const leecher = await person(engines.leecher, { disk: true });
  const hashes = await finish(leecher, await person(engines.sharer), folder);
  // A place that takes its time over everything from the middle of the largest file on.
  const [worker] = leecher.workers();
  await worker?.evaluate((at) => {
    // oxlint-disable-next-line typescript/unbound-method -- called with the stream below
    const { write } = FileSystemWritableFileStream.prototype;
    let bytes = 0;
    FileSystemWritableFileStream.prototype.write = async function slow(strip) {
      bytes += strip instanceof ArrayBuffer ? strip.byteLength : 0;
      if (bytes > at) {
        await new Promise((resolve) => {
          Object.assign(globalThis, { goOn: resolve });
        });
      }
      return write.call(this, strip);
    };
  }, 5 * MB);
  await leecher.getByTestId("save-to").click();
  await expect(leecher.getByText("Writing to “chosen”:")).toBeVisible();
  const canGoOn = () => worker?.evaluate(() => "goOn" in globalThis);
  await expect.poll(canGoOn).toBe(true);
  await leecher.getByRole("button", { name: "Cancel" }).click();
  await worker?.evaluate(() => (globalThis as { goOn?: () => void }).goOn?.());
  await expect(leecher.getByTestId("save-to")).toBeEnabled();
  await expect(leecher.getByText("Writing to “chosen”:")).toHaveCount(0);
  const left = await chosenFiles(leecher);
  expect(left.size).toBeLessThan(hashes.size);
  for (const [name, sha256] of left) expect(sha256, name).toBe(hashes.get(name));
});

test("a place without room is told, and goes on when it has some", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const leecher = await person(engines.leecher, { disk: true });
  const hashes = await finish(leecher, await person(engines.sharer), folder);
  const session = await leecher.context().newCDPSession(leecher);
  const { origin } = new URL(leecher.url());
  expect((await chosenFiles(leecher)).size).toBe(0);
  const usage = await leecher.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  const quotaSize = usage + 4 * MB;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
  await leecher.getByTestId("save-to").click();
  const status = leecher.getByRole("status");
  await expect(status.getByText("There’s no room left at that place.")).toBeVisible();
  const left = await chosenFiles(leecher);
  expect(left.size).toBeLessThan(hashes.size);
  for (const [name, sha256] of left) expect(sha256, name).toBe(hashes.get(name));

  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await status.getByRole("button", { name: "Go on" }).click();
  await expect(leecher.getByText("5 files saved in “chosen”.")).toBeVisible();
  expect(await chosenFiles(leecher)).toEqual(hashes);
});

test("one file goes to a file of the person’s choice; a refusal is told", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", NOT_HERE);
  const hashes = await tree(folder, { "film.bin": 20 * MB });
  const link = await share(await person(engines.sharer), path.join(folder, "film.bin"));
  const leecher = await person(engines.leecher, { disk: true });
  await replacePickers(leecher);
  await openShare(leecher, link);
  await download(leecher);
  const saveTo = leecher.getByRole("button", { name: "Save as…" });

  await setPicker(leecher, "AbortError"); // Closed without a choice: nothing to say of that.
  await saveTo.click();
  await setPicker(leecher, "NotAllowedError");
  await saveTo.click();
  const status = leecher.getByRole("status");
  await expect(status.getByText("The browser may not write there.")).toBeVisible();
  await setPicker(leecher, null);
  await status.getByRole("button", { name: "Choose again" }).click();
  await expect(leecher.getByText("Saved as “film.bin”.")).toBeVisible();
  expect(await chosenFiles(leecher)).toEqual(hashes);
});

/** Makes the picker fail, or work again. */
async function setPicker(page: Page, errorName: string | null): Promise<void> {
  await page.evaluate((name) => {
    const pickers = window as { showSaveFilePicker?: unknown; kept?: unknown };
    pickers.kept ??= pickers.showSaveFilePicker;
    const fail = () => Promise.reject(new DOMException("no", name ?? ""));
    pickers.showSaveFilePicker = name === null ? pickers.kept : fail;
  }, errorName);
}
