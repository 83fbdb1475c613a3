/** What only Chromium lets a test do: a drop of real files and folders. */
import type { Page } from "@playwright/test";

/**
 * Lets go of a file or folder over the page, as from a file manager.
 *
 * @param meanwhile What happens after it was taken up.
 */
export async function dropOn(
  page: Page,
  dropped: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [dropped], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    if (type === "drop") await meanwhile();
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  }
}
