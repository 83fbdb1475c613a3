/** How much a first visit fetches before anything can be pressed. */
import { expect, test } from "../fixtures.ts";

const MOST_SCRIPT_BYTES = 150_000;

test("the page’s own scripts come compressed, and are small @once", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  const sizes: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script" || /worker|\/main-/.test(request.url())) return;
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
});
