/** How much a share takes, and whether it fits: said before anything is fetched. */
import path from "node:path";
import { randomFile, tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, openShare, pressDownload, share } from "../steps.ts";
import { figure, waitPhase } from "../transfer.ts";
import { expectTrouble } from "../trouble.ts";

const MB = 1_000_000;

test("a window that keeps files in memory says so, and how much, before it starts", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", "Firefox’s private windows keep no files at all");
  await randomFile(path.join(folder, "a.bin"), 5 * MB);
  const link = await share(await person(engines.sharer), path.join(folder, "a.bin"));
  const [inMemory, onDisk] = [
    await person(engines.leecher),
    await person(engines.leecher, { disk: true }),
  ];
  await openShare(inMemory, link);
  const room = inMemory.getByTestId("room");
  await expect(room).toContainText("This looks like a private window");
  await expect(room).toContainText(/about [\d.]+ [MG]B at most/);
  expect(await figure(inMemory, "data-received-bytes")).toBe(0);

  await openShare(onDisk, link);
  await expect(onDisk.getByTestId("room")).toHaveText(/^Takes up to 10\.0 MB on this device/);
  await download(onDisk);
  await waitPhase(onDisk, "done");
  await expect(onDisk.getByTestId("room")).toHaveCount(0);
});

/** Runs in the page: notes where the download button is whenever something changes around it. */
function watchButton(): void {
  const tops = new Set<number>();
  Object.assign(window, { buttonTops: tops });
  new MutationObserver(() => {
    const button = document.querySelector('[data-testid="download"]');
    if (button !== null) tops.add(Math.round(button.getBoundingClientRect().top));
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

test("the button stays where it is when it is known how much there is room for", async ({
  person,
  engines,
  folder,
}) => {
  await randomFile(path.join(folder, "a.bin"), 5 * MB);
  const link = await share(await person(engines.sharer), path.join(folder, "a.bin"));
  const leecher = await person(engines.leecher, { disk: true });
  await leecher.addInitScript(watchButton);
  await openShare(leecher, link);
  await expect(leecher.getByTestId("room")).toHaveText(/^Takes up to/);
  const tops = await leecher.evaluate(() => [
    ...(window as unknown as { buttonTops: Set<number> }).buttonTops,
  ]);
  expect(tops).toHaveLength(1);
});

test("a disk that may be too small is told of, which is no refusal", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", "Firefox’s are below");
  const hashes = await tree(folder, { "a.bin": 5 * MB, "b.bin": 3 * MB });
  const files = [...hashes.keys()].map((name) => path.join(folder, name));
  const link = await share(await person(engines.sharer), files);
  const leecher = await person(engines.leecher, { disk: true });
  await leecher.goto("/"); // What is set below is forgotten by a page that comes from elsewhere.
  const session = await leecher.context().newCDPSession(leecher);
  const { origin } = new URL(link);
  const room = leecher.getByTestId("room");

  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 14 * MB });
  await openShare(leecher, link);
  await expect(room).toHaveAttribute("data-lack", "zip");
  await expect(room).toContainText("It takes up to 24.0 MB here");
  await expect(room).toContainText("the browser has too little room");
  await expect(room).toContainText("save them to a folder");

  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 6 * MB });
  await leecher.reload();
  await waitPhase(leecher, "ready");
  await expect(room).toHaveAttribute("data-lack", "files");
  await expect(room).toContainText("It may not fit.");
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await download(leecher); // What browsers say beforehand is a hint.
  await waitPhase(leecher, "done");
});

/**
 * 100 MiB for all sites of which one may have a fifth. Firefox asks the person before it keeps what
 * a page stores, which is then under no limit of its own: its tests' switch answers in their place.
 */
const LIMITED = {
  "dom.quotaManager.temporaryStorage.fixedLimit": 100 * 1024,
  "dom.storageManager.prompt.testing": true,
};

test("more than Firefox gives a site is told of, and fits where the person allows it", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "firefox", "Chromium asks nobody");
  const sha256 = await randomFile(path.join(folder, "a.bin"), 30 * MB);
  const link = await share(await person(engines.sharer), path.join(folder, "a.bin"));
  for (const isAllowed of [false, true]) {
    const preferences = { ...LIMITED, "dom.storageManager.prompt.testing.allow": isAllowed };
    const leecher = await person(engines.leecher, { preferences });
    await openShare(leecher, link);
    const room = leecher.getByTestId("room");
    await expect(room).toContainText(
      /takes up to 60\.0 MB here.* the browser has room for 2\d\.\d MB/,
    );
    await expect(room).toContainText("It may not fit.");
    if (isAllowed) {
      expect(await download(leecher)).toMatchObject({ sha256 });
    } else {
      await pressDownload(leecher);
      await expectTrouble(leecher, "no-space");
    }
  }
});
