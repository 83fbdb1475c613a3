/** Storage that is too small, fills up or breaks: at the start, in the middle, at the end. */
import type { Page } from "@playwright/test";
import { statSync } from "node:fs";
import { readdir, truncate } from "node:fs/promises";
import path from "node:path";
import { entriesOf } from "../archive.ts";
import type { Engine } from "../browsers.ts";
import { randomFile, sparseFile, tree } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import type { PersonOptions } from "../fixtures.ts";
import { damage, waitNotedAsDone } from "../kept.ts";
import type { Damage, JournalPart } from "../kept.ts";
import { SmallDisk } from "../small-disk.ts";
import { download, openShare, pressDownload, pressSave, share } from "../steps.ts";
import { figure, saved, waitPhase } from "../transfer.ts";
import { expectNoNotice, expectNotice, expectTrouble } from "../trouble.ts";

const MB = 1_000_000;

test("a share that is larger than the browser’s storage is refused before it starts @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "huge.bin");
  await sparseFile(file, 12_000 * MB);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await pressDownload(leecher);
  await expectTrouble(leecher, "no-space");
  expect(await figure(leecher, "data-received-bytes")).toBe(0);
  await leecher.getByRole("button", { name: "Try again" }).click();
  await expectTrouble(leecher, "no-space"); // There is no more room than before.
});

test("a disk that fills up pauses the download, which goes on when there is room @once", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(process.getuid?.() !== 0, "a disk of its own is mounted, which is for root");
  test.slow();
  const size = 40 * MB;
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, size);
  const link = await share(await person(engines.sharer), file);
  const disks: SmallDisk[] = [];
  const leecher = await person(engines.leecher, {
    prepare: async (profile) => {
      disks.push(await SmallDisk.under(profile, engines.leecher, 100 * MB));
    },
  });
  try {
    await openShare(leecher, link);
    const copy = saved(leecher, () => pressDownload(leecher), 80_000);
    await expect(leecher.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow", "0");
    for (const disk of disks) await disk.fill();
    await waitPhase(leecher, "paused");
    await expectNotice(leecher, "disk-full");
    const held = await figure(leecher, "data-verified-bytes");
    expect(held).toBeLessThan(size);
    // What is here is passed on meanwhile.
    const late = await person(engines.leecher);
    await openShare(late, link);
    expect(await download(late)).toMatchObject({ sha256 });
    await expect.poll(() => figure(leecher, "data-sent-bytes")).toBeGreaterThan(0);
    await expectNotice(leecher, "disk-full");

    for (const disk of disks) await disk.free();
    expect(await copy).toMatchObject({ sha256 }); // Nobody presses anything.
    await expectNoNotice(leecher, "disk-full");
    expect(await figure(leecher, "data-received-bytes")).toBeLessThan(size + 20 * MB);
  } finally {
    for (const disk of disks) await disk.remove();
  }
});

test("a disk that can’t be written any more says so, and the next try finds it mended @once", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(process.getuid?.() !== 0, "a disk of its own is mounted, which is for root");
  const file = path.join(folder, "song.bin");
  const sha256 = await randomFile(file, 3 * MB);
  const link = await share(await person(engines.sharer), file);
  const disks: SmallDisk[] = [];
  const leecher = await person(engines.leecher, {
    prepare: async (profile) => {
      disks.push(await SmallDisk.under(profile, engines.leecher, 50 * MB));
    },
  });
  try {
    await openShare(leecher, link);
    for (const disk of disks) await disk.protect(true);
    await pressDownload(leecher);
    await expectTrouble(leecher, "storage-failed");
    for (const disk of disks) await disk.protect(false);
    const again = () => leecher.getByRole("button", { name: "Try again" }).click();
    expect(await saved(leecher, again)).toMatchObject({ sha256 });
  } finally {
    for (const disk of disks) await disk.remove();
  }
});

