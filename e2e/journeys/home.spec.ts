/** The ways in: drop, paste, choose; a link pasted; and the way the link goes out. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { useInputPicker } from "../keyboard.ts";
import { saved, shareLink, waitPhase } from "../transfer.ts";

/** Lets go of a file, made in the page, over an element. */
async function dropFile(page: Page, selector: string, name: string, text: string): Promise<void> {
  await page.locator(selector).evaluate(
    (element, file) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([file.text], file.name));
      for (const type of ["dragenter", "dragover", "drop"]) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        element.dispatchEvent(event);
      }
    },
    { name, text },
  );
}

test("a file dropped anywhere on the page is shared", async ({ person, engines }) => {
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await dropFile(sharer, "body", "note.txt", "hello");
  await waitPhase(sharer, "sharing");
  await expect(sharer.getByRole("heading").first()).toContainText("note.txt");
});

test("a link pasted on the home page opens, whatever host it names", async ({
  person,
  engines,
  folder,
}) => {
  const sha256 = await randomFile(path.join(folder, "a.bin"), 1000);
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(path.join(folder, "a.bin"));
  const link = await shareLink(sharer);
  const leecher = await person(engines.leecher);
  await leecher.goto("/");
  await leecher.getByRole("textbox").fill(link.replace(/^.*#/, "https://elsewhere.example/#"));
  await leecher.keyboard.press("Enter");
  await waitPhase(leecher, "ready");
  const copy = await saved(leecher, () => leecher.getByTestId("download").click());
  expect(copy.sha256).toBe(sha256);
});

test("opening a link has no effect by itself", async ({ person, engines, folder }) => {
  await randomFile(path.join(folder, "a.bin"), 500_000);
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(path.join(folder, "a.bin"));
  const leecher = await person(engines.leecher);
  await leecher.goto(await shareLink(sharer));
  await waitPhase(leecher, "ready");
  await expect(sharer.getByTestId("transfer")).toHaveAttribute("data-peers", "1");
  await expect(sharer.getByTestId("transfer")).toHaveAttribute("data-sent-bytes", "0");
});

test("sharing and fetching need no mouse", async ({ person, engines, folder }) => {
  const sha256 = await randomFile(path.join(folder, "a.bin"), 1000);
  const sharer = await person(engines.sharer);
  await useInputPicker(sharer);
  await sharer.goto("/");
  const choose = sharer.getByRole("button", { name: /choose files/i });
  await choose.focus();
  const [chooser] = await Promise.all([
    sharer.waitForEvent("filechooser"),
    sharer.keyboard.press("Enter"),
  ]);
  await chooser.setFiles(path.join(folder, "a.bin"));
  const link = await shareLink(sharer);
  // What is to be done next has the focus: one key copies the link.
  await expect(sharer.getByRole("button", { name: /copy link/i })).toBeFocused();

  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await waitPhase(leecher, "ready");
  await leecher.getByTestId("download").focus();
  const copy = await saved(leecher, () => leecher.keyboard.press("Enter"));
  expect(copy.sha256).toBe(sha256);
});

test("pause, resume and stop do what they say @once", async ({ person, engines, folder }) => {
  const sha256 = await randomFile(path.join(folder, "a.bin"), 30_000_000);
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(path.join(folder, "a.bin"));
  const leecher = await person(engines.leecher);
  await leecher.goto(await shareLink(sharer));
  await waitPhase(leecher, "ready");
  await leecher.getByTestId("download").click();
  await leecher.getByTestId("pause").click();
  await waitPhase(leecher, "paused");
  const copy = await saved(leecher, () => leecher.getByTestId("resume").click(), 60_000);
  expect(copy.sha256).toBe(sha256);
  await leecher.getByTestId("stop").click();
  await waitPhase(leecher, "ended");
  await expect(sharer.getByTestId("transfer")).toHaveAttribute("data-peers", "0");
});

test("where a channel can't move into the worker the page forwards its frames", async ({
  person,
  engines,
  folder,
}) => {
  const sha256 = await randomFile(path.join(folder, "a.bin"), 5_000_000);
  const people = [await person(engines.sharer), await person(engines.leecher)] as const;
  for (const page of people) await page.addInitScript(refuseToMoveChannels);
  const [sharer, leecher] = people;
  await sharer.goto("/");
  await sharer.getByTestId("file-input").setInputFiles(path.join(folder, "a.bin"));
  await leecher.goto(await shareLink(sharer));
  await waitPhase(leecher, "ready");
  const copy = await saved(leecher, () => leecher.getByTestId("download").click());
  expect(copy.sha256).toBe(sha256);
  for (const page of people) {
    expect(await page.evaluate(() => Number(Reflect.get(window, "refusals")))).toBeGreaterThan(0);
  }
});

/** As a browser does that can't transfer data channels: runs in the page. */
function refuseToMoveChannels(): void {
  const post = Reflect.get(Worker.prototype, "postMessage") as (...args: unknown[]) => void;
  Reflect.set(window, "refusals", 0);
  Reflect.set(Worker.prototype, "postMessage", function refuse(this: Worker, ...args: unknown[]) {
    const [, transfer] = args;
    if (Array.isArray(transfer) && transfer.some((one) => one instanceof RTCDataChannel)) {
      Reflect.set(window, "refusals", Number(Reflect.get(window, "refusals")) + 1);
      throw new DOMException("no channels", "DataCloneError");
    }
    Reflect.apply(post, this, args);
  });
}
