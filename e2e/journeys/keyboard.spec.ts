/** The whole way with the keyboard alone, and nothing on it that only a pointer reaches. */
import type { Locator, Page } from "@playwright/test";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile, tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectFocusKept, expectKeyboardReaches, tabTo, useInputPicker } from "../keyboard.ts";
import { expectReflows } from "../reflow.ts";
import { chooseFolder, openShare } from "../steps.ts";
import { saved, shareLink, waitPhase } from "../transfer.ts";
import type { Phase } from "../transfer.ts";

const MB = 1_000_000;

/** Chooses files by the keyboard. */
async function chooseFiles(page: Page, files: readonly string[]): Promise<void> {
  await useInputPicker(page);
  await page.goto("/");
  await tabTo(page, "button", "Choose files");
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.keyboard.press("Enter"),
  ]);
  await chooser.setFiles(files);
  await waitPhase(page, "sharing");
}

/** Opens the question whether to end the share, and leaves it by Escape. */
async function askAndKeepSharing(page: Page): Promise<void> {
  await tabTo(page, "button", "Stop sharing");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await expectKeyboardReaches(page, "asked whether to end the share");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Stop sharing" })).toBeFocused();
}

/** Presses a button by the keyboard, which takes the share into a phase, and nobody's focus. */
async function pressInto(
  page: Page,
  name: string,
  phase: Phase,
  key: "Enter" | "Space" = "Enter",
): Promise<void> {
  await tabTo(page, "button", name);
  await page.keyboard.press(key);
  await waitPhase(page, phase);
  await expectFocusKept(page, name);
}

test("the home page and a question are left and entered by the keyboard", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "a.bin");
  await randomFile(file, 1000);
  const page = await person(engines.sharer);
  await page.goto("/");
  await expect(page.getByTestId("file-input")).toBeAttached();
  await expectKeyboardReaches(page, "home");
  await tabTo(page, "button", "Write a note", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Your note")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Write a note" })).toBeFocused();
  await chooseFiles(page, [file]);
  await askAndKeepSharing(page);
});

test("a share goes all its way by the keyboard @once", async ({ person, engines, folder }) => {
  test.slow();
  const files = [path.join(folder, "film.bin"), path.join(folder, "words.txt")];
  await randomFile(path.join(folder, "film.bin"), 9 * MB);
  await writeFile(path.join(folder, "words.txt"), "a word\n".repeat(200));
  const sharer = await person(engines.sharer);
  await chooseFiles(sharer, files);
  await expect(sharer.getByRole("button", { name: "Copy link" })).toBeFocused();
  await sharer.keyboard.press("Enter");
  await expectFocusKept(sharer, "copying");
  await expectKeyboardReaches(sharer, "sharing");
  await tabTo(sharer, "combobox", "Upload limit", "Shift+Tab");
  await sharer.keyboard.press("ArrowDown");
  await expect(sharer.getByLabel("Upload limit")).toHaveValue("250000");
  await askAndKeepSharing(sharer);

  const leecher = await person(engines.leecher);
  await leecher.goto("/");
  await tabTo(leecher, "button", "Write a note");
  await leecher.keyboard.press("Enter");
  await expectKeyboardReaches(leecher, "home, a note");
  await tabTo(leecher, "textbox", "Got a link?", "Shift+Tab");
  await leecher.keyboard.insertText("no link");
  await leecher.keyboard.press("Enter");
  await expect(leecher.getByRole("alert")).toContainText("isn’t a whole Shoal link");
  await expectFocusKept(leecher, "what is no link");
  await leecher.keyboard.press("ControlOrMeta+A");
  await leecher.keyboard.insertText(await shareLink(sharer));
  await leecher.keyboard.press("Enter");
  await waitPhase(leecher, "ready");
  await expectFocusKept(leecher, "opening a link");
  await expectKeyboardReaches(leecher, "ready");

  await pressInto(leecher, "Download", "downloading");
  // It is offered once it is known that it will take long.
  await expect(leecher.getByRole("button", { name: "Tell me when it’s done" })).toBeVisible();
  // The graph's heading says more with the first speed.
  await expect(leecher.getByRole("heading", { name: "in the last minute" })).toBeVisible();
  await expectKeyboardReaches(leecher, "downloading");
  await pressInto(leecher, "Pause", "paused", "Space");
  await expectKeyboardReaches(leecher, "paused");
  await pressInto(leecher, "Go on", "downloading");
  await pressInto(leecher, "Cancel", "ended");
  await expectKeyboardReaches(leecher, "cancelled");
  await expectAccessible(leecher, "cancelled");

  await tabTo(sharer, "combobox", "Upload limit");
  await sharer.keyboard.press("ArrowUp");
  await tabTo(leecher, "button", "Fetch it after all");
  const fetched = await saved(leecher, () => leecher.keyboard.press("Enter"));
  expect(fetched.name).toMatch(/\.zip$/);
  await expectFocusKept(leecher, "fetching after all");
  await expectKeyboardReaches(leecher, "done");
  await tabTo(leecher, "button", "Open words.txt");
  await leecher.keyboard.press("Enter");
  await expect(leecher.getByTestId("viewer")).toHaveAttribute("data-step", "open");
  await expectKeyboardReaches(leecher, "a text that is open");
  await leecher.keyboard.press("Escape");
  await expect(leecher.getByRole("button", { name: "Open words.txt" })).toBeFocused();
  await tabTo(leecher, "button", "Save all as ZIP", "Shift+Tab");
  await saved(leecher, () => leecher.keyboard.press("Enter"));
  await expectFocusKept(leecher, "saving");
  await pressInto(leecher, "Stop helping", "ended");
  await expectKeyboardReaches(leecher, "stopped");
});

