/**
 * Takes the pictures in `docs/screenshots/`: the shipped server, the real app, real transfers.
 *
 * `PORT` chooses the server's port, 3000 unless given: it stands in the link that pictures show.
 */
import { test as base } from "@playwright/test";
import type { BrowserContext, Page } from "@playwright/test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { resolveBrowser } from "../browsers.ts";
import { tree } from "../files.ts";
import { startServer } from "../server.ts";
import { figure, shareLink, transfer, waitPhase } from "../transfer.ts";

const PICTURES = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

const KB = 1_000;
const MB = 1_000_000;

/** Sizes by path. The film leaves time for a picture in the middle. */
const HOLIDAY = {
  "Lisbon in May/Alfama at dusk.jpg": 4_812 * KB,
  "Lisbon in May/Belém tower.jpg": 5_230 * KB,
  "Lisbon in May/Tram 28.mp4": 186 * MB,
  "Lisbon in May/Sintra/Palácio da Pena.jpg": 6_104 * KB,
  "Lisbon in May/Sintra/Way up.jpg": 3_977 * KB,
  "Lisbon in May/Pastéis de nata, the recipe.pdf": 412 * KB,
};
const FOLDER = "Lisbon in May";
const TOTAL_BYTES = Object.values(HOLIDAY).reduce((sum, size) => sum + size, 0);

/** The same page as it looks on a desk and on a phone. */
const LOOKS = [
  { name: "1280-light", width: 1280, height: 832, scheme: "light" },
  { name: "1280-dark", width: 1280, height: 832, scheme: "dark" },
  { name: "390-light", width: 390, height: 844, scheme: "light" },
  { name: "390-dark", width: 390, height: 844, scheme: "dark" },
] as const;

/** Writes `docs/screenshots/SCENE-LOOK.png` for each look. */
async function picture(page: Page, scene: string): Promise<void> {
  await page.mouse.move(0, 0);
  for (const { name, width, height, scheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    // Focus moves by itself to what comes next; its ring shows only to those who use the keyboard.
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      window.scrollTo(0, 0);
    });
    const file = path.join(PICTURES, `${scene}-${name}.png`);
    await page.screenshot({ path: file, animations: "disabled" });
  }
}

interface Scene {
  /** A page of somebody else: a browser with a profile of its own, on disk as anybody's. */
  readonly person: () => Promise<Page>;
  /** The sharer, and the link of what they share. */
  readonly share: () => Promise<{ readonly sharer: Page; readonly link: string }>;
}

const test = base.extend<Scene, { readonly running: { url: string } }>({
  running: [
    async ({}, use) => {
      const server = await startServer({ PORT: process.env["PORT"] ?? "3000", CATALOGUE: "on" });
      await mkdir(PICTURES, { recursive: true });
      await use({ url: server.url });
      await server.stop();
    },
    { scope: "worker" },
  ],

  person: async ({ running }, use) => {
    const resolved = resolveBrowser("chromium");
    if (!resolved) throw new Error("the pictures are taken in Chromium, and there is none here");
    const profiles = await mkdtemp(path.join(tmpdir(), "shoal-people-"));
    const people: BrowserContext[] = [];
    await use(async () => {
      const one = await resolved.type.launchPersistentContext(
        await mkdtemp(path.join(profiles, "one-")),
        { ...resolved.options, baseURL: running.url, locale: "en-GB" },
      );
      people.push(one);
      return one.pages()[0] ?? (await one.newPage());
    });
    await Promise.all(people.map((one) => one.close()));
    await rm(profiles, { recursive: true, force: true });
  },

  share: async ({ person }, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), "shoal-pictures-"));
    await use(async () => {
      await tree(folder, HOLIDAY);
      const sharer = await person();
      await sharer.goto("/");
      await sharer.getByTestId("folder-input").setInputFiles(path.join(folder, FOLDER));
      await waitPhase(sharer, "sharing");
      return { sharer, link: await shareLink(sharer) };
    });
    await rm(folder, { recursive: true, force: true });
  },
});

/** Opens a link and waits for its files. */
async function open(page: Page, link: string): Promise<Page> {
  await page.goto(link);
  await waitPhase(page, "ready");
  return page;
}

/** Waits until this share of everything is verified on a page. */
async function waitShare(page: Page, share: number): Promise<void> {
  const enough = async () => (await figure(page, "data-verified-bytes")) >= share * TOTAL_BYTES;
  while (!(await enough())) await page.waitForTimeout(50);
}

test("the home page", async ({ person }) => {
  const page = await person();
  await page.goto("/");
  await page.getByTestId("file-input").waitFor({ state: "attached" });
  await picture(page, "home");
});

test("a share among several people", async ({ person, share }) => {
  const { sharer, link } = await share();

  const [first, second, third] = await Promise.all([person(), person(), person()]);
  await open(first, link);
  await transfer(first).and(first.locator('[data-peers="1"]')).waitFor();
  await picture(first, "ready");
  await first.getByTestId("download").click();
  await waitPhase(first, "done", 120_000);
  await first.getByTestId("save").and(first.locator(":not([aria-disabled])")).waitFor();

  await Promise.all([open(second, link), open(third, link)]);
  await transfer(third).and(third.locator('[data-peers="3"]')).waitFor();
  await second.getByTestId("download").click();
  await waitShare(second, 0.2);
  await third.getByTestId("download").click();
  await waitShare(second, 0.45);
  await Promise.all([picture(second, "downloading"), picture(sharer, "sharing")]);

  await waitPhase(second, "done", 120_000);
  await second.getByTestId("save").and(second.locator(":not([aria-disabled])")).waitFor();
  await picture(second, "done");
});

