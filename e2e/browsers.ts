/** Which browser an engine's tests run in, and how Playwright starts it. */
import { chromium, firefox } from "@playwright/test";
import type { BrowserType, LaunchOptions, Page } from "@playwright/test";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ENGINES, preference, systemBrowser } from "./system-browsers.mjs";

export type Engine = (typeof ENGINES)[number];

/** An engine's browser: its Playwright type, and the options that start it. */
export interface Resolved {
  readonly type: BrowserType;
  readonly options: LaunchOptions;
}

const TYPES: Record<Engine, BrowserType> = { chromium, firefox };

/** Files have names in UTF-8, which Chromium can't open where the environment names no such locale. */
const ENVIRONMENT = { ...process.env, LC_ALL: "C.UTF-8" };

const FIREFOX_SHIM = fileURLToPath(new URL("firefox-shim.mjs", import.meta.url));

/**
 * Playwright's own build if it has been downloaded, else the system's browser, else nothing;
 * `E2E_BROWSERS` narrows that.
 */
export function resolveBrowser(engine: Engine): Resolved | undefined {
  const type = TYPES[engine];
  const wanted = preference();
  if (wanted !== "system" && existsSync(type.executablePath())) {
    return { type, options: { env: ENVIRONMENT } };
  }
  const system = wanted === "playwright" ? undefined : systemBrowser(engine);
  if (system === undefined) return undefined;
  if (engine === "chromium") {
    return { type, options: { env: ENVIRONMENT, executablePath: system } };
  }
  // A stock Firefox has no Juggler, Playwright's own protocol: it is driven over WebDriver BiDi.
  return {
    type,
    options: {
      channel: "moz-firefox",
      executablePath: FIREFOX_SHIM,
      env: { ...ENVIRONMENT, FIREFOX_BIN: system },
    },
  };
}

/** Whether Firefox shows the page. */
export function isFirefox(page: Page): boolean {
  return page.context().browser()?.browserType().name() === "firefox";
}

/**
 * Holds the environment to `E2E_REQUIRE`, a list of engines with commas between.
 *
 * @throws {Error} When a listed engine is unknown or has no browser. One that isn't listed is
 *   skipped instead.
 */
export function requireEngines(): void {
  const names = (process.env["E2E_REQUIRE"] ?? "").split(",").filter(Boolean);
  for (const name of names) {
    const engine = ENGINES.find((known) => known === name);
    if (!engine) throw new Error(`E2E_REQUIRE names "${name}", which is no engine`);
    if (!resolveBrowser(engine)) {
      throw new Error(
        `E2E_REQUIRE names ${name}, but there is none: node e2e/install-browsers.mjs`,
      );
    }
  }
}