test("a full disk is given room by what was finished before @soak", async ({
  person,
  engines,
  folder,
}) => {
  test.skip(process.getuid?.() !== 0, "a disk of its own is mounted, which is for root");
  const [first, second] = [path.join(folder, "first.bin"), path.join(folder, "second.bin")];
  await randomFile(first, 40 * MB);
  const sha256 = await randomFile(second, 20 * MB);
  const firstLink = await share(await person(engines.sharer), first);
  const secondLink = await share(await person(engines.sharer), second);
  const disks: SmallDisk[] = [];
  const leecher = await person(engines.leecher, {
    prepare: async (profile) => {
      disks.push(await SmallDisk.under(profile, engines.leecher, 100 * MB));
    },
  });
  try {
    await openShare(leecher, firstLink);
    await download(leecher);
    await waitNotedAsDone(leecher);
    for (const disk of disks) await disk.fill(10 * MB);
    await openShare(leecher, secondLink);
    expect(await download(leecher)).toMatchObject({ sha256 });
    await openShare(leecher, firstLink); // It isn't kept any longer.
    expect(await figure(leecher, "data-verified-bytes")).toBe(0);
  } finally {
    for (const disk of disks) await disk.remove();
  }
});

/** A browser whose storage for this site holds the share below, but not its ZIP as well. */
const LITTLE_STORAGE: Record<Engine, PersonOptions> = {
  chromium: { disk: true }, // Set below: it can be had while the browser runs.
  // In KiB, for all sites; one of them may have a fifth, and 10 MiB at least.
  firefox: { preferences: { "dom.quotaManager.temporaryStorage.fixedLimit": 40 * 1024 } },
};

test("a ZIP that finds no room loses nothing @once", async ({ person, engines, folder }) => {
  const hashes = await tree(folder, { "a.bin": 5 * MB, "b.bin": 3 * MB });
  const files = [...hashes.keys()].map((name) => path.join(folder, name));
  const link = await share(await person(engines.sharer), files);
  const leecher = await person(engines.leecher, LITTLE_STORAGE[engines.leecher]);
  await openShare(leecher, link);
  // Chromium counts room in powers of two: the files take 12 MiB, their ZIP 8 more.
  const setQuota = await quotaSetter(leecher, engines.leecher);
  await setQuota(18 * MB);
  await pressDownload(leecher);
  await waitPhase(leecher, "done");
  await expectNotice(leecher, "save-failed");

  await setQuota(null);
  const again = leecher.getByRole("button", { name: "Save again" });
  if (engines.leecher === "chromium") {
    expect(await entriesOf((await saved(leecher, () => again.click())).path)).toEqual(hashes);
  } else {
    await again.click(); // There is no more room than before.
    await expectNotice(leecher, "save-failed");
  }
  for (const [name, sha256] of hashes) {
    const one = leecher.getByRole("button", { name: `Save ${name}` });
    expect(await saved(leecher, () => one.click())).toMatchObject({ name, sha256 });
  }
  await expectNoNotice(leecher, "save-failed");
});

/** Sets the bytes that Chromium gives the page's site; null for as many as usual. */
async function quotaSetter(
  page: Page,
  engine: Engine,
): Promise<(quotaSize: number | null) => Promise<void>> {
  if (engine !== "chromium") return async () => {};
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  return async (quotaSize) => {
    const quota = quotaSize === null ? {} : { quotaSize };
    await session.send("Storage.overrideQuotaForOrigin", { origin, ...quota });
  };
}

/** Where in its profile a browser keeps the files of pages. */
const KEPT_IN: Record<Engine, string> = {
  chromium: "Default/File System",
  firefox: "storage/default",
};

test("pieces that the disk has lost are not passed on, and fetched again", async ({
  person,
  engines,
  folder,
}) => {
  test.slow();
  const file = path.join(folder, "film.bin");
  const size = 10 * MB;
  const sha256 = await randomFile(file, size);
  const link = await share(await person(engines.sharer), file);
  const first = await person(engines.leecher, { disk: true });
  await openShare(first, link);
  await download(first);
  await waitPhase(first, "done");
  const kept = path.join(profileOf(first), KEPT_IN[engines.leecher]);
  expect(await emptyFiles(kept, size)).toBe(1);

  const second = await person(engines.leecher);
  await openShare(second, link);
  expect(await download(second)).toMatchObject({ sha256 });
  expect(await pressSave(first)).toMatchObject({ sha256 });
  await waitPhase(first, "done");
  const received = await figure(first, "data-received-bytes");
  expect(received).toBeLessThanOrEqual(2.1 * size); // In an endgame a block may come twice.
});

