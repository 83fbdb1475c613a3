/** What axe says of the states of a page. Its rules know no engine: one will do. */
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile, tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, downloadAndPause, endShare, limitUpload, openShare, share } from "../steps.ts";
import { shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;

test("the home page is accessible, whatever is on it @once", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  await expectAccessible(page, "home");
  await page.getByRole("textbox").fill("no link");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("isn’t a whole Shoal link");
  await expectAccessible(page, "home, not a link");
  await page.getByRole("button", { name: "Write a note" }).click();
  await expectAccessible(page, "home, a note");
});

test("a share is accessible from its beginning to its end @once", async ({
  person,
  engines,
  folder,
}) => {
  test.slow();
  const file = path.join(folder, "film.bin");
  await randomFile(file, 20 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  await expectAccessible(sharer, "sharing, alone");
  await limitUpload(sharer, "250 kB/s");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await expectAccessible(leecher, "ready");
  await downloadAndPause(leecher);
  await expectAccessible(leecher, "paused");
  await leecher.getByTestId("resume").click();
  await waitPhase(leecher, "downloading");
  await expectAccessible(leecher, "downloading");
  await expectAccessible(sharer, "sharing");
  await limitUpload(sharer, "none");
  await waitPhase(leecher, "done");
  await expectAccessible(leecher, "done");
  await sharer.getByTestId("stop").click();
  await expectAccessible(sharer, "asked whether to end it");
  await sharer.getByRole("dialog").getByRole("button", { name: "Keep sharing" }).click();
  await endShare(sharer);
  await expectAccessible(sharer, "ended by oneself");
  await waitPhase(leecher, "ended");
  await expectAccessible(leecher, "ended");
});

test("a folder’s files, and nobody who has them, are accessible @once", async ({
  person,
  engines,
  folder,
}) => {
  await tree(folder, { "Trip/a.txt": 5000, "Trip/in/b.jpg": 60_000, "Trip/in/c.bin": 3 * MB });
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await sharer.getByTestId("folder-input").setInputFiles(path.join(folder, "Trip"));
  await waitPhase(sharer, "sharing");
  const link = await shareLink(sharer);
  await expectAccessible(sharer, "sharing a folder");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  await waitPhase(leecher, "done");
  await expectAccessible(leecher, "done, a folder");
  await sharer.context().close();
  await leecher.context().close();
  const late = await person(engines.leecher);
  await late.goto(link);
  await waitPhase(late, "waiting");
  await expectAccessible(late, "waiting");
});

test("a damaged link is accessible @once", async ({ person, engines }) => {
  const page = await person(engines.leecher);
  await page.goto("/#AQBcut");
  await waitPhase(page, "failed");
  await expectAccessible(page, "failed");
});
