/** The catalogue, end to end: published, found, opened, passed on, and gone again. */
import type { Page } from "@playwright/test";
import naughtyStrings from "big-list-of-naughty-strings/blns.json" with { type: "json" };
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import {
  entry,
  field,
  listing,
  lookFor,
  openPublish,
  publish,
  startCatalogue,
  waitSources,
} from "../catalogue.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectFocusKept, expectKeyboardReaches, tabTo } from "../keyboard.ts";
import { startMiddle } from "../middle.ts";
import { startRedis } from "../redis.ts";
import { expectReflows } from "../reflow.ts";
import type { Server } from "../server.ts";
import { download, endShare, mayLeave, openShare, share } from "../steps.ts";
import { waitPhase } from "../transfer.ts";

const MB = 1_000_000;
const TITLE = "A walk round the harbour";

/** Those that would run, mark up, or turn the line around. */
const HOSTILE = [
  "<script>alert(0)</script><img src=x onerror=alert(1)>",
  naughtyStrings.find((text) => text.includes("\u202a") || text.includes("\u202e")) ?? "",
  naughtyStrings.find((text) => /\u0321|\u0315/u.test(text) && text.length > 100) ?? "",
  "{{words}} $t(app.name) %s ${x}",
];

let file: string;
test.beforeEach(async ({ folder }) => {
  file = path.join(folder, "film.mp4");
  await randomFile(file, 3 * MB);
});

test("a published share is found, fetched, passed on by who fetched it, and goes with them", async ({
  person,
  engines,
  complaints,
}) => {
  test.slow();
  // The link names the address by which the sharer came, which nobody else dials.
  complaints.allow(/WebSocket|wss?:/);
  const server = await startCatalogue();
  const [here, there] = [
    await startMiddle(server.url, "192.0.2.1"),
    await startMiddle(server.url, "198.51.100.1"),
  ];
  try {
    const sharer = await person(engines.sharer);
    mayLeave(sharer);
    await share(sharer, file, here.url);
    await expect(listing(sharer)).toHaveAttribute("data-listing", "unlisted");
    const finder = await person(engines.leecher);
    await lookFor(finder, "harb walk", `${there.url}/`);
    await expect(finder.getByText("Nothing was found.")).toBeVisible();

    await publish(sharer, TITLE, "Lisbon, boats");
    await field(finder).press("Enter");
    await expect(entry(finder, TITLE)).toBeVisible({ timeout: 1000 });
    await expect(entry(finder, TITLE)).toContainText(/Video.*3\.0 MB.*1 file/);

    const onlooker = await person(engines.leecher);
    await lookFor(onlooker, "lisbon", `${server.url}/`);
    await waitSources(onlooker, TITLE, 1);
    await finder.getByRole("link", { name: TITLE }).press("Enter");
    await waitPhase(finder, "ready");
    await download(finder);
    await waitPhase(finder, "done");
    await waitSources(onlooker, TITLE, 2);

    await sharer.goto("about:blank");
    await waitSources(onlooker, TITLE, 1);
    await finder.context().close();
    await waitSources(onlooker, TITLE, null);
  } finally {
    await Promise.all([here.stop(), there.stop()]);
    await server.stop();
  }
});

