/** A share that its sharer ends: for those in the middle, those who are done, those who come later. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, downloadAndPause, endShare, openShare, pressSave, share } from "../steps.ts";
import { figure, waitPhase } from "../transfer.ts";
import { ENDED, expectEnded } from "../trouble.ts";

const MB = 1_000_000;

test("a share that its sharer ends is over for everyone, and what is complete stays @once", async ({
  person,
  engines,
  folder,
}) => {
  const size = 80 * MB; // Some seconds' worth: pages show figures once a second.
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, size);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const done = await person(engines.leecher);
  await openShare(done, link);
  await download(done);
  await waitPhase(done, "done");
  const midway = await person(engines.leecher);
  await openShare(midway, link);
  await downloadAndPause(midway);

  // The question first: whoever thinks better of it goes on sharing.
  await sharer.getByTestId("stop").click();
  await sharer.getByRole("dialog").getByRole("button", { name: "Keep sharing" }).click();
  await waitPhase(sharer, "sharing");
  await endShare(sharer);
  await expectEnded(sharer, ENDED.own);

  await expectEnded(midway, ENDED.bySharer);
  expect(await figure(midway, "data-verified-bytes")).toBeLessThan(size);
  await expect(midway.getByTestId("save")).toHaveCount(0);

  await expectEnded(done, ENDED.bySharer);
  expect(await pressSave(done)).toMatchObject({ sha256 });

  // The word is passed on by those who have heard it, also when the sharer is gone.
  await sharer.close();
  const late = await person(engines.leecher);
  await late.goto(link);
  await expectEnded(late, ENDED.bySharer);
});
