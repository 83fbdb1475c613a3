/** Names and texts from the Big List of Naughty Strings, wherever a page shows what a stranger wrote. */
import type { Page } from "@playwright/test";
import naughtyStrings from "big-list-of-naughty-strings/blns.json" with { type: "json" };
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { entriesOf } from "../archive.ts";
import { chosenFiles, replacePickers } from "../chosen.ts";
import { expect, test } from "../fixtures.ts";
import { closeViewer, openOnly, viewer } from "../opened.ts";
import { people, rename } from "../people.ts";
import { download, openShare, share } from "../steps.ts";
import { saved, shareLink, waitPhase } from "../transfer.ts";

const STRINGS = [...new Set(naughtyStrings)].filter((text) => text !== "");

/** Those that would run, mark up, turn the line around, or pile up letters: as names of their own. */
const WORST = [
  STRINGS.find((text) => text.startsWith("<script>")),
  STRINGS.find((text) => text.includes("\u202a") || text.includes("\u202e")),
  STRINGS.find((text) => /\u0300|\u0321|\u0315/u.test(text) && text.length > 100),
].filter((text) => text !== undefined);

/** What the page's own words are made with, which a name within them must not be taken for. */
const LIKE_WORDS = ["{{count}} {{name}}", "$t(app.name)", '$t(share.files, {"count": 7})'];

/** Names that lead elsewhere, or mean something else, on one system or another. */
const MISLEADING = [
  "..",
  "...",
  ".bashrc",
  "../../etc/passwd",
  "..\\..\\boot.ini",
  "C:\\x.txt",
  "/x.txt",
  "a.txt:hidden",
  "CON",
  "nul.txt",
  "a.exe. . ",
  " a",
  "photo\u202egnp.exe",
  "\u2066a\u2069\u200b.txt",
  "a\r\nb\u0085\u001b[31m.txt",
  "\u3164",
  `${"x".repeat(300)}.txt`,
  "~",
  "%2e%2e%2fa",
  "<b>a?*|.txt",
];

/** What is in no name: controls, what turns text around, and what can't be seen. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** A name that is a file's in the folder that it is saved to, on any system, and nothing else. */
function expectPlain(name: string): void {
  expect(name).not.toMatch(UNSEEN);
  expect(name).not.toMatch(/[/\\:*?"<>|]/);
  expect(name).not.toMatch(/^\s|[\s.]$|^$/);
  expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
}

/** Notes the names under which a page hands files to its browser, which then makes them its own. */
async function noteHanded(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const handed: string[] = [];
    Object.assign(window, { handed });
    // oxlint-disable-next-line typescript/unbound-method -- called with the link below
    const { click } = HTMLAnchorElement.prototype;
    HTMLAnchorElement.prototype.click = function noted() {
      handed.push(this.download);
      return click.call(this);
    };
  });
  return () => page.evaluate(() => (window as { handed?: string[] }).handed ?? []);
}

/** A page that shows people and names them, at both widths. */
async function lookAtPeople(page: Page): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const faults = await page.evaluate(() => {
      const found: string[] = [];
      for (const row of document.querySelectorAll(".peer-list__row")) {
        const name = row.querySelector("bdi");
        const [box, own] = [row, name].map((element) => element?.getBoundingClientRect());
        if (name === null || box === undefined || own === undefined) continue;
        if (name.childElementCount > 0) found.push(`an element in a name: ${name.innerHTML}`);
        if (own.height > 40) found.push(`more than a line: ${name.textContent}`);
        if (own.right > box.right + 1 || own.left < box.left - 1 || own.width < 4) {
          found.push(`a name that isn't in its row: ${name.textContent}`);
        }
      }
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth) found.push("the page is wider than its window");
      return found;
    });
    expect(faults, `people at ${width} px`).toEqual([]);
  }
}

/** Notes whatever a name or text gets to run, ask for or put up. */
function watch(page: Page, origin: string): string[] {
  const happened: string[] = [];
  page.on("dialog", (dialog) => {
    // The browser's own question is whether to leave a share.
    if (dialog.type() !== "beforeunload") happened.push(`a dialog: ${dialog.message()}`);
    void dialog.accept();
  });
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== origin) {
      happened.push(`a request: ${request.url()}`);
    }
  });
  return happened;
}

/** The names in a page's list from its top to its end, at a width. */
async function look(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 });
  const found = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const names = new Set<string>();
    const faults = new Set<string>();
    const list = document.querySelector(".file-list__box") ?? document.documentElement;
    list.scrollTop = 0;
    for (let last = -1; last !== list.scrollTop;) {
      last = list.scrollTop;
      await frame();
      await frame();
      const rows = [...document.querySelectorAll<HTMLElement>(".share__files li")];
      for (const row of rows) {
        const box = row.getBoundingClientRect();
        names.add(row.querySelector("bdi")?.title ?? "");
        if (row.querySelector("script, img, iframe, a, style, object, embed, form") !== null) {
          faults.add(`an element in a row: ${row.innerHTML}`);
        }
        if (Math.abs(box.height - (rows[0]?.getBoundingClientRect().height ?? 0)) > 1) {
          faults.add(`a row of another height: ${row.textContent}`);
        }
        const name = row.querySelector("bdi")?.parentElement?.getBoundingClientRect();
        if (name !== undefined && (name.right > box.right + 1 || name.left < box.left - 1)) {
          faults.add(`a name that leaves its row: ${row.textContent}`);
        }
      }
      list.scrollTop += list.clientHeight * 0.8;
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.add("the page is wider than its window");
    list.scrollTop = 0;
    return { names: [...names], faults: [...faults] };
  });
  expect(found.faults, `at ${width} px`).toEqual([]);
  return found.names;
}