test.describe("with a catalogue", () => {
  let server: Server;
  test.beforeAll(async () => {
    server = await startCatalogue();
  });
  test.afterAll(() => server.stop());

  /** Answers searches in the server's place. */
  async function standIn(page: Page, answer: (page: number) => object | number): Promise<void> {
    await page.route("**/api/v1/catalogue?*", async (route) => {
      const given = answer(Number(new URL(route.request().url()).searchParams.get("page")));
      await route.fulfill(typeof given === "number" ? { status: given } : { json: given });
    });
  }

  test("a share is published, changed and withdrawn by the keyboard @once", async ({
    person,
    engines,
  }) => {
    test.slow();
    const sharer = await person(engines.sharer);
    await share(sharer, file, `${server.url}/`);
    await tabTo(sharer, "button", "Let anybody find it…");
    await sharer.keyboard.press("Enter");
    const dialog = sharer.getByRole("dialog");
    await expect(dialog.getByLabel("Title")).toHaveValue("film.mp4");
    await expect(dialog.getByLabel("Kind")).toHaveValue("video");
    await expect(dialog).toContainText("This makes the link public");
    await expectAccessible(sharer, "asked what to publish");
    await expectReflows(sharer, "asked what to publish");
    await expectKeyboardReaches(sharer, "asked what to publish");
    await dialog.getByLabel("Title").fill("\u200b ");
    await sharer.keyboard.press("Enter");
    await expect(dialog.getByRole("alert")).toHaveText("Give it a title that can be read.");
    await expect(dialog.getByLabel("Title")).toBeFocused();
    await sharer.keyboard.type("Once round");
    await sharer.keyboard.press("Enter");
    await expect(listing(sharer)).toContainText("It is published as “Once round”.");
    await expectFocusKept(sharer, "publishing");
    await expectAccessible(sharer, "sharing, published");
    await expectReflows(sharer, "sharing, published");

    const finder = await person(engines.leecher);
    await lookFor(finder, "round", `${server.url}/`);
    await expect(entry(finder, "Once round")).toBeVisible();
    await sharer.bringToFront();
    await tabTo(sharer, "button", "Change it…");
    await sharer.keyboard.press("Enter");
    await expect(dialog.getByLabel("Title")).toHaveValue("Once round");
    await dialog.getByLabel("Title").fill("Twice round");
    await sharer.keyboard.press("Enter");
    await expect(listing(sharer)).toContainText("It is published as “Twice round”.");
    await waitSources(finder, "Twice round", 1);
    await expect(finder.getByRole("listitem")).toHaveCount(1);

    await sharer.bringToFront();
    await tabTo(sharer, "button", "Withdraw it…");
    await sharer.keyboard.press("Enter");
    await expectAccessible(sharer, "asked whether to withdraw");
    await tabTo(sharer, "button", /^Withdraw it$/);
    await sharer.keyboard.press("Enter");
    await expect(listing(sharer)).toHaveAttribute("data-listing", "unlisted");
    await expectFocusKept(sharer, "withdrawing");
    await waitSources(finder, "Twice round", null);
    await sharer.bringToFront();
    await expectKeyboardReaches(sharer, "sharing, with a catalogue");
  });

  test("hostile words are shown as what they are, wherever they stand @once", async ({
    person,
    engines,
  }) => {
    test.slow();
    const sharer = await person(engines.sharer);
    const finder = await person(engines.leecher);
    const dialogs: string[] = [];
    for (const page of [sharer, finder]) {
      page.on("dialog", (dialog) => {
        if (dialog.type() !== "beforeunload") dialogs.push(dialog.message());
        void dialog.accept();
      });
    }
    for (const [at, words] of HOSTILE.entries()) {
      await share(sharer, file, `${server.url}/`);
      const dialog = await openPublish(sharer);
      await dialog.getByLabel("Title").fill(`hostile${at} ${words}`);
      await dialog.getByLabel("Description").fill(words);
      await dialog.getByLabel(/^Tags/).fill(`hostile, ${words}`);
      await dialog.getByRole("button", { name: "Make it public" }).click();
      await expect(listing(sharer)).toHaveAttribute("data-listing", "listed");
      await lookFor(finder, `hostile${at}`, `${server.url}/`);
      const row = finder.getByRole("listitem").filter({ has: finder.getByRole("heading") });
      await expect(row.getByRole("heading")).toContainText(`hostile${at}`);
      if (/^[\x20-\x7e]*$/.test(words)) {
        await expect(row.getByRole("heading")).toHaveText(`hostile${at} ${words}`);
        await expect(row).toContainText(words);
        await expect(listing(sharer)).toContainText(words);
      }
      for (const [page, holder] of [
        [finder, row],
        [sharer, listing(sharer)],
      ] as const) {
        await expect(holder.locator("script, img, iframe, style, object, embed, form")).toHaveCount(
          0,
        );
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect(over, `${words} at ${width}`).toBeLessThanOrEqual(0);
        }
      }
      await sharer.goto("about:blank");
    }
    expect(dialogs).toEqual([]);
  });

  test("a search says what it found, page by page, and what is in its way @once", async ({
    person,
    engines,
    complaints,
  }) => {
    test.slow();
    complaints.allow(/status of (429|503)|net::ERR_FAILED/);
    const link = (await share(await person(engines.sharer), file, `${server.url}/`)).split("#")[1];
    const page = await person(engines.leecher);
    const found = (at: number) => ({
      swarm: Buffer.alloc(32, at).toString("base64url"),
      title: `Found ${at}`,
      description: "",
      tags: ["lisbon"],
      kind: "video",
      fileCount: 2,
      totalBytes: 5 * MB,
      link,
      listedMs: 7_200_000,
      sources: 3,
      isNear: at === 1,
    });
    let trouble: number | null = null;
    await standIn(
      page,
      (at) =>
        trouble ?? {
          total: 3,
          page: at,
          pageSize: 2,
          entries: at === 0 ? [found(1), found(2)] : [found(2), found(3)],
        },
    );
    await page.route("**/api/v1/catalogue/suggestions?*", (route) =>
      route.fulfill({ json: { suggestions: ["tram", "tram 28 & more"] } }),
    );
    await page.goto(`${server.url}/`);
    await page.getByRole("link", { name: /Search what people have published/ }).press("Enter");
    const rows = page.getByRole("listitem").filter({ has: page.getByRole("heading") });
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText(/5\.0 MB.*2 files.*3 sources.*near you.*2 hours ago/);
    await expect(page.getByRole("status")).toHaveText(/^3 shares are published here/);
    await expectAccessible(page, "a search");
    await expectReflows(page, "a search");
    await expectKeyboardReaches(page, "a search");
    await page.getByRole("button", { name: "More" }).press("Enter");
    await expect(rows).toHaveCount(3);
    await expect(page.getByRole("link", { name: "Found 3" })).toBeFocused();
    await expect(page.getByRole("button", { name: "More" })).toHaveCount(0);

    // Suggestions, filters and tags lead to addresses of their own.
    const suggestions = page.getByRole("listbox").getByRole("option");
    await field(page).pressSequentially("tra");
    await expect(suggestions).toHaveText(["tram", "tram 28 & more"]);
    await expectAccessible(page, "a search, with suggestions");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(suggestions.and(page.locator("[data-active-item]"))).toHaveText("tram 28 & more");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/#search\?q=tram\+28\+%26\+more$/);
    await expect(suggestions).toHaveCount(0);
    await expect(page.getByRole("status")).toHaveText("3 shares found for “tram 28 & more”");
    await page.getByLabel("Kind").selectOption("video");
    await page.getByLabel("Size").selectOption("large");
    await expect(page).toHaveURL(/&kind=video&size=large$/);
    await page.reload();
    await expect(field(page)).toHaveValue("tram 28 & more");
    await expect(page.getByLabel("Size")).toHaveValue("large");
    await rows.first().getByRole("link", { name: "lisbon" }).press("Enter");
    await expect(page).toHaveURL(/#search\?q=lisbon$/);
    await expect(field(page)).toHaveValue("lisbon");
    await page.goBack();
    await expect(field(page)).toHaveValue("tram 28 & more");
    await expect(page.getByLabel("Kind")).toHaveValue("video");
    await page.goForward();
    await expect(field(page)).toHaveValue("lisbon");

    // A report is heard by the real server, and changes nothing.
    await tabTo(page, "button", "Report Found 1");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("It isn’t what it says it is").check();
    await dialog.getByRole("textbox").fill("Another film.");
    await expectAccessible(page, "a report");
    await expectReflows(page, "a report");
    await dialog.getByRole("button", { name: "Send" }).click();
    await expect(dialog).toContainText("Thank you");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Report Found 1" })).toBeFocused();

    const says = async (words: string, button: string): Promise<void> => {
      await expect(page.getByRole("alert")).toContainText(words);
      await expectAccessible(page, words);
      await page.getByRole("alert").getByRole("button", { name: button }).click();
    };
    trouble = 429;
    await lookFor(page, "much");
    await says("That was a lot of searching.", "Try again");
    trouble = 503;
    await says("That was a lot of searching.", "Try again");
    await expect(page.getByRole("alert")).toContainText("The catalogue can’t search just now.");
    trouble = null;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(rows).toHaveCount(2);
  });
});

