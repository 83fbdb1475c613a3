/** Names and texts from the Big List of Naughty Strings, wherever a page shows what a stranger wrote. */
import type { Page } from "@playwright/test";
import naughtyStrings from "big-list-of-naughty-strings/blns.json" with { type: "json" };
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "../fixtures.ts";
import { closeViewer, openOnly, viewer } from "../opened.ts";
import { download, openShare, share } from "../steps.ts";
import { shareLink, waitPhase } from "../transfer.ts";

const STRINGS = [...new Set(naughtyStrings)].filter((text) => text !== "");

/** Those that would run, mark up, turn the line around, or pile up letters: as names of their own. */
const WORST = [
  STRINGS.find((text) => text.startsWith("<script>")),
  STRINGS.find((text) => text.includes("\u202a") || text.includes("\u202e")),
  STRINGS.find((text) => /\u0300|\u0321|\u0315/u.test(text) && text.length > 100),
].filter((text) => text !== undefined);

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

test("naughty names and texts are shown as what they are, and nothing comes of them @once", async ({
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
  for (const name of WORST) {
    await sharer.goto("/");
    const file = { name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(name) };
    await sharer.getByTestId("file-input").setInputFiles(file);
    await waitPhase(sharer, "sharing");
    await openShare(leecher, await shareLink(sharer));
    for (const page of [sharer, leecher]) {
      for (const width of [390, 1280]) await look(page, width);
      expect(
        await page.getByRole("heading", { level: 1 }).locator("*:not(bdi, span)").count(),
      ).toBe(0);
    }
  }
  await leecher.goto("/#shares");
  await expect(leecher.getByRole("listitem").first()).toBeVisible();
  await expect(leecher.locator("bdi *:not(span)")).toHaveCount(0);
  for (const width of [390, 1280]) await look(leecher, width);
  expect(happened.flat()).toEqual([]);
});