/** Empties every file of this size, as a repair of a damaged disk does. @returns How many. */
async function emptyFiles(folder: string, size: number): Promise<number> {
  let count = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // The browser is running: a file may be gone since it was listed.
    const found = entry.isFile() && statSync(file, { throwIfNoEntry: false });
    if (!found || found.size !== size) continue;
    await truncate(file, 0);
    count++;
  }
  return count;
}

/** Pieces of the share below: a part of it too small for these not to be told apart. */
const DAMAGED_PIECES = 2;

const JOURNALS_DAMAGE: readonly [JournalPart, Damage][] = [
  ["held", { kind: "overwrite", at: 0, sizeBytes: 3 }],
  ["held", { kind: "cut", sizeBytes: 0 }],
  ["held", { kind: "remove" }],
  ["pages", { kind: "overwrite", at: 0, sizeBytes: 200 }],
  ["pages", { kind: "remove" }],
  ["manifest", { kind: "overwrite", at: 10, sizeBytes: 20 }],
  ["manifest", { kind: "cut", sizeBytes: 20 }],
  ["manifest", { kind: "remove" }],
];

test("whatever is damaged of the journal, what is on disk isn’t fetched again @once", async ({
  person,
  engines,
  folder,
}) => {
  test.slow();
  const file = path.join(folder, "film.bin");
  const size = 10 * MB;
  const sha256 = await randomFile(file, size);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  for (const [part, how] of JOURNALS_DAMAGE) {
    await waitNotedAsDone(leecher);
    await leecher.goto("/");
    await damage(leecher, part, how);
    await leecher.goto(link);
    await test.step(`${part}: ${how.kind}`, () => waitPhase(leecher, "done"));
    expect(await figure(leecher, "data-verified-bytes")).toBe(size);
    expect(await figure(leecher, "data-received-bytes")).toBe(0);
  }
  expect(await pressSave(leecher)).toMatchObject({ sha256 });
});

for (const journal of ["whole", "damaged"] as const) {
  test(`pieces that are damaged on disk are fetched again alone, the journal being ${journal} @once`, async ({
    person,
    engines,
    folder,
  }) => {
    const file = path.join(folder, "film.bin");
    const size = 10 * MB;
    const sha256 = await randomFile(file, size);
    const link = await share(await person(engines.sharer), file);
    const leecher = await person(engines.leecher);
    await openShare(leecher, link);
    await download(leecher);
    await waitNotedAsDone(leecher);
    await leecher.goto("/");
    for (const at of [1 * MB, 7 * MB]) {
      await damage(leecher, "0", { kind: "overwrite", at, sizeBytes: 1 });
    }
    if (journal === "damaged") await damage(leecher, "held", { kind: "remove" });
    await leecher.goto(link);
    await waitPhase(leecher, "done");

    // Neither who asks for the pieces nor who saves them gets a wrong byte.
    const other = await person(engines.leecher);
    await openShare(other, link);
    expect(await download(other)).toMatchObject({ sha256 });
    expect(await pressSave(leecher)).toMatchObject({ sha256 });
    await waitPhase(leecher, "done");
    const received = await figure(leecher, "data-received-bytes");
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThanOrEqual((size * DAMAGED_PIECES) / 20);
  });
}

/**
 * What stands before a worker's script: of writes as long as a piece, three write a half of it, and
 * say so as browsers do, in the number that they return.
 */
const SILENT_FAILURES = `{
  const { write } = FileSystemSyncAccessHandle.prototype;
  let count = 0;
  FileSystemSyncAccessHandle.prototype.write = function (bytes, options) {
    const isShort = bytes.length >= 65536 && ++count % 40 === 0 && count <= 120;
    const part = isShort ? bytes.subarray(0, bytes.length / 2) : bytes;
    return write.call(this, part, options);
  };
}`;

test("writes that fail without a word spoil nothing @soak", async ({ person, engines, folder }) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 10 * MB);
  const link = await share(await person(engines.sharer), file);
  const leecher = await person(engines.leecher);
  await leecher.route(/\/assets\/main-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${SILENT_FAILURES}\n${await response.text()}` });
  });
  await openShare(leecher, link);
  const copy = saved(leecher, () => pressDownload(leecher), 80_000);
  await expectNotice(leecher, "disk-full"); // Which such a write mostly means.
  expect(await copy).toMatchObject({ sha256 }); // It goes on by itself.
});
