/** One share in two tabs of a browser: one works, the other says so and takes over. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, openShare, pressSave, share } from "../steps.ts";
import { transfer, waitPhase } from "../transfer.ts";
import { expectTrouble } from "../trouble.ts";

const MB = 1_000_000;

test("a second tab of a share says so, and takes over when the first is closed", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 2 * MB);
  const link = await share(await person(engines.sharer), file);
  const first = await person(engines.leecher);
  await openShare(first, link);

  const second = await first.context().newPage();
  await second.goto(link);
  await expectTrouble(second, "second-tab");
  expect(await download(first)).toMatchObject({ sha256 });

  // What the first has fetched, the second goes on with.
  await first.close();
  await expect(transfer(second)).toHaveAttribute("data-phase", "done", { timeout: 30_000 });
  await expect(second.getByRole("alert")).toHaveCount(0);
  expect(await pressSave(second)).toMatchObject({ sha256 });
});

test("the sharer’s own link in a second tab says so, and others still get the files @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 2 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const second = await sharer.context().newPage();
  await second.goto(link);
  await expectTrouble(second, "second-tab");

  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  expect(await download(leecher)).toMatchObject({ sha256 });
  await waitPhase(leecher, "done");
  // Once the tab that shares is closed, the other offers to go on in its place.
  await sharer.close();
  await expect(transfer(second)).toHaveAttribute("data-phase", "paused", { timeout: 30_000 });
  await second.getByTestId("file-input").setInputFiles(file);
  await waitPhase(second, "sharing");
});
