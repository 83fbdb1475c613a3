/** Who opens a link chooses which of the files to fetch. */
import path from "node:path";
import { entriesOf } from "../archive.ts";
import { expectAccessible } from "../axe.ts";
import { tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { waitNoted } from "../kept.ts";
import { chooseFolder, downloadAndPause, mayLeave, openShare, pressSave } from "../steps.ts";
import { figure, saved, shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
const SIZES = {
  "trip/film.bin": 24 * MB,
  "trip/day 1/a.bin": 3 * MB,
  "trip/day 1/b.bin": 2 * MB,
  "trip/notes.txt": 1_000,
};

test("two of four files are fetched, through a reload, and the others later @once", async ({
  person,
  engines,
  folder,
}) => {
  const hashes = await tree(folder, SIZES);
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  const names = Object.keys(SIZES).map((name) => name.slice("trip/".length));
  await chooseFolder(sharer, path.join(folder, "trip"), names);
  await waitPhase(sharer, "sharing");
  const leecher = await person(engines.leecher);
  mayLeave(leecher);
  await openShare(leecher, await shareLink(sharer));
  const button = leecher.getByTestId("download");
  const box = (name: string) => leecher.getByRole("checkbox", { name, exact: true });

  await expect(button).toHaveText("Download");
  await leecher.getByRole("button", { name: "None", exact: true }).click();
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription("Tick at least one file in the list.");
  await box("Fetch film.bin").focus();
  await leecher.keyboard.press("Space");
  await box("Fetch the folder day 1").check();
  await box("Fetch b.bin").uncheck();
  await expect(button).toHaveText("Download 2 of 4 files · 27.0 MB");
  await expectAccessible(leecher, "ready, some files chosen");
  const isHalf = (name: string) =>
    box(name).evaluate((input) => input instanceof HTMLInputElement && input.indeterminate);
  expect(await isHalf("Fetch the folder trip")).toBe(true);
  await expect.poll(() => figure(leecher, "data-total-bytes")).toBe(27 * MB);

  await downloadAndPause(leecher);
  await waitNoted(leecher);
  await leecher.reload();
  const zip = await saved(leecher, async () => {
    await waitPhase(leecher, "done", 60_000); // Nobody presses anything.
    await leecher.getByTestId("save").click();
  });
  const chosen = ["trip/film.bin", "trip/day 1/a.bin"];
  expect(Object.fromEntries(await entriesOf(zip.path))).toEqual(
    Object.fromEntries(chosen.map((name) => [name, hashes.get(name)])),
  );
  expect(await figure(leecher, "data-total-bytes")).toBe(27 * MB);
  expect(await figure(leecher, "data-verified-bytes")).toBe(27 * MB);
  await expect.poll(() => figure(sharer, "data-sent-bytes")).toBeLessThan(28 * MB);
  await expect(sharer.getByText("Nobody else has all of it yet.")).toBeVisible();
  await expect(box("Fetch film.bin")).toHaveCount(0);

  await leecher.getByRole("button", { name: "All", exact: true }).click();
  await expect(button).toHaveText("Download 2 more files · 2.0 MB");
  const all = await saved(leecher, () => button.click());
  expect(await entriesOf(all.path)).toEqual(hashes);
  await waitPhase(leecher, "done");
  expect(await figure(leecher, "data-total-bytes")).toBe(29 * MB + 1_000);
  expect(await entriesOf((await pressSave(leecher)).path)).toEqual(hashes);
});
