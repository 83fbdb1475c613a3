/** The ring: with every server dead, who knows one peer of any share finds the peers of any other. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startServer } from "../server.ts";
import { entry, lookFor, publish } from "../catalogue.ts";
import { waitAppKept, waitNoted } from "../kept.ts";
import { limitUpload, mayLeave, openShare, pressDownload, pressSave, share } from "../steps.ts";
import { figure, transfer, waitPhase } from "../transfer.ts";

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

test("with every server dead a share is found by a word and fetched, over two hops and through a reload", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  test.slow();
  complaints.allow(/WebSocket|ws:|wss:|Failed to load resource|ServiceWorker|NetworkError/);
  const [note, film] = [path.join(folder, "note.bin"), path.join(folder, "film.bin")];
  await randomFile(note, 1000);
  const size = 20 * MB;
  const sha256 = await randomFile(film, size);
  const server = await startServer({ CATALOGUE: "on" });
  try {
    const people: Page[] = [];
    for (let index = 0; index < BROWSERS; index++) people.push(await person(engines.leecher));
    await Promise.all(people.map(narrow));
    const [sharer, ...others] = people as [Page, ...Page[]];
    const known = await share(sharer, note, server.url);
    await Promise.all(others.map((page) => openShare(page, known)));
    // In a tab of its own: the browser's place in the ring is the first tab's.
    const second = await sharer.context().newPage();
    const link = await share(second, film, server.url);
    await publish(second, "Harbour lights");
    await limitUpload(second, "1.0 MB/s");
    await Promise.all(people.map(waitAppKept));
    // One on each side, once those that were needed to come so far are let go of.
    const settled = { timeout: 40_000 };
    for (const page of people) await expect.poll(() => linkCount(page), settled).toBe(2);
    await server.kill();

    let newcomer = sharer;
    let hops = 0;
    for (const other of others) {
      newcomer = await other.context().newPage();
      mayLeave(newcomer);
      await newcomer.goto(link);
      await waitPhase(newcomer, "ready", 60_000);
      // None where the record lies in this browser itself.
      await expect(transfer(newcomer)).toHaveAttribute("data-ring-hops", /^\d+$/);
      hops = Number(await transfer(newcomer).getAttribute("data-ring-hops"));
      if (hops >= 2) break;
    }
    expect(hops).toBeGreaterThanOrEqual(2);
    await pressDownload(newcomer);
    await expect.poll(() => figure(newcomer, "data-verified-bytes")).toBeGreaterThan(1 * MB);
    await waitNoted(newcomer, 0.1);
    await newcomer.reload();
    await expect.poll(() => figure(newcomer, "data-peers"), { timeout: 30_000 }).toBeGreaterThan(0);
    await limitUpload(second, "none");
    await waitPhase(newcomer, "done", 60_000);
    expect(await pressSave(newcomer)).toMatchObject({ sha256 });

    const searching = await sharer.context().newPage();
    await lookFor(searching, "harbour", `${server.url}/`);
    await expect(entry(searching, "Harbour lights")).toBeVisible();
    await expect(searching.getByText("other people’s browsers")).toBeVisible();
  } finally {
    await server.stop();
  }
});
