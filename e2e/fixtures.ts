/** What every journey is given: the shipped server, browsers, and people in front of them. */
import { test as base } from "@playwright/test";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { resolveBrowser } from "./browsers.ts";
import type { Engine, Resolved } from "./browsers.ts";
import { Complaints } from "./complaints.ts";
import { launcherOf } from "./network.ts";
import type { Place } from "./network.ts";
import { startServer } from "./server.ts";
import type { Server } from "./server.ts";

/** How a person's browser is set up. */
export interface PersonOptions {
  /** A profile on disk, as a user's own, instead of one like a private window's. */
  readonly disk?: boolean;
  /** Firefox preferences, as in `about:config`. They ask for a browser, and a profile, of its own. */
  readonly preferences?: Readonly<Record<string, boolean | number | string>>;
  /** Chromium switches; they, too, ask for a browser of its own. */
  readonly args?: readonly string[];
  /** A profile on disk that another browser had before, which has ended. */
  readonly profile?: string;
  /** Makes something of the new profile's folder before its browser starts. */
  readonly prepare?: (profile: string) => Promise<void>;
  /** Where in a network that a test has made; Chromium alone, which Playwright drives without one. */
  readonly place?: Place;
  /** Refuses every download of a page, which then costs nothing. */
  readonly savesNothing?: boolean;
}

/** What a project chooses. */
export interface Engines {
  /** The engine of whoever shares. */
  readonly sharer: Engine;
  /** The engine of whoever downloads. */
  readonly leecher: Engine;
}

interface WorkerFixtures {
  /** The engines of this project. */
  engines: Engines;
  /** The shipped server, one for each test worker. */
  server: Server;
  /** A running browser of an engine; the same one each time. */
  launch: (engine: Engine) => Promise<Browser>;
}

interface TestFixtures {
  /** A new person: a page in a browser context of its own, not yet at any address. */
  person: (engine: Engine, options?: PersonOptions) => Promise<Page>;
  /** A folder for this test's files, removed afterwards. */
  folder: string;
  /** What the pages complain about. `complaints.allow(/…/)` expects a complaint. */
  complaints: Complaints;
}

const profiles = new WeakMap<BrowserContext, string>();

/** @returns The folder of the page's profile, which is a person's with one on disk. */
export function profileOf(page: Page): string {
  const profile = profiles.get(page.context());
  if (profile === undefined) throw new Error("a person asked for with { disk: true }");
  return profile;
}

/** The engine's browser; where there is none, the test is skipped (see `E2E_REQUIRE`). */
function browserFor(engine: Engine): Resolved {
  const resolved = resolveBrowser(engine);
  base.skip(!resolved, `there is no ${engine} here`);
  if (!resolved) throw new Error(`there is no ${engine} here`);
  return resolved;
}

async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), "shoal-e2e-"));
}

async function removeFolder(folder: string): Promise<void> {
  // A browser that has just ended may still be letting go of its profile.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Each Firefox saves to a folder of its own: a name that another has just saved would get a number. */
function savingTo(folder: string): Record<string, number | string> {
  return { "browser.download.folderList": 2, "browser.download.dir": folder };
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  engines: [
    { sharer: "chromium", leecher: "chromium" },
    { option: true, scope: "worker" },
  ],

  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  launch: [
    async ({}, use) => {
      const running = new Map<Engine, Promise<Browser>>();
      const downloads = await temporaryFolder();
      await use(async (engine) => {
        const { type, options } = browserFor(engine);
        const firefoxUserPrefs = savingTo(downloads);
        const browser = running.get(engine) ?? type.launch({ ...options, firefoxUserPrefs });
        running.set(engine, browser);
        return browser;
      });
      for (const browser of running.values()) await (await browser).close();
      await removeFolder(downloads);
    },
    { scope: "worker" },
  ],

  folder: async ({}, use) => {
    const folder = await temporaryFolder();
    await use(folder);
    await removeFolder(folder);
  },

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    complaints.check();
  },

  person: async ({ launch, server, complaints }, use) => {
    const contexts: BrowserContext[] = [];
    const made: string[] = [];

    async function contextOnDisk(engine: Engine, asked: PersonOptions): Promise<BrowserContext> {
      const { type, options } = browserFor(engine);
      const profile = asked.profile ?? (await temporaryFolder());
      if (asked.profile === undefined) made.push(profile);
      await asked.prepare?.(profile);
      const program = options.executablePath ?? type.executablePath();
      const executablePath = asked.place && (await launcherOf(asked.place, program, profile));
      const context = await type.launchPersistentContext(profile, {
        ...options,
        ...(executablePath && { executablePath }),
        ...contextOptions,
        acceptDownloads: asked.savesNothing !== true,
        args: [...(asked.args ?? [])],
        firefoxUserPrefs: { ...savingTo(path.join(profile, "saved")), ...asked.preferences },
      });
      profiles.set(context, profile);
      return context;
    }

    const contextOptions = { baseURL: server.url, acceptDownloads: true };
    await use(async (engine, asked = {}) => {
      const { disk, preferences, args, profile, prepare, place } = asked;
      const context =
        disk || preferences || args || profile !== undefined || prepare || place
          ? await contextOnDisk(engine, asked)
          : await (await launch(engine)).newContext(contextOptions);
      contexts.push(context);
      await complaints.listen(context, `${engine} ${contexts.length}`);
      return context.pages()[0] ?? (await context.newPage());
    });

    await Promise.all(contexts.map((context) => context.close()));
    await Promise.all(made.map(removeFolder));
  },
});

export { expect } from "@playwright/test";
