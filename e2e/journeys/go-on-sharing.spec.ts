/** A sharer's page is loaded again, closed or killed: the share goes on, under the same link. */
import type { Page } from "@playwright/test";
import { copyFile, rename, utimes } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { dropOn } from "../drop.ts";
import { randomFile, tree } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import { killAllOf } from "../processes.ts";
import {
  download,
  endShare,
  limitUpload,
  mayLeave,
  openShare,
  pressDownload,
  share,
} from "../steps.ts";
import { figure, saved, shareLink, transfer, waitPhase } from "../transfer.ts";
import { ENDED, expectEnded } from "../trouble.ts";

const MB = 1_000_000;
const SIZE = 40 * MB;

/** The page of one's own link offers to go on. */
async function expectResting(sharer: Page): Promise<void> {
  await waitPhase(sharer, "paused");
  await expect(transfer(sharer)).toHaveAttribute("data-role", "sharer");
  await expect(sharer.getByTestId("file-input")).toBeAttached();
  await expectAccessible(sharer, "resting");
}

/** Everything has its hashes, and they are kept. */
async function waitHashed(sharer: Page, size: number): Promise<void> {
  const done = { timeout: 30_000 };
  await expect(transfer(sharer)).toHaveAttribute("data-hashed-bytes", `${size}`, done);
}

/** What a share's upload limit will be when its page is opened the next time; null: none. */
function keptLimit(sharer: Page): Promise<number | null> {
  return sharer.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(new Error(request.error?.message)));
      });
    const opened = await result(indexedDB.open("shoal"));
    const records = await result(opened.transaction("shares").objectStore("shares").getAll());
    opened.close();
    const [record] = records as { readonly uploadLimitBytesPerSec?: number | null }[];
    return record?.uploadLimitBytesPerSec ?? null;
  });
}

/** The page says why the chosen files weren't taken. */
async function expectRefused(sharer: Page, reason: string, words: string): Promise<void> {
  const note = sharer.locator(`[data-refusal=${reason}]`);
  await expect(note).toBeVisible({ timeout: 30_000 });
  await expect(note).toContainText(words);
  await waitPhase(sharer, "paused");
  await expectAccessible(sharer, `resting, refused: ${reason}`);
}

test("a sharer whose page is loaded again in the middle of a download goes on with the same files", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expect.poll(() => figure(leecher, "data-verified-bytes")).toBeGreaterThan(0);
  await limitUpload(sharer, "10.0 MB/s");
  await expect.poll(() => keptLimit(sharer)).toBe(10_000_000);
  await sharer.reload();
  await expectResting(sharer);
  expect(await shareLink(sharer)).toBe(link);
  await waitPhase(leecher, "waiting", 60_000);

  // Nobody presses anything at the other end.
  const goOn = () => sharer.getByTestId("file-input").setInputFiles(file);
  expect(await saved(leecher, goOn, 90_000)).toMatchObject({ name: "film.bin", sha256 });
  await waitPhase(leecher, "done");
  await waitPhase(sharer, "sharing");
  expect(await shareLink(sharer)).toBe(link);
  await expect(sharer.getByLabel("Upload limit")).toHaveValue("10000000");
});

test("a sharer whose browser is killed goes on when it is started again", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/ICE failed/); // Firefox, of the connection to the killed one.
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const sharer = await person(engines.sharer, { disk: true });
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await waitHashed(sharer, SIZE);
  const profile = profileOf(sharer);
  await killAllOf(profile);

  const again = await person(engines.sharer, { profile });
  await again.goto(link);
  await expectResting(again);
  expect(await figure(again, "data-hashed-bytes")).toBe(SIZE);
  await again.getByTestId("file-input").setInputFiles(file);
  await waitPhase(again, "sharing");
  expect(await download(leecher, 90_000)).toMatchObject({ sha256 });
});

