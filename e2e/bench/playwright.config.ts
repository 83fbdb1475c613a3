/** Measurements: on-disk profiles, one run after the other, nothing else beside. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../test-results",
  reporter: "list",
  workers: 1,
  timeout: 6 * 3_600_000,
  use: { testIdAttribute: "data-testid" },
});
