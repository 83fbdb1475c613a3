/** The page without its server: it opens from the browser's cache, with what was fetched. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { waitAppKept, waitNoted, waitNotedAsDone } from "../kept.ts";
import { startServer } from "../server.ts";
import {
  download,
  leaveRing,
  limitUpload,
  mayLeave,
  openShare,
  pressDownload,
  pressSave,
  share,
} from "../steps.ts";
import { figure, waitPhase } from "../transfer.ts";
import { expectNoNotice, expectNotice } from "../trouble.ts";

const MB = 1_000_000;

test("a page whose server was killed opens with everything, and goes on once it is back @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|wss:|ERR_CONNECTION_REFUSED|ServiceWorker/);
  const song = path.join(folder, "song.bin");
  const film = path.join(folder, "film.bin");
  const sha256 = await randomFile(song, 1 * MB);
  const filmSize = 20 * MB;
  await randomFile(film, filmSize);
  let server = await startServer();
  try {
    const { port } = new URL(server.url);
    const singer = await person(engines.sharer);
    const songLink = await share(singer, song, server.url);
    const sharer = await person(engines.sharer);
    const filmLink = await share(sharer, film, server.url);
    await limitUpload(sharer, "1.0 MB/s");
    const leecher = await person(engines.leecher);
    await leaveRing(leecher);
    mayLeave(leecher);
    await openShare(leecher, songLink);
    await download(leecher);
    await waitNotedAsDone(leecher);
    await singer.close();
    await waitAppKept(leecher);
    const half = await leecher.context().newPage();
    mayLeave(half);
    await openShare(half, filmLink);
    await pressDownload(half);
    await expect.poll(() => figure(half, "data-verified-bytes")).toBeGreaterThan(2 * MB);
    await waitNoted(half, 0.1);

    await server.kill();
    await leecher.reload();
    await waitPhase(leecher, "done");
    await expectNotice(leecher, "server-unreachable");
    expect(await pressSave(leecher)).toMatchObject({ sha256 });
    await leecher.goto(server.url);
    await expect(leecher.getByTestId("file-input")).toBeAttached();
    // Fetched only now, if it weren't here.
    await leecher.getByRole("link", { name: "My shares" }).press("Enter");
    await expect(leecher.getByRole("heading", { name: "My shares" })).toBeVisible();
    await expect(leecher.getByText("film.bin")).toBeVisible();

    await half.reload();
    await expectNotice(half, "server-unreachable");
    await expect.poll(() => figure(half, "data-verified-bytes")).toBeGreaterThan(2 * MB);
    expect(await figure(half, "data-verified-bytes")).toBeLessThan(filmSize);
    await limitUpload(sharer, "none");
    server = await startServer({ PORT: port });
    await expectNoNotice(half, "server-unreachable");
    await waitPhase(half, "done", 60_000);
    expect(await figure(half, "data-verified-bytes")).toBe(filmSize);
  } finally {
    await server.stop();
  }
});