test("other files are refused, nothing of them is sent, and then the right ones work", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "draft.bin");
  const sha256 = await randomFile(file, 3 * MB, "right");
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const link = await share(sharer, file);
  await waitHashed(sharer, 3 * MB);
  await sharer.reload();
  await expectResting(sharer);
  const input = sharer.getByTestId("file-input");

  const other = path.join(folder, "other.bin");
  await randomFile(other, 3 * MB, "other");
  await input.setInputFiles(other);
  await expectRefused(sharer, "missing", "“draft.bin” isn’t among these.");

  const longer = path.join(folder, "longer", "draft.bin");
  await randomFile(longer, 3 * MB + 1, "longer");
  await input.setInputFiles(longer);
  await expectRefused(sharer, "other-size", "“draft.bin” has another size");

  const edited = path.join(folder, "edited", "draft.bin");
  await randomFile(edited, 3 * MB, "edited");
  await input.setInputFiles(edited);
  await expectRefused(sharer, "other-content", "“draft.bin” isn’t what was shared.");

  // A copy with another date is compared as a whole.
  const copy = path.join(folder, "copy", "draft.bin");
  await randomFile(copy, 1);
  await copyFile(file, copy);
  await utimes(copy, new Date(), new Date(2020, 1, 1));
  await input.setInputFiles(copy);
  await waitPhase(sharer, "sharing");
  await expect(sharer.locator("[data-refusal]")).toHaveCount(0);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  expect(await download(leecher)).toMatchObject({ sha256 });
});

test("the only sharer leaves in the middle and comes back: the leecher waits and goes on by itself @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const link = await share(sharer, file);
  await limitUpload(sharer, "5.0 MB/s");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expect.poll(() => figure(leecher, "data-verified-bytes")).toBeGreaterThan(0.2 * SIZE);
  await sharer.goto("about:blank");
  await waitPhase(leecher, "waiting", 60_000);
  const heldBytes = await figure(leecher, "data-verified-bytes");
  expect(heldBytes).toBeLessThan(SIZE);

  await sharer.goto(link);
  await expectResting(sharer);
  const goOn = () => sharer.getByTestId("file-input").setInputFiles(file);
  expect(await saved(leecher, goOn, 90_000)).toMatchObject({ sha256 });
  expect(await figure(leecher, "data-received-bytes")).toBeLessThan(1.1 * SIZE);
});

/** How the browser comes to know where a file lies. */
for (const way of ["picked", "dropped"] as const) {
  test(`where the browser knows a ${way} file one click goes on`, async ({
    person,
    engines,
    folder,
  }) => {
    test.skip(engines.sharer === "firefox", "only Chromium tells where files lie");
    const file = path.join(folder, "song.bin");
    const sha256 = await randomFile(file, 2 * MB);
    const sharer = await person(engines.sharer);
    mayLeave(sharer);
    await sharer.goto("/");
    await keepInOpfs(sharer, file);
    await (way === "picked" ? pickHandle(sharer) : dropHandle(sharer));
    await waitPhase(sharer, "sharing");
    const link = await shareLink(sharer);
    await waitHashed(sharer, 2 * MB);
    await sharer.reload();
    await expectResting(sharer);
    await sharer.getByTestId("go-on-sharing").click();
    await waitPhase(sharer, "sharing");
    const leecher = await person(engines.leecher);
    await openShare(leecher, link);
    expect(await download(leecher)).toMatchObject({ sha256 });
  });
}

test("a folder that the browser knows is gone on with, unless a file of it is gone", async ({
  person,
  engines,
}) => {
  test.skip(engines.sharer === "firefox", "only Chromium tells where files lie");
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  await sharer.goto("/");
  await sharer.evaluate(dropFolder);
  await waitPhase(sharer, "sharing");
  await sharer.reload();
  await expectResting(sharer);
  await sharer.getByTestId("go-on-sharing").click();
  await waitPhase(sharer, "sharing");

  await sharer.reload();
  await expectResting(sharer);
  await sharer.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const trip = await root.getDirectoryHandle("trip");
    await (await trip.getDirectoryHandle("day 1")).removeEntry("b.txt");
  });
  await sharer.getByTestId("go-on-sharing").click();
  await expectRefused(sharer, "missing", "“b.txt” isn’t among these.");
});

test("a folder that can’t be read isn’t shared, nor gone on with; and a browser may be refused the files @once", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.sharer !== "chromium", "only Chromium lets a test drop a folder");
  const trip = path.join(folder, "trip");
  await tree(trip, { "a.txt": 1000, "b.txt": 2000 });
  const away = () => rename(trip, path.join(folder, "elsewhere"));
  const back = () => rename(path.join(folder, "elsewhere"), trip);
  const sharer = await person(engines.sharer, { disk: true });
  await sharer.goto("/");
  await dropOn(sharer, trip, away);
  await expect(sharer.locator("[data-error=unreadable]")).toBeVisible();
  await expectAccessible(sharer, "home, unreadable");

  await back();
  await dropOn(sharer, trip);
  await waitPhase(sharer, "sharing");
  const link = await shareLink(sharer);
  await waitHashed(sharer, 3000);
  const profile = profileOf(sharer);
  await killAllOf(profile);
  const again = await person(engines.sharer, { profile });
  await again.goto(link);
  await expectResting(again);
  // Chromium's question has no button that a test could press: this stands for its answer.
  await again.evaluate(() => {
    Object.assign(FileSystemHandle.prototype, { requestPermission: async () => "denied" });
  });
  await again.getByTestId("go-on-sharing").click();
  await expectRefused(again, "not-allowed", "The browser may not read");

  await dropOn(again, trip, away);
  await expectRefused(again, "unreadable", "couldn’t read all of that");
});

