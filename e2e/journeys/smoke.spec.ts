/** The harness itself: the shipped build opens, in every engine and on both kinds of profile. */
import { expect, test } from "../fixtures.ts";

for (const disk of [false, true]) {
  const profile = disk ? "a profile on disk" : "a private profile";

  test(`the home page opens in ${profile}`, async ({ person, engines }) => {
    for (const engine of [engines.sharer, engines.leecher]) {
      const page = await person(engine, { disk });
      await page.goto("/");
      await expect(page.getByTestId("file-input")).toBeAttached();
      await expect(page.getByTestId("folder-input")).toBeAttached();
    }
  });
}

test("a missing page is no crash of the server", async ({ server }) => {
  const missing = await fetch(`${server.url}/api/v1/nothing-here`);
  expect(missing.status).toBe(404);
  const health = await fetch(`${server.url}/health`);
  expect(health.status).toBe(200);
});
