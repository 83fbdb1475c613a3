/** Files that can't be shown, shares that end meanwhile, browsers that can't: each says so. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { sha256Of } from "../files.ts";
import { expect } from "../fixtures.ts";
import { withoutServiceWorker } from "../kept.ts";
import { mute, openFile, openOnly, test, viewer } from "../opened.ts";
import { endShare, openShare, pressDownload, share } from "../steps.ts";
import { saved, transfer } from "../transfer.ts";
import { seconds, seek, SOUND_BYTES_PER_SEC, soundFile } from "../sound.ts";

const MB = 1_000_000;

test("a film that the browser can't play says so, and can be saved", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.mkv");
  await writeFile(file, Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(9000)]));
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await openOnly(leecher);
  await expect(viewer(leecher).getByRole("alert")).toContainText("can’t show this file");
  const save = viewer(leecher).getByRole("button", { name: "Save" });
  const copy = await saved(leecher, () => save.click());
  expect(copy).toMatchObject({ name: "film.mkv", sha256: await sha256Of(file) });
});

test("when a share ends, what is here plays on, and the page says that the rest won't come @once", async ({
  person,
  engines,
  folder,
}) => {
  const size = 150 * MB;
  const file = path.join(folder, "concert.wav");
  await soundFile(file, size);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher, { disk: true });
  await mute(leecher);
  await openShare(leecher, link);
  await openOnly(leecher);
  const sound = viewer(leecher).locator("audio");
  await expect.poll(() => seconds(sound)).toBeGreaterThan(0.2);
  await endShare(sharer);
  await expect(transfer(leecher)).toHaveAttribute("data-phase", "ended");
  await expect(viewer(leecher).getByRole("alert")).toContainText("can’t come any more");
  const before = await seconds(sound);
  await expect.poll(() => seconds(sound)).toBeGreaterThan(before);
});

test("where the browser has no service worker there is nothing to open @once", async ({
  person,
  engines,
  folder,
}) => {
  const files = ["a.txt", "b.txt"].map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, "hello");
  const link = await share(await person(engines.sharer), files);
  const without = await person(engines.leecher);
  await withoutServiceWorker(without);
  await openShare(without, link);
  await expect(without.getByTitle("a.txt", { exact: true })).toBeVisible();
  await expect(without.getByRole("button", { name: /Open/ })).toHaveCount(0);

  // It has one, and doesn't let it start.
  const unwilling = await person(engines.leecher);
  await unwilling.addInitScript(() => {
    if (!("ServiceWorkerContainer" in globalThis)) return; // The blank page before has none.
    ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error("not here"));
  });
  await openShare(unwilling, link);
  await unwilling.getByRole("button", { name: "Open a.txt" }).click();
  await expect(viewer(unwilling).getByRole("alert")).toContainText("doesn’t let the page show");
});

test("nobody is here: the file is waited for, and shown when somebody comes @once", async ({
  person,
  engines,
  folder,
}) => {
  const files = ["a.txt", "b.txt"].map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, `hello from ${path.basename(file)}`);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, files);
  const first = await person(engines.leecher, { disk: true });
  await openShare(first, link);
  await pressDownload(first);
  await expect(transfer(first)).toHaveAttribute("data-phase", "done");
  const second = await person(engines.leecher);
  await openShare(second, link);
  await sharer.context().close();
  await first.goto("about:blank");
  await expect(transfer(second)).toHaveAttribute("data-peers", "0", { timeout: 45_000 });
  await second.getByRole("button", { name: "Open a.txt" }).click();
  await expect(viewer(second).getByRole("status")).toContainText("Nobody who has it is here");
  await first.goto(link);
  await expect(viewer(second)).toContainText("hello from a.txt", { timeout: 60_000 });
});

test("what plays goes on after the browser has stopped the service worker @once", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(engines.leecher !== "chromium", "only Chromium's can be stopped from outside");
  const size = 60 * MB;
  const files = ["a.wav", "b.txt"].map((name) => path.join(folder, name));
  await soundFile(files[0] ?? "", size);
  await writeFile(files[1] ?? "", "hello");
  const link = await share(await person(engines.sharer), files);
  const leecher = await person(engines.leecher, { disk: true });
  await mute(leecher);
  await openShare(leecher, link);
  await openFile(leecher, "a.wav");
  const sound = viewer(leecher).locator("audio");
  await expect.poll(() => seconds(sound)).toBeGreaterThan(0.2);
  const devTools = await leecher.context().newCDPSession(leecher);
  await devTools.send("ServiceWorker.enable");
  await devTools.send("ServiceWorker.stopAllWorkers");
  const far = (size / SOUND_BYTES_PER_SEC) * 0.9;
  await seek(sound, far);
  await expect.poll(() => seconds(sound)).toBeGreaterThan(far + 0.5);
});