// A picker can't be driven by a test, and a made-up drop has no handles: in their place stand handles
// of the origin-private file system, which a browser keeps and reads like others, but for its question.

/** Writes a file to the origin-private file system, and shares nothing. */
async function keepInOpfs(page: Page, file: string): Promise<void> {
  const input = page.getByTestId("file-input");
  await input.evaluate((element) => {
    const ignore = (event: Event): void => event.stopImmediatePropagation();
    element.addEventListener("change", ignore, { capture: true, once: true });
  });
  await input.setInputFiles(file);
  await input.evaluate(async (element) => {
    const chosen = element instanceof HTMLInputElement ? element.files?.[0] : undefined;
    if (chosen === undefined) throw new Error("a file was chosen");
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(chosen.name, { create: true });
    const writing = await handle.createWritable();
    await writing.write(chosen);
    await writing.close();
  });
}

async function pickHandle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("song.bin");
    Object.defineProperty(window, "showOpenFilePicker", { value: async () => [handle] });
  });
  await page.getByRole("button", { name: /choose files/i }).press("Enter");
}

async function dropHandle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("song.bin");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(await handle.getFile());
    const prototype = DataTransferItem.prototype as object;
    Object.defineProperty(prototype, "getAsFileSystemHandle", { value: async () => handle });
    const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer });
    document.body.dispatchEvent(drop);
  });
}

/** Drops a folder of the origin-private file system, which isn't one that a made-up drop can hold. */
async function dropFolder(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const trip = await root.getDirectoryHandle("trip", { create: true });
  const day = await trip.getDirectoryHandle("day 1", { create: true });
  const entryOf = async (folder: FileSystemDirectoryHandle, name: string): Promise<object> => {
    const handle = await folder.getFileHandle(name, { create: true });
    const writing = await handle.createWritable();
    await writing.write(name);
    await writing.close();
    const file = await handle.getFile();
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (done: (file: File) => void) => done(file),
    };
  };
  const folderOf = (name: string, inside: object[]): object => ({
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (done: (entries: object[]) => void) => done(inside.splice(0)),
    }),
  });
  const entries = [await entryOf(trip, "a.txt"), folderOf("day 1", [await entryOf(day, "b.txt")])];
  const prototype = DataTransferItem.prototype as object;
  Object.defineProperty(prototype, "getAsFileSystemHandle", { value: async () => trip });
  Object.defineProperty(prototype, "webkitGetAsEntry", { value: () => folderOf("trip", entries) });
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([], "trip"));
  const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer });
  document.body.dispatchEvent(drop);
}

test("a share that was ended stays ended when its page is loaded again @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  await randomFile(file, 1 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  await endShare(sharer);
  await sharer.reload();
  await expectEnded(sharer, ENDED.own);
  const late = await person(engines.leecher);
  await late.goto(link);
  await expectEnded(late, ENDED.bySharer);
});

test("a share that rests can be ended without its files @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  await randomFile(file, 1 * MB);
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await sharer.reload();
  await expectResting(sharer);
  await endShare(sharer);
  await expectEnded(leecher, ENDED.bySharer);
  await sharer.reload();
  await expectEnded(sharer, ENDED.own);
});

test("a sharer who lost the files fetches them from others like anyone @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 2 * MB);
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  await sharer.reload();
  await expectResting(sharer);
  await sharer.getByTestId("fetch-instead").click();
  await waitPhase(sharer, "ready");
  expect(await download(sharer)).toMatchObject({ sha256 });
});

test("leaving a share says that it can be gone on with @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  await share(sharer, file);
  await sharer.getByRole("link", { name: "Shoal, home" }).click();
  const dialog = sharer.getByRole("dialog");
  await expect(dialog).toContainText("The share rests while its page is closed.");
  await dialog.getByRole("button", { name: "Leave" }).click();
  await sharer.goBack();
  await expectResting(sharer);
});
