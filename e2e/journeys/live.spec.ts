/** What a page shows and offers while files travel: ways, pieces, speed, a limit, a word at the end. */
import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, limitUpload, openShare, pressDownload, share } from "../steps.ts";
import { figure, shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** The slowest that the page offers. */
const SLOW = { name: "250 kB/s", bytesPerSec: 250_000 };
/** A second's worth may be saved up, and a block is never cut. */
const BURST_BYTES = SLOW.bytesPerSec + 131_072;

/** Shares a film as slowly as the page offers. @returns The link. */
async function shareSlowly(page: Page, folder: string, size: number): Promise<string> {
  const file = path.join(folder, "film.bin");
  await randomFile(file, size);
  const link = await share(page, file);
  await limitUpload(page, SLOW.name);
  return link;
}

/** Pastes text into whatever has the focus, as a keyboard would. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    // Firefox makes its own of these two; Chromium takes the one that it is given.
    const made = { clipboardData, dataType: "text/plain", data: pasted };
    const event = new ClipboardEvent("paste", { ...made, bubbles: true, cancelable: true });
    (document.activeElement ?? document.body).dispatchEvent(event);
  }, text);
}

test("text that is pasted becomes a note, and is read by others", async ({ person, engines }) => {
  const text = "Platform 4, 18:30\nשלום <b>not bold</b>";
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await paste(sharer, text);
  const field = sharer.getByLabel("Your note");
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(text);
  await sharer.getByRole("button", { name: "Share the note" }).press("Enter");
  await waitPhase(sharer, "sharing");
  const leecher = await person(engines.leecher);
  await openShare(leecher, await shareLink(sharer));
  const saved = await download(leecher);
  expect(saved.name).toBe("note.txt");
  expect((await readFile(saved.path, "utf8")).replaceAll("\r\n", "\n")).toBe(text);
});

test("a note is left by Escape, and an empty one isn’t shared", async ({ person, engines }) => {
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await sharer.getByRole("button", { name: "Write a note" }).click();
  await sharer.getByRole("button", { name: "Share the note" }).click();
  await expect(sharer.getByLabel("Your note")).toBeFocused();
  await expect(sharer.getByTestId("transfer")).toHaveCount(0);
  await sharer.keyboard.press("Escape");
  await expect(sharer.getByTestId("file-input")).toBeAttached();
});

test("a limit on the upload holds until it is taken away @once", async ({
  person,
  engines,
  folder,
}) => {
  const sharer = await person(engines.sharer);
  const link = await shareSlowly(sharer, folder, 10 * MB);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  const fromMs = Date.now();
  await pressDownload(leecher);
  await expect.poll(() => figure(leecher, "data-received-bytes")).toBeGreaterThan(MB);
  const seconds = (Date.now() - fromMs) / 1000;
  const receivedBytes = await figure(leecher, "data-received-bytes");
  expect(receivedBytes).toBeLessThan(BURST_BYTES + (seconds + 1) * SLOW.bytesPerSec);
  await limitUpload(sharer, "none");
  await waitPhase(leecher, "done");
});

test("the page shows where the pieces are, how people are reached, and its tab’s icon @once", async ({
  person,
  engines,
  folder,
}) => {
  const sharer = await person(engines.sharer);
  const link = await shareSlowly(sharer, folder, 20 * MB);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  const icon = leecher.locator('link[rel="icon"]');
  await expect(icon).toHaveAttribute("href", "/icon.svg");
  await pressDownload(leecher);
  await expect(leecher.getByRole("img", { name: /^Pieces: \d+% here, 100% with/ })).toBeVisible();
  await expect(icon).toHaveAttribute("href", /^data:image\/svg/);
  for (const page of [sharer, leecher]) {
    await expect(page.getByRole("listitem").filter({ hasText: "direct" })).toHaveCount(1);
  }
  await limitUpload(sharer, "none");
  await waitPhase(leecher, "done");
  await expect(icon).toHaveAttribute("href", /^data:image\/svg/);
  await expect(leecher.getByRole("img", { name: /^Pieces: 100% here/ })).toBeVisible();
  await expect(sharer.getByRole("img", { name: "Pieces: 100% with others" })).toBeVisible();
  await leecher.getByRole("link", { name: "Shoal, home" }).click();
  await expect(icon).toHaveAttribute("href", /\/icon\.svg$/);
});

/** Notifications that say themselves what they were told, and a page that can be out of view. */
function recordNotifications(): void {
  const told: string[] = [];
  class Recorded extends EventTarget {
    static readonly permission = "default";
    static readonly requestPermission = async () => "granted" as const;
    constructor(title: string, { body = "" }: NotificationOptions = {}) {
      super();
      told.push(`${title}: ${body}`);
    }
  }
  Object.assign(window, { Notification: Recorded, told, isHidden: false });
  Object.defineProperty(document, "visibilityState", {
    get: () => (Reflect.get(window, "isHidden") === true ? "hidden" : "visible"),
  });
}

test("whoever wishes is told when it’s done, unless they see it @once", async ({
  person,
  engines,
  folder,
}) => {
  const sharer = await person(engines.sharer);
  const link = await shareSlowly(sharer, folder, 20 * MB);
  const leechers = [await person(engines.leecher), await person(engines.leecher)];
  for (const [index, leecher] of leechers.entries()) {
    await leecher.addInitScript(recordNotifications);
    await openShare(leecher, link);
    await pressDownload(leecher);
    await leecher.getByRole("button", { name: "Tell me when it’s done" }).click();
    await expect(leecher.getByText("The browser will tell you when it’s done.")).toBeVisible();
    await leecher.evaluate((isHidden) => Object.assign(window, { isHidden }), index === 0);
  }
  await limitUpload(sharer, "none");
  for (const leecher of leechers) await waitPhase(leecher, "done");
  const [told, untold] = leechers.map((leecher) =>
    leecher.evaluate(() => Reflect.get(window, "told") as string[]),
  );
  expect(await told).toEqual(["film.bin: All there, every piece checked"]);
  expect(await untold).toEqual([]);
});
