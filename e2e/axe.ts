/** Whether a page is as accessible as axe can tell, in every look that it has. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";

/** Each width and each scheme once: no colour depends on a width. */
const LOOKS = [
  { width: 390, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const;

/**
 * Looks at a page on a phone by night and on a desk by day.
 *
 * @param state What it shows, for whoever reads of a violation.
 */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Without a second page for its reports: there are no frames to ask.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
    expect(found, `${state}, ${width} px, ${colorScheme}`).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${state}, ${width} px: nothing sticks out`).toBeLessThanOrEqual(0);
  }
}