test("some of the files, paused, and given up", async ({ person, share }) => {
  const { link } = await share();
  const page = await open(await person(), link);
  await page.getByRole("checkbox", { name: /Tram 28/ }).uncheck();
  await picture(page, "choosing");
  await page.getByRole("checkbox", { name: /Tram 28/ }).check();
  await page.getByTestId("download").click();
  await waitShare(page, 0.2);
  await page.getByTestId("pause").click();
  await waitPhase(page, "paused");
  await picture(page, "paused");
  await page.getByTestId("cancel").click();
  await page.getByRole("dialog").waitFor();
  await picture(page, "asked-to-delete");
});

test("a share that rests, and that ended", async ({ person, share }) => {
  const { sharer, link } = await share();
  const late = await open(await person(), link);
  sharer.on("dialog", (question) => void question.accept());
  await sharer.reload();
  await waitPhase(sharer, "paused");
  await picture(sharer, "resting");
  await sharer.getByTestId("stop").click();
  await sharer.getByRole("dialog").waitFor();
  await picture(sharer, "asked-to-end");
  await sharer.getByRole("dialog").getByRole("button", { name: "End the share" }).click();
  await waitPhase(late, "ended");
  await picture(late, "ended");
});

test("a password", async ({ person, share }) => {
  const { sharer } = await share();
  await sharer.getByRole("button", { name: "Protect with a password…" }).click();
  const dialog = sharer.getByRole("dialog");
  await dialog.getByLabel("Password", { exact: true }).fill("walk-lisbon-harbour");
  await picture(sharer, "password");
  await dialog.getByRole("button", { name: "Make the new link" }).click();
  await sharer.getByText("The link asks for a password.").waitFor();
  const page = await person();
  await page.goto(await shareLink(sharer));
  await waitPhase(page, "locked");
  await picture(page, "locked");
});

test("a share where nobody is", async ({ person, share }) => {
  const { sharer, link } = await share();
  await sharer.context().close();
  const page = await person();
  await page.goto(link);
  await waitPhase(page, "waiting");
  await picture(page, "waiting");
});

test("a damaged link", async ({ person, share }) => {
  const { link } = await share();
  const page = await person();
  await page.goto(link.slice(0, -4));
  await waitPhase(page, "failed");
  await picture(page, "error");
});

test("the connection check", async ({ person }) => {
  const page = await person();
  await page.goto("/#check");
  await page.locator('main[data-over="true"]').waitFor({ timeout: 40_000 });
  await picture(page, "check");
});

/** What others have published: a title, what is said of it, its tags. */
const PUBLISHED = [
  [
    "Walks around Sintra",
    "Eleven tracks for a phone, with the way back.",
    "walks, gpx",
    "sintra.zip",
  ],
  ["Fado, live at the harbour", "Two hours of a warm evening.", "music, lisbon", "fado.flac"],
] as const;

test("a share that anybody can find", async ({ person, share }) => {
  for (const [title, description, tags, name] of PUBLISHED) {
    const page = await person();
    await page.goto("/");
    const file = { name, mimeType: "application/octet-stream", buffer: Buffer.alloc(9 * MB) };
    await page.getByTestId("file-input").setInputFiles(file);
    await describe(page, title, description, tags);
    await page.getByRole("button", { name: "Make it public" }).click();
    await page.getByText("Anybody can find this share.").waitFor();
  }
  const { sharer } = await share();
  await describe(
    sharer,
    FOLDER,
    "Pictures of a week, a tram ride, and a recipe.",
    "lisbon, travel",
  );
  await picture(sharer, "publish");
  await sharer.getByRole("button", { name: "Make it public" }).click();
  await sharer.getByText("Anybody can find this share.").waitFor();
  await picture(sharer, "published");

  const page = await person();
  await page.goto("/#search");
  await page.locator('li[data-sources="1"]').nth(2).waitFor();
  await picture(page, "search");
});

/** Opens the dialog that publishes the share on the page, and fills it in. */
async function describe(page: Page, title: string, said: string, tags: string): Promise<void> {
  await page.getByRole("button", { name: "Let anybody find it…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel("Description").fill(said);
  await dialog.getByLabel(/^Tags/).fill(tags);
}

test("what a browser keeps", async ({ person, share }) => {
  const { link } = await share();
  const page = await open(await person(), link);
  await page.getByTestId("download").click();
  await waitShare(page, 0.2);
  await page.getByTestId("pause").click();
  await waitPhase(page, "paused");
  // A share of its own beside what it fetches.
  await page.goto("about:blank");
  await page.goto("/");
  await page.getByTestId("file-input").setInputFiles({
    name: "Minutes of the March meeting.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.alloc(418 * KB),
  });
  await waitPhase(page, "sharing");
  await page.goto("about:blank");
  await page.goto("/");
  await page.getByRole("link", { name: "Go on with 2 shares" }).waitFor();
  await picture(page, "home-again");
  await page.goto("/#shares");
  await page.locator(".shares__row").nth(1).waitFor();
  await picture(page, "shares");
});