test("where there is no catalogue, nothing leads to one, and no request is made @once", async ({
  person,
  engines,
}) => {
  const page = await person(engines.leecher);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("catalogue")) asked.push(request.url());
  });
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  await expect(page.getByRole("link", { name: /Search/ })).toHaveCount(0);
  await page.goto("/#search?q=tram");
  await expect(page.getByRole("alert")).toContainText("There is no catalogue here.");
  await expectAccessible(page, "a search without a catalogue");
  await page.getByRole("button", { name: "To the home page" }).click();
  await expect(page.getByTestId("file-input")).toBeAttached();
  expect(asked).toEqual([]);
});

test("a share stays listed through a reload and a server that forgets, and goes when it ends @once", async ({
  person,
  engines,
  complaints,
}) => {
  test.slow();
  complaints.allow(/WebSocket|wss?:|Failed to fetch|net::ERR/);
  let server = await startCatalogue();
  try {
    const sharer = await person(engines.sharer);
    mayLeave(sharer);
    const link = await share(sharer, file, `${server.url}/`);
    await publish(sharer, TITLE);
    const holder = await person(engines.leecher);
    await openShare(holder, link);
    await download(holder);
    await waitPhase(holder, "done");
    await sharer.goto("about:blank");

    await server.kill();
    server = await startCatalogue({ PORT: new URL(server.url).port });
    const finder = await person(engines.leecher);
    await lookFor(finder, "harbour", `${server.url}/`);
    await waitSources(finder, TITLE, 1, 30_000);

    await sharer.goto(link);
    await waitPhase(sharer, "paused");
    await sharer.getByTestId("file-input").setInputFiles(file);
    await expect(listing(sharer)).toContainText(`It is published as “${TITLE}”.`);
    await endShare(sharer);
    await waitPhase(holder, "ended");
    await waitSources(finder, TITLE, null);
  } finally {
    await server.stop();
  }
});

