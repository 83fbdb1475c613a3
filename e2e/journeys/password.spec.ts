/** A password that is mixed into a share's keys: set, asked for, kept, changed. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectKeyboardReaches, tabTo } from "../keyboard.ts";
import { expectReflows } from "../reflow.ts";
import { download, limitUpload, mayLeave, openShare, share } from "../steps.ts";
import { figure, shareLink, transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
const PASSWORD = "Schwarm & Möwe 🐟";

const field = (page: Page) => page.getByLabel("Password", { exact: true });

/** The page that is asked is gone with the old link; the new one says that it has a password. */
async function protect(sharer: Page, password: string): Promise<string> {
  const before = await shareLink(sharer);
  await sharer.getByRole("button", { name: "Protect with a password…" }).click();
  const dialog = sharer.getByRole("dialog");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "Make the new link" }).click();
  await expect(sharer.getByText("The link asks for a password.")).toBeVisible({ timeout: 30_000 });
  await waitPhase(sharer, "sharing");
  const link = await shareLink(sharer);
  expect(link).not.toBe(before);
  expect(sharer.url()).toBe(link);
  return link;
}

async function unlock(page: Page, password: string): Promise<void> {
  await field(page).fill(password);
  await field(page).press("Enter");
}

test("a share is opened with its password alone, and asks for it once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 3 * MB);
  const sharer = await person(engines.sharer);
  mayLeave(sharer);
  const open = await share(sharer, file);
  const first = await person(engines.leecher);
  await openShare(first, open);
  const link = await protect(sharer, PASSWORD);
  await waitPhase(first, "ended"); // The old link, by a signed end.

  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await waitPhase(leecher, "locked");
  await expect(field(leecher)).toBeFocused();
  await unlock(leecher, "Schwarm & Moewe");
  await expect(leecher.getByRole("alert")).toContainText("isn’t this share’s password", {
    timeout: 30_000,
  });
  await expect(field(leecher)).toBeFocused();
  await waitPhase(leecher, "locked");
  expect(await figure(leecher, "data-total-bytes")).toBe(0);
  // As another keyboard may write it, with a space from wherever it was copied.
  await unlock(leecher, `${PASSWORD.normalize("NFD")} `);
  await waitPhase(leecher, "ready");
  expect(await download(leecher)).toMatchObject({ name: "film.bin", sha256 });
  await leecher.reload();
  await waitPhase(leecher, "done");
  expect(await figure(leecher, "data-received-bytes")).toBe(0);

  await sharer.reload();
  await waitPhase(sharer, "paused");
  await sharer.getByTestId("file-input").setInputFiles(file);
  await waitPhase(sharer, "sharing");
  expect(await shareLink(sharer)).toBe(link);
  const late = await person(engines.leecher);
  await late.goto(link);
  await waitPhase(late, "locked");
  await unlock(late, PASSWORD);
  await waitPhase(late, "ready");
  expect(await download(late)).toMatchObject({ sha256 });
});

test("a locked page tells nobody of itself, and is for everybody; so is what sets a password @once", async ({
  person,
  engines,
  folder,
}) => {
  test.slow();
  const file = path.join(folder, "film.bin");
  await randomFile(file, MB);
  const sharer = await person(engines.sharer);
  await share(sharer, file);
  await limitUpload(sharer, "1.0 MB/s");
  const dialog = sharer.getByRole("dialog");
  await tabTo(sharer, "button", "Protect with a password…");
  await sharer.keyboard.press("Enter");
  await expect(field(sharer)).toBeFocused();
  await sharer.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(sharer.getByRole("button", { name: "Protect with a password…" })).toBeFocused();
  await sharer.keyboard.press("Space");
  await tabTo(sharer, "button", "Make the new link");
  await sharer.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("Type a password");
  await expect(field(sharer)).toBeFocused();
  await expectAccessible(sharer, "setting a password, none typed");
  await expectReflows(sharer, "setting a password, none typed");
  await expectKeyboardReaches(sharer, "setting a password, none typed");
  await tabTo(sharer, "button", "Suggest one");
  await sharer.keyboard.press("Enter");
  const suggested = await field(sharer).inputValue();
  await tabTo(sharer, "button", "Make the new link");
  await sharer.keyboard.press("Enter");
  await expect(sharer.getByRole("button", { name: "Copy link" })).toBeFocused();
  await expectAccessible(sharer, "sharing, with a password");
  await expect(sharer.getByLabel("Upload limit")).toHaveValue("1000000");
  const link = await shareLink(sharer);

  const leecher = await person(engines.leecher);
  let sockets = 0;
  leecher.on("websocket", () => (sockets += 1));
  await leecher.goto(link);
  await waitPhase(leecher, "locked");
  await expectAccessible(leecher, "locked");
  await expectReflows(leecher, "locked");
  await expectKeyboardReaches(leecher, "locked");
  await tabTo(leecher, "button", "Show password", "Shift+Tab");
  await leecher.keyboard.press("Space");
  await tabTo(leecher, "textbox", "Password", "Shift+Tab");
  await leecher.keyboard.insertText("wrong");
  await tabTo(leecher, "button", "Unlock");
  await leecher.keyboard.press("Enter");
  await expect(leecher.getByRole("alert")).toContainText("isn’t this share’s password");
  await expectAccessible(leecher, "locked, a wrong password");
  await expectReflows(leecher, "locked, a wrong password");
  await expect(field(leecher)).toBeFocused();
  expect(sockets).toBe(0);
  expect(await figure(sharer, "data-peers")).toBe(0);
  await leecher.keyboard.insertText(suggested); // What was wrong is typed over.
  await leecher.keyboard.press("Enter");
  await waitPhase(leecher, "ready");
  await expect(leecher.getByRole("heading", { level: 1 })).toBeFocused();
  await leecher.keyboard.press("Tab");
  await expect(leecher.getByTestId("download")).toBeFocused();

  // Taken away again: a link of its own, that anybody opens.
  await sharer.getByRole("button", { name: "Change it…" }).click();
  await dialog.getByRole("button", { name: "Share without one" }).click();
  await waitPhase(leecher, "ended");
  await expect(sharer.getByRole("button", { name: "Protect with a password…" })).toBeVisible();
  await openShare(await person(engines.leecher), await shareLink(sharer));
  await expect(transfer(sharer)).toHaveAttribute("data-peers", "1");
});
