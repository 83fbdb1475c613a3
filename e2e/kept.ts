/** What a page's site keeps on disk of the shares that it opened: what its journals say, and damage. */
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** The parts of a journal, each a file. */
export type JournalPart = "manifest" | "pages" | "held";

/** Behind the bits of `held` stands a checksum of so many bytes. */
const SUM_BYTES = 8;

/** A file of each share that is kept. */
function read(page: Page, name: "held" | "done"): Promise<number[][]> {
  return page.evaluate(async (file) => {
    const found: number[][] = [];
    const root = await navigator.storage.getDirectory();
    const shares = await root.getDirectoryHandle("shares");
    for await (const folder of shares.values()) {
      if (folder.kind !== "directory") continue;
      const handle = await folder.getFileHandle(file).catch(() => null);
      if (handle === null) continue;
      const content = await handle.getFile();
      found.push([...new Uint8Array(await content.arrayBuffer())]);
    }
    return found;
  }, name);
}

/** Of the share that is kept, or of that with the most: the part that is noted, or a little less; 0 to 1. */
async function notedPart(page: Page): Promise<number> {
  const parts = (await read(page, "held")).map((bytes) => {
    const bits = bytes.slice(0, -SUM_BYTES).map((byte) => byte.toString(2).padStart(8, "0"));
    return bits.join("").replaceAll("0", "").length / Math.max(1, bits.length * 8);
  });
  return Math.max(0, ...parts);
}

/** Waits until at least this part of the pieces is noted, whatever the page shows. */
export async function waitNoted(page: Page, part = 0.001): Promise<void> {
  // While a journal is being made there is no file yet.
  await expect.poll(() => notedPart(page).catch(() => 0)).toBeGreaterThanOrEqual(part);
}

/** Waits until a share is noted as finished. */
export async function waitNotedAsDone(page: Page): Promise<void> {
  const isDone = async (): Promise<boolean> =>
    (await read(page, "done")).some((bytes) => bytes.length > 0);
  await expect.poll(() => isDone().catch(() => false)).toBe(true);
}

export type Damage =
  | { readonly kind: "overwrite"; readonly at: number; readonly sizeBytes: number }
  | { readonly kind: "cut"; readonly sizeBytes: number }
  | { readonly kind: "remove" };

/**
 * Does damage to a file of the one share that is kept, as a disk would. No page may have it open.
 *
 * @param page Any of the site's.
 * @param name A part of the journal, or a shared file's number.
 */
export async function damage(page: Page, name: JournalPart | "0", how: Damage): Promise<void> {
  await page.evaluate(
    async ([file, done]) => {
      const root = await navigator.storage.getDirectory();
      const shares = await root.getDirectoryHandle("shares");
      for await (const folder of shares.values()) {
        if (folder.kind !== "directory") continue;
        if (done.kind === "remove") {
          await folder.removeEntry(file);
          continue;
        }
        const handle = await folder.getFileHandle(file);
        const writer = await handle.createWritable({ keepExistingData: true });
        if (done.kind === "cut") await writer.truncate(done.sizeBytes);
        else await writer.write({ type: "write", position: done.at, data: junk(done.sizeBytes) });
        await writer.close();
      }
      function junk(sizeBytes: number): Uint8Array<ArrayBuffer> {
        return new Uint8Array(sizeBytes).fill(0x5a);
      }
    },
    [name, how] as const,
  );
}

/** Waits until the app itself is kept, so that it opens without its server. */
export async function waitAppKept(page: Page): Promise<void> {
  // Of its files the page comes last, and only then the page's requests pass the service worker.
  const isKept = (): Promise<boolean> =>
    page.evaluate(
      async () =>
        navigator.serviceWorker.controller !== null && (await caches.match("/")) !== undefined,
    );
  await expect.poll(isKept, { timeout: 30_000 }).toBe(true);
}

/** The page fetches all of its parts itself: a journey puts others in their place. */
export async function withoutServiceWorker(page: Page): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "serviceWorker"));
}
