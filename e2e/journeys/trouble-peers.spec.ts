/** Links where nobody is, and peers that vanish: the page waits, says so, and goes on by itself. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { openDetour } from "../detour.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, mayLeave, openShare, pressDownload, share } from "../steps.ts";
import { figure, saved, transfer, waitPhase } from "../transfer.ts";
import { expectNotice } from "../trouble.ts";

const MB = 1_000_000;

test("a link where nobody is waits, and goes on when someone comes @once", async ({
  person,
  engines,
  folder,
  server,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|wss:/); // Those of the one whose way to the server is cut.
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 2 * MB);
  const detour = await openDetour(server.url);
  try {
    const sharer = await person(engines.sharer);
    const link = await share(sharer, file);
    const helper = await person(engines.leecher);
    await openShare(helper, detour.url + link.slice(link.indexOf("/#")));
    await download(helper);
    detour.cut();
    await expectNotice(helper, "without-server");
    await sharer.close();

    const leecher = await person(engines.leecher);
    await leecher.goto(link);
    await waitPhase(leecher, "waiting");
    await expectWords(
      leecher,
      "Nobody with these files is here",
      "This page goes on by itself as soon as someone comes.",
      "Keep it open, and ask whoever sent the link to open it too.",
    );
    // Download can be pressed now, for later.
    const copy = saved(leecher, () => pressDownload(leecher), 60_000);
    await expect(leecher.getByTestId("stop")).toBeVisible();
    expect(await transfer(leecher).getAttribute("data-phase")).toBe("waiting");
    detour.mend();
    expect(await copy).toMatchObject({ sha256 });
    await waitPhase(leecher, "done");
  } finally {
    await detour.close();
  }
});

test("a sharer that vanishes midway leaves others waiting, not stuck @once", async ({
  person,
  engines,
  folder,
}) => {
  const size = 40 * MB;
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, size);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const helper = await person(engines.leecher);
  mayLeave(helper);
  await openShare(helper, link);
  await download(helper);
  await helper.goto("about:blank");

  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  const copy = saved(leecher, () => pressDownload(leecher), 80_000);
  await expect(leecher.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow", "0");
  await sharer.close();
  await waitPhase(leecher, "waiting", 45_000);
  await expectWords(leecher, "goes on by itself as soon as", "Keep this page open");
  expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size);
  await helper.goto(link);
  expect(await copy).toMatchObject({ size, sha256 });
});

/** Expects these words to be in view. */
async function expectWords(page: Page, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await expect(transfer(page).getByText(text)).toBeVisible();
}
