/** How much a first visit fetches before anything can be pressed. */
import type { Request } from "@playwright/test";
import { expect, test } from "../fixtures.ts";

const MOST_SCRIPT_BYTES = 150_000;

test("the page’s own scripts come compressed, and are small @once", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  const sizes: Promise<number>[] = [];
  const measure = (request: Request): void => {
    if (request.resourceType() !== "script" || /worker|\/main-/.test(request.url())) return;
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  };
  page.on("requestfinished", measure);
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  page.off("requestfinished", measure); // What comes later may not end within this journey.
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
});
