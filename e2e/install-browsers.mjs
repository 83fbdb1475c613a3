/**
 * Makes sure that every engine has a browser: Playwright's own build, if it is there or can be
 * downloaded, else the system's. On Debian as root the system's is installed from its packages,
 * with fonts for the scripts that the journeys write file names in, and with the servers that tests
 * start: Redis, coturn for relayed connections, and the proxies that `deploy/` has
 * examples for.
 *
 * `E2E_BROWSERS` is `auto` (the default), `playwright` or `system`. Exits with 1 and a line that
 * tells what to do when an engine stays without a browser.
 */
import { chromium, firefox } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../scripts/run.mjs";
import { ENGINES, preference, systemBrowser } from "./system-browsers.mjs";

/** @typedef {import("./system-browsers.mjs").Engine} Engine */

/** For one engine. Without a network the attempt fails within seconds; a slow one isn't waited for. */
const DOWNLOAD_BUDGET_MS = 90_000;

const APT_BUDGET_MS = 240_000;

const PLAYWRIGHT_CLI = fileURLToPath(
  new URL("node_modules/@playwright/test/cli.js", import.meta.url),
);

const TYPES = { chromium, firefox };

/** Debian's packages. The fonts are for Arabic, emoji and Chinese. */
const BROWSER_PACKAGES = { chromium: "chromium", firefox: "firefox-esr" };
const FONT_PACKAGES = ["fonts-noto-core", "fonts-noto-color-emoji", "fonts-wqy-zenhei"];
const SERVER_PACKAGES = ["redis-server", "coturn", "nginx-light", "caddy", "openssl"];

const wanted = preference();

/**
 * @param {Engine} engine
 * @returns {string | undefined} The path of the browser that the tests would use.
 */
function browserOf(engine) {
  const own = TYPES[engine].executablePath();
  if (wanted !== "system" && existsSync(own)) return own;
  return wanted === "playwright" ? undefined : systemBrowser(engine);
}

const missing = () => ENGINES.filter((engine) => browserOf(engine) === undefined);

function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync("/etc/os-release")) return false;
  return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** Downloads Playwright's builds; what fails is still missing afterwards. */
async function download() {
  for (const engine of missing()) {
    const args = [PLAYWRIGHT_CLI, "install", engine];
    const outcome = await run(process.execPath, args, { budgetMs: DOWNLOAD_BUDGET_MS });
    if (outcome !== "ok") console.log(`Playwright's ${engine} can't be downloaded (${outcome})`);
  }
}

/** @param {string} name @returns {boolean} */
function isInstalled(name) {
  const query = spawnSync("dpkg-query", ["-W", "-f=${Status}", name], { encoding: "utf8" });
  return query.stdout === "install ok installed";
}

/** Installs Debian's packages of the missing engines, the fonts and the servers. */
async function installPackages() {
  const browsers = missing().map((engine) => BROWSER_PACKAGES[engine]);
  const packages = [...browsers, ...FONT_PACKAGES, ...SERVER_PACKAGES];
  const absent = packages.filter((name) => !isInstalled(name));
  if (absent.length === 0) return;
  // At runlevel 1 no server starts because it was installed.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const options = { budgetMs: APT_BUDGET_MS, env };
  await run("apt-get", ["update", "-q"], options);
  const install = ["install", "-q", "-y", "--no-install-recommends"];
  const outcome = await run("apt-get", [...install, ...absent], options);
  if (outcome !== "ok") console.log(`apt-get could not install ${absent.join(" ")} (${outcome})`);
}

if (wanted !== "system") await download();
if (wanted !== "playwright" && isDebianRoot()) await installPackages();

for (const program of ["redis-server", "turnserver", "nginx", "caddy"]) {
  if (spawnSync(program, ["-h"]).error === undefined) continue;
  console.error(`${program}: none found. Install it with the system's package manager.`);
  process.exitCode = 1;
}
for (const engine of ENGINES) {
  const browser = browserOf(engine);
  if (browser !== undefined) {
    console.log(`${engine}: ${browser}`);
    continue;
  }
  console.error(
    `${engine}: none found. Run "npx playwright install --with-deps ${engine}" in e2e/, or install ` +
      `it with the system's package manager and name it in ${engine.toUpperCase()}_BIN.`,
  );
  process.exitCode = 1;
}
