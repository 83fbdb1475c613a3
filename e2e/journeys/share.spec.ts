/** The main job: someone shares by a link, others get the same bytes. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { figure, saved, shareLink, waitPhase } from "../transfer.ts";

const MB = 1_000_000;

test("one file of 50 MB arrives as it was @cross", async ({ person, engines, folder }) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 50 * MB);
  const sharer = await person(engines.sharer, { disk: true });
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(file);
  await waitPhase(sharer, "sharing");
  const link = await shareLink(sharer);

  const leecher = await person(engines.leecher, { disk: true });
  await leecher.goto(link);
  await waitPhase(leecher, "ready");
  expect(await figure(leecher, "data-received-bytes")).toBe(0);
  const copy = await saved(leecher, () => leecher.getByTestId("download").click());
  await waitPhase(leecher, "done");
  expect(copy).toMatchObject({ name: "film.bin", size: 50 * MB, sha256 });
  expect(await figure(leecher, "data-verified-bytes")).toBe(50 * MB);
  await expect(leecher.getByRole("progressbar").first()).toHaveAttribute("aria-valuenow", "100");
});
