/** Which engines the journeys run in. */
import { defineConfig } from "@playwright/test";
import type { ReporterDescription } from "@playwright/test";
import { requireEngines } from "./browsers.ts";
import type { Engines } from "./fixtures.ts";

requireEngines();

const LONG = /@soak/;
/** Where nothing depends on the engine that other journeys, or those between engines, haven't been through in both. */
const LONG_OR_ONCE = /@soak|@once/;

const onCi = process.env["CI"] !== undefined;
const jsonFile = process.env["E2E_JSON"];

const reporters: ReporterDescription[] = [["list"]];
if (jsonFile !== undefined) reporters.push(["json", { outputFile: jsonFile }]);

export default defineConfig<object, { engines: Engines }>({
  testDir: "journeys",
  outputDir: "test-results",
  reporter: reporters,
  forbidOnly: onCi,
  // A journey that passes only at the second try has found a defect.
  retries: 0,
  // A journey waits more than it works.
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  // Traces cost a fifth of the time: `--trace retain-on-failure` makes them.
  use: { testIdAttribute: "data-testid" },
  projects: [
    {
      name: "chromium",
      grepInvert: LONG,
      use: { engines: { sharer: "chromium", leecher: "chromium" } },
    },
    {
      name: "firefox",
      grepInvert: LONG_OR_ONCE,
      use: { engines: { sharer: "firefox", leecher: "firefox" } },
    },
    // All of them, beside the suites.
    {
      name: "all-firefox",
      grepInvert: LONG,
      use: { engines: { sharer: "firefox", leecher: "firefox" } },
    },
    // Between the engines, both ways, go the journeys that say so.
    {
      name: "cross-chromium-to-firefox",
      grep: /@cross/,
      use: { engines: { sharer: "chromium", leecher: "firefox" } },
    },
    {
      name: "cross-firefox-to-chromium",
      grep: /@cross/,
      use: { engines: { sharer: "firefox", leecher: "chromium" } },
    },
    // `pnpm soak`: what takes minutes by its nature. Not among the suites.
    {
      name: "soak",
      grep: LONG,
      use: { engines: { sharer: "chromium", leecher: "chromium" } },
    },
  ],
});
