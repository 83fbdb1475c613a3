/**
 * A folder that a person chooses to save to. Tests can't drive a browser's own picker: what stands in
 * its place hands out a folder of the origin-private file system, which has the same handles, but asks
 * for no permission and has no safe browsing behind it.
 */
import type { Page } from "@playwright/test";

/** Its name. */
export const CHOSEN = "chosen";

/** Puts a folder of the page's site, or a file in it, in the place of the browser's pickers. */
export async function replacePickers(page: Page): Promise<void> {
  await page.addInitScript((name) => {
    const folder = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    Object.assign(window, {
      showDirectoryPicker: folder,
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await folder()).getFileHandle(suggestedName, { create: true }),
    });
  }, CHOSEN);
}

/** @returns What the chosen folder holds: each file's SHA-256 in hex, by its path. */
export async function chosenFiles(page: Page): Promise<Map<string, string>> {
  const found = await page.evaluate(async (name) => {
    const files: [string, string][] = [];
    const walk = async (folder: FileSystemDirectoryHandle, before: string): Promise<void> => {
      for await (const entry of folder.values()) {
        const at = `${before}${entry.name}`;
        if (entry.kind === "directory") {
          await walk(entry, `${at}/`);
          continue;
        }
        const file = await entry.getFile();
        const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
        const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0"));
        files.push([at, hex.join("")]);
      }
    };
    const root = await navigator.storage.getDirectory();
    await walk(await root.getDirectoryHandle(name, { create: true }), "");
    return files;
  }, CHOSEN);
  return new Map(found);
}
