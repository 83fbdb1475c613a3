/** Whether a page is as accessible as axe can tell, in every look that it has. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { isFirefox } from "./browsers.ts";

/** Each width and each scheme once: no colour depends on a width. */
const LOOKS = [
  { width: 390, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const;

/** What has been looked at by this process: journeys meet many states more than once. */
const seen = new Set<string>();

/**
 * Looks at a page on a phone by night and on a desk by day, once for each state; then leaves its
 * size and scheme as they were. In Chromium alone: axe's rules know no engine.
 *
 * @param state What it shows, for whoever reads of a violation.
 */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  if (seen.has(state) || isFirefox(page)) return;
  seen.add(state);
  const size = page.viewportSize();
  for (const { width, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await violationsOf(page), `${state}, ${width} px, ${colorScheme}`).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${state}, ${width} px: nothing sticks out`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (size !== null) await page.setViewportSize(size);
}

/** What axe finds. What was emulated before shows at once: a page without motion has no transitions. */
async function violationsOf(page: Page): Promise<string[]> {
  // Without a second page for its reports: there are no frames to ask.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
  );
}