/** Presses a key, and waits for what gets the focus. */
async function pressTo(page: Page, key: string, target: Locator): Promise<void> {
  await page.keyboard.press(key);
  await expect(target).toBeFocused();
}

/** @returns Of the row that has the focus, its place in the list of files; 0 outside of it. */
function focusedRow(page: Page): Promise<number> {
  return page.evaluate(() =>
    Number(document.activeElement?.closest("[aria-posinset]")?.getAttribute("aria-posinset") ?? 0),
  );
}

test("a long list is gone through and passed over by the keyboard @once", async ({
  person,
  engines,
  folder,
}) => {
  const sizes: Record<string, number> = { "short/a.bin": 10, "short/b.bin": 20 };
  for (let index = 0; index < 300; index++) sizes[`long/${1000 + index}.bin`] = 1;
  await tree(path.join(folder, "trip"), sizes);
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await chooseFolder(sharer, path.join(folder, "trip"), Object.keys(sizes));
  await waitPhase(sharer, "sharing");
  const page = await person(engines.leecher);
  await openShare(page, await shareLink(sharer));
  const list = page.getByRole("group", { name: /^Files/ });
  const long = page.getByRole("button", { name: /^long/ });
  const skip = page.getByRole("button", { name: "Skip the list" });
  const back = page.getByRole("button", { name: "Skip back over the list" });
  await expect(long).toBeVisible();
  await expect(skip, "three rows need no way past them").toHaveCount(0);
  await expectKeyboardReaches(page, "folders that are closed");

  await tabTo(page, "button", "None", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("download")).toBeDisabled();
  await expectFocusKept(page, "ticking nothing");
  await tabTo(page, "button", /^long/);
  await page.keyboard.press("Enter");
  await expect(long).toHaveAttribute("aria-expanded", "true");
  await pressTo(page, "Space", long);
  await expect(long).toHaveAttribute("aria-expanded", "false");
  await pressTo(page, "Enter", long);

  // Row by row, further than what is in the page at first.
  const rowCount = await list.getByRole("listitem").count();
  expect(rowCount).toBeLessThan(100);
  let row = 2;
  while (row < rowCount + 10) {
    await page.keyboard.press("Tab");
    expect(await focusedRow(page), "no row is left out").toBe(row + 1);
    row += 1;
  }
  const name = `${997 + row}.bin`; // The folders are the first two rows.
  const ticked = page.getByRole("checkbox", { name: `Fetch ${name}` });
  await expect(ticked).toBeFocused();
  await expect(ticked).toBeInViewport();
  await pressTo(page, "Space", ticked);
  await expect(page.getByTestId("download")).toHaveText(/^Download 1 of 302 files/);

  // Scrolled away, a row takes the focus with it no further than to the list, which goes on there.
  await pressTo(page, "End", list);
  await expect(page.getByRole("checkbox", { name: "Fetch 1299.bin" })).toBeInViewport();
  await page.keyboard.press("Tab");
  expect(await focusedRow(page)).toBeGreaterThan(250);

  // Past all of it, either way.
  const next = page.getByRole("button", { name: "Change your name and device" });
  const before = page.getByRole("button", { name: "None", exact: true });
  await pressTo(page, "Home", list);
  await pressTo(page, "Shift+Tab", skip);
  await expect(skip).toBeInViewport();
  await pressTo(page, "Enter", back);
  await expect(back).toBeInViewport();
  await pressTo(page, "Tab", next);
  await pressTo(page, "Shift+Tab", back);
  await expectReflows(page, "a long list, passed over");
  await pressTo(page, "Space", skip);
  await pressTo(page, "Shift+Tab", before);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("download")).toHaveText("Download");
  await expectFocusKept(page, "ticking all");
});

test("the list of shares and the connection check are used by the keyboard @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "a.bin");
  await randomFile(file, 1000);
  const page = await person(engines.sharer);
  await chooseFiles(page, [file]);
  await page.goto("about:blank");
  await page.goto("/");
  await tabTo(page, "link", "My shares");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "My shares" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Remove a.bin" })).toBeVisible();
  await expectKeyboardReaches(page, "my shares");
  await tabTo(page, "button", "Remove a.bin", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expectKeyboardReaches(page, "asked whether to forget");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Remove a.bin" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing is kept here.")).toBeVisible();
  await expectFocusKept(page, "forgetting");

  await tabTo(page, "link", "Check the connection");
  await page.keyboard.press("Enter");
  await expect(page.locator('main[data-over="true"]')).toBeVisible({ timeout: 40_000 });
  await expectFocusKept(page, "opening the check");
  await expectKeyboardReaches(page, "the connection check");
  await tabTo(page, "button", "Check again", "Shift+Tab");
  await page.keyboard.press("Enter");
  await expectFocusKept(page, "checking again");
  await tabTo(page, "button", "To the home page");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("file-input")).toBeAttached();
  await expectFocusKept(page, "going home");
});
