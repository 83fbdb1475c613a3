/** What a journey does with a file that it opens on a share's page. */
import type { Locator, Page } from "@playwright/test";
import { expect, test as base } from "./fixtures.ts";

export const test = base.extend<{ pages: void }>({
  // Firefox says so whenever what plays asks for another place of the file.
  pages: [
    async ({ complaints }, use) => {
      complaints.allow(/A ServiceWorker intercepted the request/);
      await use();
    },
    { auto: true },
  ],
});

export const viewer = (page: Page): Locator => page.getByTestId("viewer");

/** Machines without a sound card play what is silent. */
export async function mute(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const silence = ({ target }: Event): void => {
      if (target instanceof HTMLMediaElement) target.muted = true;
    };
    document.addEventListener("loadstart", silence, { capture: true });
  });
}

export const openButton = (page: Page, name: string): Locator =>
  page.getByRole("button", { name: `Open ${name}`, exact: true });

/** Presses a file's button in the list, and waits until it is shown. */
export async function openFile(page: Page, name: string): Promise<void> {
  await openButton(page, name).click();
  await expect(viewer(page)).not.toHaveAttribute("data-step", "beginning");
  // What it says instead shows, where it doesn't open.
  await expect(viewer(page).getByRole("alert")).toHaveText([]);
  await expect(viewer(page)).toHaveAttribute("data-step", "open");
}

/** Presses the button of a share's only file. */
export async function openOnly(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open", exact: true }).click();
}

/** Closes what is open, by the keyboard. */
export async function closeViewer(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(viewer(page)).toHaveCount(0);
}

/** The path that what is shown gets its bytes from. */
export async function srcOf(page: Page, selector: string): Promise<string> {
  const src = await viewer(page).locator(selector).getAttribute("src");
  expect(src).toMatch(/^\/stream\/[\w-]{22}\//);
  return src ?? "";
}

/** What every answer with a stranger's bytes says. */
export const INERT = {
  "content-security-policy": "sandbox; default-src 'none'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/** What the page's own scripts get from a path. */
export function answerOf(page: Page, url: string) {
  return page.evaluate(async (asked) => {
    const { status, headers } = await fetch(asked);
    return { status, headers: Object.fromEntries(headers) };
  }, url);
}
