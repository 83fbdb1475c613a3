/** The ring: with every server dead, who knows one peer of any share finds the peers of any other. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startServer } from "../server.ts";
import { download, openShare, share } from "../steps.ts";
import { transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** So many that in a ring of two links each some are two hops and more apart. */
const BROWSERS = 6;

/** Each browser keeps one link on each side, and a record lies in one place alone. */
async function narrow(page: Page): Promise<void> {
  const degree = JSON.stringify({ nearEachSide: 1, fingers: false, copies: 1 });
  await page.context().addInitScript((kept) => {
    if (location.protocol === "http:") localStorage.setItem("shoal:ring-degree", kept);
  }, degree);
}

const linkCount = async (page: Page): Promise<number> =>
  Number(await transfer(page).getAttribute("data-ring-links"));

test("a link of a share that nobody here was ever in is opened through the ring, over two hops", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  test.slow();
  complaints.allow(/WebSocket|ws:|wss:|Failed to load resource/);
  const [note, film] = [path.join(folder, "note.bin"), path.join(folder, "film.bin")];
  await randomFile(note, 1000);
  const sha256 = await randomFile(film, 1 * MB);
  const server = await startServer();
  try {
    const people: Page[] = [];
    for (let index = 0; index < BROWSERS; index++) people.push(await person(engines.leecher));
    await Promise.all(people.map(narrow));
    const [sharer, ...others] = people as [Page, ...Page[]];
    const known = await share(sharer, note, server.url);
    await Promise.all(others.map((page) => openShare(page, known)));
    for (const page of people) await expect.poll(() => linkCount(page)).toBeGreaterThanOrEqual(2);
    // In a tab of its own: the browser's place in the ring is the first tab's.
    const link = await share(await sharer.context().newPage(), film, server.url);
    const tabs = await Promise.all(others.map((page) => page.context().newPage()));
    await Promise.all(tabs.map((tab) => tab.goto(server.url)));
    await server.kill();

    let hops = 0;
    for (const tab of tabs) {
      await tab.goto(link);
      await waitPhase(tab, "ready", 60_000);
      hops = Number(await transfer(tab).getAttribute("data-ring-hops"));
      expect(hops).toBeGreaterThan(0);
      if (hops < 2) continue;
      expect(await download(tab)).toMatchObject({ sha256 });
      break;
    }
    expect(hops).toBeGreaterThanOrEqual(2);
  } finally {
    await server.stop();
  }
});
