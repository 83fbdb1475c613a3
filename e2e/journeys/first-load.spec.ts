/** How much a first visit fetches before anything can be pressed. */
import { expect, test } from "../fixtures.ts";

const MOST_SCRIPT_BYTES = 150_000;

test("the page’s own scripts come compressed, and are small @once", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  const bytes = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType("navigation");
    // What is fetched for later begins once the page has loaded.
    const isFirst = ({ startTime }: PerformanceEntry): boolean =>
      navigation instanceof PerformanceNavigationTiming && startTime < navigation.loadEventStart;
    // The worker's script is main-….js.
    const isOurs = ({ name }: PerformanceEntry): boolean =>
      name.endsWith(".js") && !/worker|\/main-/.test(name);
    return performance
      .getEntriesByType("resource")
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter((entry) => isFirst(entry) && isOurs(entry))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  });
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
});
