/** The whole way with the keyboard alone, and nothing on it that only a pointer reaches. */
import type { Page } from "@playwright/test";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectFocusKept, expectKeyboardReaches, tabTo } from "../keyboard.ts";
import { saved, shareLink, waitPhase } from "../transfer.ts";
import type { Phase } from "../transfer.ts";

const MB = 1_000_000;

/** Chooses files by the keyboard. The picker that gives handles can't be driven by a test. */
async function chooseFiles(page: Page, files: readonly string[]): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(window, "showOpenFilePicker", { value: undefined });
  });
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
