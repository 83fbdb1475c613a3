/**
 * Where a system's own browsers are. Shared by the tests and by `install-browsers.mjs`, which runs
 * before anything could compile TypeScript.
 */
import { existsSync } from "node:fs";

/** @typedef {"chromium" | "firefox"} Engine */

/** Every engine that the tests know, in the order in which they are tried. */
export const ENGINES = /** @type {const} */ (["chromium", "firefox"]);

const PLACES = {
  chromium: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  firefox: [
    "/usr/bin/firefox-esr",
    "/usr/bin/firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
  ],
};

/**
 * @param {Engine} engine
 * @returns {string | undefined} The path of the system's browser: `CHROMIUM_BIN` or `FIREFOX_BIN` if
 *   set, else the first of the usual places.
 */
export function systemBrowser(engine) {
  const named = process.env[`${engine.toUpperCase()}_BIN`];
  return named || PLACES[engine].find((place) => existsSync(place));
}

/**
 * @returns {"auto" | "playwright" | "system"} Which browsers to use, from `E2E_BROWSERS`: Playwright's
 *   builds, the system's, or (`auto`, the default) whichever is there, Playwright's first.
 * @throws {Error} For any other value.
 */
export function preference() {
  const value = process.env["E2E_BROWSERS"] ?? "auto";
  if (value === "auto" || value === "playwright" || value === "system") return value;
  throw new Error(`E2E_BROWSERS is auto, playwright or system, not "${value}"`);
}
