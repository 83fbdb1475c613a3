/** A link that names two trackers: each is enough, and with both nobody is met twice. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startServer } from "../server.ts";
import type { Server } from "../server.ts";
import { download, openShare, share } from "../steps.ts";
import { startTls, TRUSTING } from "../tls.ts";
import { transfer, waitPhase } from "../transfer.ts";

const portOf = ({ url }: Server): string => new URL(url).port;

/** Downloads under a link, and holds one connection to each of so many others. */
async function joins(page: Page, link: string, sha256: string, others: number): Promise<void> {
  await openShare(page, link);
  expect(await download(page)).toMatchObject({ sha256 });
  await expect(transfer(page)).toHaveAttribute("data-peers", String(others));
}

test("of two trackers either may die, and newcomers still join; nobody is met twice @once", async ({
  person,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket connection to/, /Failed to load resource/);
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 3_000_000);
  let two = await startServer();
  const front = await startTls(folder, () => Number(portOf(two)));
  const one = await startServer({ TRACKERS: front.host });
  const newcomer = () => person("chromium", { args: TRUSTING });
  try {
    const sharer = await newcomer();
    const link = await share(sharer, file, one.url);
    await joins(await newcomer(), link, sha256, 1);
    await expect(transfer(sharer)).toHaveAttribute("data-peers", "1");

    await two.kill();
    await joins(await newcomer(), link, sha256, 2);

    two = await startServer();
    await one.kill();
    // The page comes from the other one as well: a link works on any host.
    const elsewhere = link.replace(one.url, `https://${front.host}`);
    await joins(await newcomer(), elsewhere, sha256, 3);
    await expect(transfer(sharer)).toHaveAttribute("data-peers", "3");
  } finally {
    await Promise.all([one.stop(), two.stop(), front.stop()]);
  }
});

test("where a link's own tracker is gone, two meet at one that another link had named to both @once", async ({
  person,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket connection to/, /Failed to load resource/);
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 100_000);
  const two = await startServer();
  const front = await startTls(folder, () => Number(portOf(two)));
  let one = await startServer({ TRACKERS: front.host });
  const newcomer = () => person("chromium", { args: TRUSTING });
  try {
    const [sharer, leecher] = [await newcomer(), await newcomer()];
    await openShare(leecher, await share(sharer, file, one.url));
    for (const page of [sharer, leecher]) {
      const remembered = () => page.evaluate(() => localStorage.getItem("shoal:trackers"));
      await expect.poll(remembered).toBe(JSON.stringify([front.host]));
    }
    await one.kill();
    one = await startServer({ PORT: portOf(one) });
    const link = await share(sharer, file, one.url);
    await leecher.goto(one.url);
    await one.kill();
    await leecher.getByLabel("Got a link?").fill(link);
    await leecher.getByLabel("Got a link?").press("Enter");
    await waitPhase(leecher, "ready");
    expect(await download(leecher)).toMatchObject({ sha256 });
  } finally {
    await Promise.all([one.stop(), two.stop(), front.stop()]);
  }
});
