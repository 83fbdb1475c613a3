/** What people let others call them, and what strangers may make of that. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { expectKeyboardReaches, tabTo } from "../keyboard.ts";
import { expectReflows } from "../reflow.ts";
import { people, rename } from "../people.ts";
import { openShare, share } from "../steps.ts";
import { waitPhase } from "../transfer.ts";

test("people see each other’s names, at once and after a reload @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "a.bin");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  await expect(people(leecher)).toHaveCount(2);

  // Both see the same name for somebody who chose none.
  const madeUp = (await people(leecher).first().locator("bdi").textContent()) ?? "";
  expect(madeUp).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  await expect(people(sharer).nth(1)).toContainText(`${madeUp}computer`);

  await rename(leecher, "Ada", "phone");
  await expect(people(leecher).first()).toContainText("Adaphoneyou");
  await expect(people(sharer).nth(1)).toContainText("Adaphone");
  await leecher.reload();
  await waitPhase(leecher, "ready");
  await expect(people(leecher).first()).toContainText("Adaphoneyou");
  await expect(people(sharer).nth(1)).toContainText("Adaphone");

  // A name is text, in its own direction, and doesn't make anybody the sharer.
  const hostile = "<img src=x onerror=x()> שלום";
  await rename(leecher, `\u202e${hostile}`);
  const called = people(sharer).nth(1).locator("bdi");
  await expect(called).toHaveText(hostile);
  await expect(called.locator("*")).toHaveCount(0);
  await rename(leecher, "אדה 3");
  await expect(called).toHaveText("אדה 3");
  expect(await called.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");

  // Two of one name are told apart, and the sharer's mark isn't a name.
  await rename(sharer, "Sharer");
  await rename(leecher, "sharer");
  await expect(people(leecher).first()).toContainText(/^sharer\([A-Z][a-z]+ [A-Z][a-z]+\)/);
  await expect(people(leecher).nth(1)).toContainText(/^Sharer\([A-Z].*\)computersharer/);
  await expect(people(sharer).nth(1)).not.toContainText(/\).*sharer/);
});

test("a name holds in all tabs, and in later shares @once", async ({ person, engines, folder }) => {
  const files = [path.join(folder, "a.bin"), path.join(folder, "b.bin")];
  for (const file of files) await randomFile(file, 1000);
  const page = await person(engines.sharer);
  const other = await page.context().newPage();
  await share(page, files[0] ?? "");
  await share(other, files[1] ?? "");
  await rename(page, "Ada");
  await expect(people(other).first()).toContainText("Ada");
  await other.getByRole("button", { name: "Change your name and device" }).click();
  await other.getByLabel("Your name", { exact: true }).fill("Eve");
  await other.keyboard.press("Escape");
  await expect(people(other).first()).toContainText("Ada");
});

test("a name is changed, and left as it is, by the keyboard @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "a.bin");
  await randomFile(file, 1000);
  const page = await person(engines.sharer);
  await share(page, file);
  await rename(page, "Ada");
  const change = page.getByRole("button", { name: "Change your name and device" });
  await change.press("Enter");
  await expectReflows(page, "changing one’s name");
  await expectKeyboardReaches(page, "changing one’s name");
  // Left from its field, from its choice, from either button.
  const leave = async (key: "Enter" | "Escape"): Promise<void> => {
    await page.keyboard.press(key);
    await expect(change).toBeFocused();
    await expect(people(page).first()).toContainText("Ada");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Your name", { exact: true })).toBeFocused();
  };
  await tabTo(page, "textbox", "Your name", "Shift+Tab");
  await page.keyboard.type("Eve");
  await leave("Escape");
  await page.keyboard.type("Eve");
  await tabTo(page, "combobox", "This device");
  await leave("Escape");
  for (const key of ["Escape", "Enter"] as const) {
    await page.keyboard.type("Eve");
    await tabTo(page, "button", "Cancel");
    await leave(key);
  }
  await page.keyboard.type("Eve");
  await tabTo(page, "combobox", "This device");
  await page.keyboard.type("tab");
  await tabTo(page, "button", "Save");
  await page.keyboard.press("Space");
  await expect(change).toBeFocused();
  await expect(people(page).first()).toContainText("Evetabletyou");
});
