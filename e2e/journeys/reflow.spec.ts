/** Little room, wide type, no motion, and colours that the reader chose. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { tree } from "../files.ts";
import { writeFile } from "node:fs/promises";
import { expect, test } from "../fixtures.ts";
import { expectKeyboardReaches } from "../keyboard.ts";
import { openFile } from "../opened.ts";
import { expectReflows } from "../reflow.ts";
import { download, downloadAndPause, limitUpload, openShare } from "../steps.ts";
import { shareLink, waitPhase } from "../transfer.ts";

const ZOOMED = { width: 320, height: 256 };
const FOLDER = "Reise nach Österreich mit Großeltern";

/** Files of a folder, with names that are long, and that run from right to left. */
async function shareFolder(page: Page, folder: string): Promise<string> {
  await tree(folder, {
    [`${FOLDER}/film.bin`]: 3_000_000,
    [`${FOLDER}/Donaudampfschifffahrtsgesellschaftskapitänsmütze von hinten.jpg`]: 1000,
    [`${FOLDER}/in/תמונות מהחופשה שלנו באילת.jpg`]: 1000,
  });
  await writeFile(path.join(folder, FOLDER, "words.txt"), "a word or two\n".repeat(50));
  await page.goto("/");
  await page.getByTestId("folder-input").setInputFiles(path.join(folder, FOLDER));
  await waitPhase(page, "sharing");
  return shareLink(page);
}

test("every page holds at 400 % and 360 px, and with wide type @once", async ({
  person,
  engines,
  folder,
}) => {
  test.slow();
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await expect(sharer.getByTestId("file-input")).toBeAttached();
  await expectReflows(sharer, "home");
  await sharer.getByRole("button", { name: "Write a note" }).click();
  await expectReflows(sharer, "home, a note");
  const link = await shareFolder(sharer, folder);
  await limitUpload(sharer, "250 kB/s");
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await expectReflows(leecher, "ready");
  await downloadAndPause(leecher);
  await expectReflows(leecher, "paused");
  await expectReflows(sharer, "sharing");
  await leecher.setViewportSize(ZOOMED);
  await expectKeyboardReaches(leecher, "paused, zoomed");
  await sharer.setViewportSize(ZOOMED);
  await expectKeyboardReaches(sharer, "sharing, zoomed");
  await sharer.getByTestId("stop").click();
  await expectReflows(sharer, "asked whether to end the share");
  await expectKeyboardReaches(sharer, "asked whether to end the share, zoomed");
  await sharer.keyboard.press("Escape");
  await limitUpload(sharer, "none");
  await leecher.getByTestId("resume").click();
  await waitPhase(leecher, "done");
  await expectReflows(leecher, "done");
  await openFile(leecher, "words.txt");
  await expectReflows(leecher, "a text that is open");
  await leecher.keyboard.press("Escape");

  await leecher.goto("about:blank");
  await leecher.goto("/#shares");
  await expect(leecher.getByRole("button", { name: /^Remove/ })).toBeVisible();
  await expectReflows(leecher, "my shares");
  await leecher.getByRole("button", { name: /^Remove/ }).click();
  await expectReflows(leecher, "asked whether to remove");
  await leecher.keyboard.press("Escape");
  await leecher.goto("/#check");
  await expect(leecher.locator('main[data-over="true"]')).toBeVisible({ timeout: 40_000 });
  await leecher.getByText("For an administrator").click();
  await expectReflows(leecher, "the connection check");
});

/** How much moves right after a folder's row was pressed. */
function motions(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const row = document.querySelector<HTMLElement>("button[aria-expanded]");
    row?.click();
    await new Promise(requestAnimationFrame);
    return document.getAnimations().length;
  });
}

test("nothing moves for those who wish so, and what counts shows in their colours @once", async ({
  person,
  engines,
  folder,
}) => {
  const sharer = await person(engines.sharer);
  const link = await shareFolder(sharer, folder);
  await sharer.emulateMedia({ reducedMotion: "no-preference" });
  expect(await motions(sharer)).toBeGreaterThan(0);
  await sharer.emulateMedia({ reducedMotion: "reduce" });
  expect(await motions(sharer)).toBe(0);

  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await download(leecher);
  await waitPhase(leecher, "done");
  await leecher.emulateMedia({ forcedColors: "active" });
  const hidden = await leecher.evaluate(() => {
    const isBordered = (element: Element): boolean => {
      const { borderStyle, borderWidth, borderColor, backgroundColor } = getComputedStyle(element);
      return borderStyle === "solid" && borderWidth !== "0px" && borderColor !== backgroundColor;
    };
    return [
      ...document.querySelectorAll("main .button, main input:not(.visually-hidden), main select"),
    ]
      .filter((element) => !isBordered(element))
      .map((element) => element.outerHTML);
  });
  expect(hidden).toEqual([]);
  const fills = await leecher.evaluate(() =>
    [".fish-meter__come", ".fish-meter__rest", "body"].map((selector) => {
      const style = getComputedStyle(document.querySelector(selector) ?? document.body);
      return selector === "body" ? style.backgroundColor : style.fill;
    }),
  );
  expect(new Set(fills).size, fills.join(", ")).toBe(3);
  const marks = await leecher.evaluate(() =>
    [...document.querySelectorAll(".traffic__mark")].map(
      (mark) => getComputedStyle(mark).backgroundColor,
    ),
  );
  expect(new Set(marks).size, marks.join(", ")).toBe(2);
});

test("names in scripts from right to left run that way, beside others @once", async ({
  person,
  engines,
  folder,
}) => {
  const sharer = await person(engines.sharer);
  await shareFolder(sharer, folder);
  const directionOf = (name: string): Promise<string> =>
    sharer
      .locator(`.file-name[title="${name}"]`)
      .first()
      .evaluate((element) => getComputedStyle(element).direction);
  expect(await directionOf("תמונות מהחופשה שלנו באילת.jpg")).toBe("rtl");
  expect(await directionOf("words.txt")).toBe("ltr");
  // Its extension stands at its left end, and its size where the sizes of the others are.
  const boxes = await sharer.evaluate(() => {
    const left = (selector: string): number =>
      document.querySelector(selector)?.getBoundingClientRect().left ?? Number.NaN;
    const rtl = '.file-name[title="תמונות מהחופשה שלנו באילת.jpg"]';
    return { head: left(`${rtl} .file-name__head`), tail: left(`${rtl} .file-name__tail`) };
  });
  expect(boxes.tail).toBeLessThan(boxes.head);
});
