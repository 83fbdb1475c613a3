/** The server away, or the whole network: what runs goes on, and the rest follows by itself. */
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startServer } from "../server.ts";
import { download, openShare, pressDownload, share } from "../steps.ts";
import { figure, saved, shareLink, waitPhase } from "../transfer.ts";
import { expectNoNotice, expectNotice } from "../trouble.ts";

const MB = 1_000_000;

test("a transfer outlives its server, and newcomers join when it is back @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  // The page may just be fetching the parts that it keeps.
  complaints.allow(/WebSocket|ws:|wss:|Failed to load resource/);
  const size = 40 * MB;
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, size);
  let server = await startServer();
  try {
    const { port } = new URL(server.url);
    const sharer = await person(engines.sharer);
    const link = await share(sharer, file, server.url);
    const leecher = await person(engines.leecher);
    await openShare(leecher, link);
    const copy = saved(leecher, () => pressDownload(leecher), 80_000);
    await expect(leecher.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow", "0");
    await server.stop();
    expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size);
    await expectNotice(leecher, "without-server");
    await expectNotice(sharer, "without-server");
    expect(await copy).toMatchObject({ size, sha256 });
    await waitPhase(leecher, "done");
    await expectNotice(leecher, "without-server");

    server = await startServer({ PORT: port });
    await expectNoNotice(leecher, "without-server");
    await expectNoNotice(sharer, "without-server");
    await openShare(await person(engines.leecher), link);
  } finally {
    await server.stop();
  }
});

test("a link opened while the server is away opens when it is back @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  // Chromium fetches the page's icon anew whenever its address changes.
  complaints.allow(/WebSocket|ws:|wss:|Failed to load resource: net::ERR_CONNECTION_REFUSED/);
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 1 * MB);
  let server = await startServer();
  try {
    const { port } = new URL(server.url);
    const sharer = await person(engines.sharer);
    const link = await share(sharer, file, server.url);
    const leecher = await person(engines.leecher);
    await leecher.goto(server.url, { waitUntil: "networkidle" });
    await server.stop();
    await expectNotice(sharer, "server-unreachable");
    // The page is already there: only what follows its # changes.
    const field = leecher.getByLabel("Got a link?");
    await field.fill(link);
    await field.press("Enter");
    await expectNotice(leecher, "server-unreachable");
    await waitPhase(leecher, "connecting");
    await expectAccessible(leecher, "connecting");

    server = await startServer({ PORT: port });
    await waitPhase(leecher, "ready", 45_000);
    await expectNoNotice(leecher, "server-unreachable");
    expect(await download(leecher)).toMatchObject({ sha256 });
  } finally {
    await server.stop();
  }
});

test("a page that loaded only in part while the server went away shares all the same @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/./); // Each engine has its own words for a script that doesn't load.
  const file = path.join(folder, "song.bin");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  await sharer.route(/\/assets\/main-.*\.js$/, (route) => route.abort(), { times: 1 });
  await sharer.goto("/", { waitUntil: "networkidle" });
  await sharer.getByTestId("file-input").setInputFiles(file);
  await waitPhase(sharer, "sharing");
  await shareLink(sharer);

  const visitor = await person(engines.leecher);
  const part = /\/assets\/shares-.*\.js$/;
  await visitor.route(part, (route) => route.abort());
  await visitor.goto("/#shares");
  await expect(visitor.getByText("hasn’t kept it yet")).toBeVisible();
  await expectAccessible(visitor, "part of the page is missing");
  await visitor.unroute(part);
  await visitor.getByRole("button", { name: "Try again" }).click();
  await expect(visitor.getByRole("heading", { name: "My shares" })).toBeVisible();
});

test("a device that goes offline says so, and that it is back @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|wss:|ERR_INTERNET_DISCONNECTED/);
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 1 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await leecher.context().setOffline(true);
  await expectNotice(leecher, "offline");
  await leecher.context().setOffline(false);
  await expectNoNotice(leecher, "offline");
  await expectNoNotice(leecher, "server-unreachable");
  expect(await download(leecher)).toMatchObject({ sha256 });
});
