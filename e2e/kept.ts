/** What a page's site keeps on disk of the shares that it opened, as its journals say. */
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** Bytes of a journal's file that aren't zero, over all shares that are kept. */
function countIn(page: Page, name: "held" | "done"): Promise<number> {
  return page.evaluate(async (file) => {
    let count = 0;
    const root = await navigator.storage.getDirectory();
    const shares = await root.getDirectoryHandle("shares");
    for await (const folder of shares.values()) {
      if (folder.kind !== "directory") continue;
      const found = await (await folder.getFileHandle(file)).getFile();
      for (const byte of new Uint8Array(await found.arrayBuffer())) if (byte !== 0) count++;
    }
    return count;
  }, name);
}

/** Waits until pieces are noted, whatever the page shows. */
export async function waitNoted(page: Page): Promise<void> {
  // While a journal is being made there is no file yet.
  await expect.poll(() => countIn(page, "held").catch(() => 0)).toBeGreaterThan(0);
}

/** Waits until a share is noted as finished. */
export async function waitNotedAsDone(page: Page): Promise<void> {
  await expect.poll(() => countIn(page, "done").catch(() => 0)).toBeGreaterThan(0);
}
