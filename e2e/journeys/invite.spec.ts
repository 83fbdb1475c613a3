/** Two people and no server: a code goes over, a code comes back, and the files follow. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { expectAccessible } from "../axe.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { waitAppKept } from "../kept.ts";
import { people } from "../people.ts";
import { startServer } from "../server.ts";
import { download, share } from "../steps.ts";
import { waitPhase } from "../transfer.ts";
import { expectNotice } from "../trouble.ts";

const MB = 1_000_000;
/** What a QR code holds that a phone still reads well off a screen. */
const MOST_LETTERS = 900;

/** @returns The code that the dialog shows, as the URL that is handed over. */
async function codeOn(page: Page): Promise<string> {
  const field = page.getByTestId("invite-code");
  await expect(field).toBeVisible();
  const code = await field.inputValue();
  expect(code.length).toBeLessThan(MOST_LETTERS);
  return code;
}

/** Begins an invite, in place of one that waits. */
async function invite(page: Page): Promise<string> {
  const cancel = page.getByRole("dialog").getByRole("button", { name: "Cancel" });
  if (await cancel.isVisible()) await cancel.click();
  await page.getByRole("button", { name: "Connect without a server" }).click();
  return codeOn(page);
}

async function putIn(page: Page, code: string): Promise<void> {
  await page.getByTestId("invite-reply").fill(code);
  await page.getByTestId("invite-reply").press("Enter");
}

const refusal = (page: Page) => page.getByRole("dialog").getByRole("alert");

test("two people connect by a code and a code back, with every server dead @cross @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|wss:|ServiceWorker|Failed to load resource/);
  const film = path.join(folder, "film.bin");
  const sha256 = await randomFile(film, 2 * MB);
  const server = await startServer();
  try {
    const home = server.url;
    const sharer = await person(engines.sharer);
    await share(sharer, film, home);
    const guest = await person(engines.leecher);
    await guest.goto(home);
    for (const page of [sharer, guest]) await waitAppKept(page);
    await server.kill();
    await expectNotice(sharer, "server-unreachable");

    const first = await invite(sharer);
    await expectAccessible(sharer, "an invite");
    await putIn(sharer, "hello");
    await expect(refusal(sharer)).toContainText("That is no whole code");
    await putIn(sharer, first);
    await expect(refusal(sharer)).toContainText("That is an invite, not a reply");

    await guest.goto(`${home}/#invite=cut`);
    await expect(guest.getByRole("heading")).toHaveText("This code is damaged");
    await guest.getByRole("button", { name: "Go to the start page" }).click();
    await guest.getByLabel("Got a link?").fill(first);
    await guest.getByLabel("Got a link?").press("Enter");
    const toFirst = await codeOn(guest);
    await expectAccessible(guest, "a reply");

    const second = await invite(sharer);
    await putIn(sharer, toFirst);
    await expect(refusal(sharer)).toContainText("That code answers another invite");

    await guest.goto(second);
    await expect.poll(() => codeOn(guest)).not.toBe(toFirst);
    // As a phone's camera opens it.
    const otherTab = await sharer.context().newPage();
    await otherTab.goto(await codeOn(guest));
    await expect(otherTab.getByText("Your other tab has taken the code")).toBeVisible();

    for (const page of [sharer, guest]) {
      await expect(page.getByRole("dialog")).toContainText("You are connected");
      await page.getByRole("button", { name: "Done" }).click();
      await expect(people(page).nth(1)).toContainText("met by invite");
    }
    await waitPhase(guest, "ready");
    expect(await download(guest)).toMatchObject({ sha256 });
  } finally {
    await server.stop();
  }
});