test("naughty names and texts are shown as what they are, and nothing comes of them @soak", async ({
  person,
  engines,
  folder,
  server,
}) => {
  test.slow();
  const files = STRINGS.map((name, at) => ({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(`${at}`),
  }));
  const { origin } = new URL(server.url);
  const [sharer, leecher] = [await person(engines.sharer), await person(engines.leecher)];
  const happened = [sharer, leecher].map((page) => watch(page, origin));
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(files);
  await waitPhase(sharer, "sharing");
  await openShare(leecher, await shareLink(sharer));
  await expect(leecher.getByRole("heading", { name: /^Files/ })).toContainText("Files");
  const shown = await look(sharer, 1280);
  expect(shown.length, "hardly one is lost").toBeGreaterThan(0.95 * files.length);
  expect(await look(sharer, 390)).toHaveLength(shown.length);
  for (const width of [390, 1280]) expect(await look(leecher, width)).toHaveLength(shown.length);
  await download(leecher);
  await waitPhase(leecher, "done");
  expect(await look(leecher, 390)).toHaveLength(shown.length);

  // All of them as a text, and the worst as the name of a share: on its page, in the list of what is
  // kept, in questions, and to whoever opens it.
  const note = path.join(folder, "all.txt");
  await writeFile(note, STRINGS.join("\n"));
  await openShare(leecher, await share(sharer, note));
  await openOnly(leecher);
  await expect(viewer(leecher).locator("pre")).toContainText("<script>alert(");
  await closeViewer(leecher);
  for (const name of [...WORST, ...LIKE_WORDS]) {
    await sharer.goto("/");
    const file = { name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(name) };
    await sharer.getByTestId("file-input").setInputFiles(file);
    await waitPhase(sharer, "sharing");
    await openShare(leecher, await shareLink(sharer));
    for (const page of [sharer, leecher]) {
      for (const width of [390, 1280]) await look(page, width);
      const heading = page.getByRole("heading", { level: 1 });
      expect(await heading.locator("*:not(bdi, span)").count()).toBe(0);
      const called = (await heading.textContent()) ?? "";
      expect(called).not.toMatch(UNSEEN);
      if (LIKE_WORDS.includes(name)) expect(called).toBe(`${name.replaceAll(/[":]/g, "_")}.txt`);
      await expect(page).toHaveTitle(`${called.replaceAll(/\s+/g, " ")} · Shoal`);
    }
  }

  // As people's own names, of which a page takes twenty from another before it wants a pause.
  for (const name of [...WORST, ...LIKE_WORDS, ...MISLEADING.filter((text) => UNSEEN.test(text))]) {
    await rename(leecher, name);
    const own = (await people(leecher).first().locator("bdi").getAttribute("title")) ?? "";
    expect(own).toMatch(/\S/);
    expect(own).not.toMatch(UNSEEN);
    if (LIKE_WORDS.includes(name)) expect(own).toBe(name);
    await expect(people(sharer).nth(1).locator("bdi")).toHaveAttribute("title", own);
    for (const page of [leecher, sharer]) await lookAtPeople(page);
  }
  await leecher.goto("/#shares");
  await expect(leecher.getByRole("listitem").first()).toBeVisible();
  await expect(leecher.locator("bdi *:not(span)")).toHaveCount(0);
  for (const width of [390, 1280]) await look(leecher, width);
  expect(happened.flat()).toEqual([]);
});

test("naughty names are saved as plain files, one by one, in a ZIP and to a folder @once", async ({
  person,
  engines,
}) => {
  const names = [...MISLEADING, ...WORST, ...LIKE_WORDS];
  const files = names.map((name, at) => ({
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(`${at}`),
  }));
  const [sharer, page] = [
    await person(engines.sharer),
    await person(engines.leecher, { disk: true }),
  ];
  const handed = await noteHanded(page);
  await replacePickers(page);
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(files);
  await waitPhase(sharer, "sharing");
  await openShare(page, await shareLink(sharer));
  const zip = await download(page);
  await waitPhase(page, "done");
  const entries = await entriesOf(zip.path);
  expect(entries.size).toBe(names.length);
  for (const name of entries.keys()) expectPlain(name);

  await page.getByTestId("save-to").click();
  await expect(page.getByText(`${names.length} files saved in “chosen”.`)).toBeVisible();
  expect(await chosenFiles(page)).toEqual(entries);

  // Chromium hands on ten in a second.
  const longest = [...entries.keys()].find((name) => name.startsWith("xxx")) ?? "";
  const ones = ["_", ".bashrc", ".._.._etc_passwd", "_CON", "photognp.exe", "a.exe", longest];
  for (const one of ones) {
    const button = page.getByRole("button", { name: `Save ${one}`, exact: true });
    const { name, sha256 } = await saved(page, () => button.press("Enter"));
    expectPlain(name);
    expect(name).not.toMatch(/^\./); // Hidden in some systems; browsers save none such unasked.
    expect(sha256).toBe(entries.get(one));
  }
  const own = await handed();
  expect(own.slice(1, -1)).toEqual(ones.slice(0, -1));
  expect(own.at(-1)).toMatch(/^x{196}\.txt$/);
});