test("two processes: what either lists both find, through the death of either @once", async ({
  person,
  engines,
  complaints,
}) => {
  test.slow();
  // One that has just begun can’t search for a moment.
  complaints.allow(/WebSocket|wss?:|net::ERR|status of 503/);
  const redis = await startRedis();
  const start = (port = "0") => startCatalogue({ REDIS_URL: redis.url, PORT: port });
  const servers = { one: await start(), two: await start() };
  const restart = async (name: "one" | "two"): Promise<void> => {
    servers[name] = await start(new URL(servers[name].url).port);
  };
  try {
    const sharer = await person(engines.sharer);
    await share(sharer, file, `${servers.one.url}/`);
    const finder = await person(engines.leecher);
    await lookFor(finder, "harbour", `${servers.two.url}/`);
    await publish(sharer, TITLE);
    await waitSources(finder, TITLE, 1, 1000);
    await finder.getByRole("link", { name: TITLE }).press("Enter");
    await waitPhase(finder, "ready");
    await download(finder);

    const [atOne, atTwo] = [await person(engines.leecher), await person(engines.leecher)];
    await lookFor(atTwo, "harbour", `${servers.two.url}/`);
    await servers.one.kill();
    await waitSources(atTwo, TITLE, 1);
    await restart("one");
    await lookFor(atOne, "harbour", `${servers.one.url}/`);
    await waitSources(atOne, TITLE, 1);
    await servers.two.kill();
    await waitSources(atOne, TITLE, 1);
    await restart("two");
    await waitSources(atTwo, TITLE, 1);
    await finder.context().close();
    await sharer.context().close();
    for (const page of [atOne, atTwo]) await waitSources(page, TITLE, null, 20_000);
  } finally {
    await Promise.all([servers.one.stop(), servers.two.stop()]);
    await redis.kill();
  }
});
