/**
 * Sharers that cheat, and a page that broke. Whoever is cheated has the shipped build; a cheat has it
 * with a few lines before its worker's script, or meddles with what its browser keeps.
 */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { withoutServiceWorker } from "../kept.ts";
import { download, mayLeave, openShare, pressDownload, share } from "../steps.ts";
import { figure, saved, transfer, waitPhase } from "../transfer.ts";
import { expectTrouble } from "../trouble.ts";

const SIZE = 3_000_000;
const WORKER = /\/assets\/main-[^/]*\.js$/;

test("who signs two contents for one place is found out, and everybody is told @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "offer.bin");
  await randomFile(file, SIZE, "first");
  const cheat = await person(engines.sharer);
  mayLeave(cheat);
  const link = await share(cheat, file);
  const early = await person(engines.leecher);
  await openShare(early, link);
  await download(early);
  await cheat.goto("about:blank");

  // It forgets what it has signed, and goes on with something else of the same size.
  await cheat.goto("/");
  await cheat.evaluate(forgetSigned);
  await randomFile(file, SIZE, "second");
  await cheat.goto(link);
  await waitPhase(cheat, "paused");
  await cheat.getByTestId("file-input").setInputFiles(file);
  await waitPhase(cheat, "sharing");
  await expect(transfer(cheat)).toHaveAttribute("data-hashed-bytes", `${SIZE}`);

  // Whoever asks both finds it, and tells the others.
  const late = await person(engines.leecher);
  await openShare(late, link);
  await pressDownload(late);
  await expectTrouble(late, "contradiction");
  await expectTrouble(early, "contradiction");
  expect(await figure(late, "data-verified-bytes")).toBeLessThan(SIZE);
});

/** Removes the signed pages of this browser's shares; their keys stay. */
async function forgetSigned(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open("shoal");
    opening.addEventListener("error", () => reject(new Error("no database")));
    opening.addEventListener("success", () => {
      const change = opening.result.transaction("pages", "readwrite");
      change.objectStore("pages").clear();
      change.addEventListener("complete", () => {
        opening.result.close();
        resolve();
      });
    });
  });
}

/** Where an honest page writes a name, this one writes bytes that are no text. */
const NO_TEXT = `{
  const { encode } = TextEncoder.prototype;
  TextEncoder.prototype.encode = function (text) {
    return text === "harmless.txt" ? Uint8Array.of(0xff, 0xfe, 0xff) : encode.call(this, text);
  };
}
`;

test("a signed list of files that breaks the rules is refused as a whole @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "harmless.txt");
  await randomFile(file, 1000);
  const cheat = await person(engines.sharer);
  await before(cheat, NO_TEXT);
  const link = await share(cheat, file);
  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await expectTrouble(leecher, "manifest-refused");
});

/** Puts a few lines before the worker's script of a page. */
async function before(page: Page, lines: string): Promise<void> {
  await withoutServiceWorker(page);
  await page.route(WORKER, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: lines + (await answer.text()) });
  });
}

test("a page whose parts are no longer on the server says that it’s our fault, and loading it again helps @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/Failed to load resource/);
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, SIZE);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  // A newer version took its place meanwhile.
  await leecher.route(WORKER, (route) => route.fulfill({ status: 404, body: "" }));
  await leecher.goto(link);
  await expectTrouble(leecher, "internal");
  await leecher.unroute(WORKER);
  await leecher.getByRole("button", { name: "Load the page again" }).click();
  await waitPhase(leecher, "ready");
  expect(await saved(leecher, () => pressDownload(leecher))).toMatchObject({ sha256 });
});
