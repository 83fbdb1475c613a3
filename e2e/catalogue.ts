/** What people do with a catalogue: publish a share in it, look for one, and read what it says. */
import { expect } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { startServer } from "./server.ts";
import type { Server } from "./server.ts";

/** How long an entry stays without a source. */
const GRACE_S = 2;

/** A server with a catalogue, which believes a proxy in front of it. */
export const startCatalogue = (env: Record<string, string> = {}): Promise<Server> =>
  startServer({
    CATALOGUE: "on",
    CATALOGUE_GRACE_S: String(GRACE_S),
    TRUST_PROXY: "1",
    ...env,
  });

/** Where a sharer's page says what comes of its share's entry. */
export const listing = (page: Page): Locator => page.locator("[data-listing]");

/** Opens the dialog that publishes the share on the page. */
export async function openPublish(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Let anybody find it…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Title")).toBeVisible();
  return dialog;
}

/** Publishes the share on the page, and waits until it is listed. */
export async function publish(page: Page, title: string, tags = ""): Promise<void> {
  const dialog = await openPublish(page);
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel(/^Tags/).fill(tags);
  await dialog.getByRole("button", { name: "Make it public" }).click();
  await expect(listing(page)).toHaveAttribute("data-listing", "listed");
}

/** The field of the page that searches. */
export const field = (page: Page): Locator =>
  page.getByRole("combobox", { name: "What to look for" });

/** Looks for words, on a page of any kind. */
export async function lookFor(page: Page, words: string, home = "/"): Promise<void> {
  if (!page.url().includes("#search")) await page.goto(`${home}#search`);
  // By the keyboard: where a test fills it, React doesn't hear of it in Firefox.
  await field(page).press("ControlOrMeta+A");
  await field(page).pressSequentially(words);
  await field(page).press("Enter");
}

/** What was found under this title. */
export const entry = (page: Page, title: string): Locator =>
  page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: title, exact: true }) });

/**
 * Searches again and again until the entry under this title is there with so many sources; null: until
 * nothing is found.
 */
export async function waitSources(
  page: Page,
  title: string,
  sources: number | null,
  timeout = 10_000,
): Promise<void> {
  const again = page.getByRole("button", { name: "Search", exact: true });
  const wanted =
    sources === null
      ? page.getByText("Nothing was found.")
      : page.locator(`li[data-sources="${sources}"]`).and(entry(page, title));
  await expect(async () => {
    await again.click();
    await expect(wanted).toBeVisible({ timeout: 250 });
  }).toPass({ timeout, intervals: [50] });
}
