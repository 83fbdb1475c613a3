/** The pictures in the docs: one scene after the other, in one browser. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  reporter: "list",
  workers: 1,
  timeout: 180_000,
  use: { testIdAttribute: "data-testid" },
});
