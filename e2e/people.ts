/** Who is on a share's page, and what they let others call them. */
import { expect } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";

/** The rows of the people on a page: oneself first. */
export const people = (page: Page): Locator =>
  page.getByRole("region", { name: "Who is here" }).getByRole("listitem");

/** Changes one's name, and the device where one is given, by keyboard alone. */
export async function rename(page: Page, name: string, device?: string): Promise<void> {
  const change = page.getByRole("button", { name: "Change your name and device" });
  const field = page.getByLabel("Your name", { exact: true });
  await page.bringToFront(); // Firefox gives the focus to a window in front alone.
  await change.press("Enter");
  await expect(field).toBeFocused();
  await field.fill(name);
  if (device !== undefined) await page.getByLabel("This device").selectOption({ label: device });
  await field.press("Enter");
  await expect(change).toBeFocused();
}
