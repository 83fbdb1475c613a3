/** A file is opened on the share's page, also before it has arrived; a stranger's bytes run nothing. */
import { createHash } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { expect } from "../fixtures.ts";
import { pdf, png } from "../media.ts";
import {
  answerOf,
  closeViewer,
  INERT,
  mute,
  openButton,
  openFile,
  openOnly,
  srcOf,
  test,
  viewer,
} from "../opened.ts";
import { seconds, seek, SOUND_BYTES_PER_SEC, soundFile } from "../sound.ts";
import { openShare, share } from "../steps.ts";
import { figure, transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;

test("a sound plays while it arrives, and seeking brings what is far ahead first @cross @once", async ({
  person,
  engines,
  folder,
}) => {
  const size = 150 * MB;
  const file = path.join(folder, "concert.wav");
  await soundFile(file, size);
  const link = await share(await person(engines.sharer, { disk: true }), file);
  const leecher = await person(engines.leecher, { disk: true });
  await mute(leecher);
  await openShare(leecher, link);
  await openOnly(leecher);
  const sound = viewer(leecher).locator("audio");
  await expect.poll(() => seconds(sound)).toBeGreaterThan(0.5);
  expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size);

  const far = (size / SOUND_BYTES_PER_SEC) * 0.9;
  await seek(sound, far);
  await expect.poll(() => seconds(sound)).toBeGreaterThan(far + 0.5);
  // In the file's order nothing of that place would be here yet.
  expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size * 0.85);

  // Byte by byte, across pieces and from a place that wasn't here before.
  const src = await srcOf(leecher, "audio");
  const start = 75 * MB + 12_345;
  const got = await leecher.evaluate(
    async ([url, range]) => {
      const response = await fetch(url, { headers: { Range: range } });
      const bytes = await response.arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      const contentRange = response.headers.get("Content-Range");
      return { status: response.status, contentRange, hash: [...hash] };
    },
    [src, `bytes=${start}-${start + 1_999_999}`] as const,
  );
  const part = Buffer.alloc(2 * MB);
  const handle = await open(file);
  await handle.read(part, 0, part.length, start);
  await handle.close();
  expect(got).toEqual({
    status: 206,
    contentRange: `bytes ${start}-${start + 1_999_999}/${size}`,
    hash: [...createHash("sha256").update(part).digest()],
  });
});

test("a file that is opened is fetched alone, and no longer than it is open @once", async ({
  person,
  engines,
  folder,
}) => {
  const small = path.join(folder, "a.txt");
  const large = path.join(folder, "b.wav");
  await writeFile(small, "hello\n".repeat(2000));
  await soundFile(large, 150 * MB);
  const link = await share(await person(engines.sharer), [small, large]);
  const leecher = await person(engines.leecher, { disk: true });
  await mute(leecher);
  await openShare(leecher, link);
  await openFile(leecher, "a.txt");
  await expect(viewer(leecher)).toContainText("hello");
  await expect(transfer(leecher)).toHaveAttribute("data-verified-bytes", "12000");
  await closeViewer(leecher);
  await expect(openButton(leecher, "a.txt")).toBeFocused();

  await openFile(leecher, "b.wav");
  await expect.poll(() => figure(leecher, "data-verified-bytes")).toBeGreaterThan(1 * MB);
  await expect(transfer(leecher)).toHaveAttribute("data-phase", "ready");
  await closeViewer(leecher);
  // What was under way still comes; then nothing does, which only time can tell.
  await expect(async () => {
    const before = await figure(leecher, "data-received-bytes");
    await leecher.waitForTimeout(1500);
    expect(await figure(leecher, "data-received-bytes")).toBe(before);
  }).toPass({ timeout: 20_000 });
  expect(await figure(leecher, "data-received-bytes")).toBeLessThan(150 * MB);

  // Nor after the page is loaded again: nobody has asked for all of it.
  await leecher.reload();
  await waitPhase(leecher, "ready");
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "1");
  await leecher.waitForTimeout(1500);
  expect(await figure(leecher, "data-received-bytes")).toBe(0);
  expect(await figure(leecher, "data-verified-bytes")).toBeGreaterThan(1 * MB);
});

test("a picture, a text and a PDF are shown, by whoever shares them too", async ({
  person,
  engines,
  folder,
}) => {
  const words = "Grüße, 你好 — <b>not bold</b>\n";
  const files = { "a.png": png(320, 200), "b.md": Buffer.from(words), "c.pdf": pdf("Hello") };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), content);
  }
  const names = Object.keys(files).map((name) => path.join(folder, name));
  const sharer = await person(engines.sharer);
  const link = await share(sharer, names);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  for (const page of [leecher, sharer]) {
    await openFile(page, "a.png");
    const picture = viewer(page).getByRole("img", { name: "a.png" });
    await expect
      .poll(() =>
        picture.evaluate((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0)),
      )
      .toBe(320);
    await expectAccessible(page, "a picture is open");
    await closeViewer(page);

    await openFile(page, "b.md");
    await expect(viewer(page).locator("pre")).toHaveText(words, { useInnerText: true });
    await expectAccessible(page, "a text is open");
    await closeViewer(page);

    await openFile(page, "c.pdf");
    expect(await answerOf(page, await srcOf(page, "iframe"))).toMatchObject({
      status: 200,
      headers: { ...INERT, "content-type": "application/pdf" },
    });
    await viewer(page).getByRole("button", { name: "Close" }).click();
    await expect(viewer(page)).toHaveCount(0);
  }
});
