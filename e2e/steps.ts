/** What people do, in one step each: share, open a link, download. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { isFirefox } from "./browsers.ts";
import { saved, shareLink, waitPhase } from "./transfer.ts";
import type { Saved } from "./transfer.ts";

/**
 * Chooses files on the home page.
 *
 * @param home The home page's address, when it isn't the usual server's.
 * @returns The link.
 */
export async function share(
  page: Page,
  files: string | readonly string[],
  home = "/",
): Promise<string> {
  await page.goto(home);
  await page.getByTestId("file-input").setInputFiles(files);
  await waitPhase(page, "sharing");
  return shareLink(page);
}

/**
 * Chooses a folder. Playwright can't hand one to this Firefox: there the same files are chosen with
 * the relative paths that its picker would give them.
 */
export async function chooseFolder(
  page: Page,
  folder: string,
  names: readonly string[],
): Promise<void> {
  const input = page.getByTestId("folder-input");
  if (!isFirefox(page)) return input.setInputFiles(folder);
  await input.evaluate((element) => element.removeAttribute("webkitdirectory"));
  const paths = names.map((name) => `${path.basename(folder)}/${name}`);
  await input.evaluate((element, relative) => {
    element.addEventListener(
      "change",
      () => {
        const files = element instanceof HTMLInputElement ? [...(element.files ?? [])] : [];
        for (const [index, file] of files.entries()) {
          Object.defineProperty(file, "webkitRelativePath", { value: relative[index] });
        }
      },
      { capture: true, once: true },
    );
  }, paths);
  await input.setInputFiles(names.map((name) => path.join(folder, name)));
}

/** Answers the browser's question whether to leave. */
export function mayLeave(page: Page): void {
  page.on("dialog", (dialog) => void dialog.accept());
}

/** Has the person's browser stay out of the ring: nobody is met through it. */
export async function leaveRing(page: Page): Promise<void> {
  await page.context().addInitScript(
    (preferences) => {
      if (location.protocol === "http:") localStorage.setItem("shoal:preferences", preferences);
    },
    JSON.stringify({ usesRing: false }),
  );
}

/** Opens a link and waits for its files. */
export async function openShare(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await waitPhase(page, "ready");
}

/** Chooses a bound on what the page sends, by the words that the page has for it. */
export async function limitUpload(page: Page, name: string): Promise<void> {
  await page.getByLabel("Upload limit").selectOption({ label: name });
}

/** Presses download, without waiting for anything that comes of it. */
export async function pressDownload(page: Page): Promise<void> {
  await page.getByTestId("download").click();
}

/**
 * Presses download, and pause as soon as something is here: from inside the page, since a transfer may
 * be quicker than a click from outside.
 */
export async function downloadAndPause(page: Page): Promise<void> {
  await page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const transfer = document.querySelector('[data-testid="transfer"]');
      const pause = document.querySelector<HTMLElement>('[data-testid="pause"]');
      if (pause === null || Number(transfer?.getAttribute("data-verified-bytes")) === 0) return;
      observer.disconnect();
      pause.click();
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await pressDownload(page);
  await waitPhase(page, "paused");
}

/** Presses download and takes what the browser saves by itself at the end. */
export async function download(page: Page, timeout = 60_000): Promise<Saved> {
  return saved(page, () => pressDownload(page), timeout);
}

/** Presses save and takes what the browser saves. */
export async function pressSave(page: Page): Promise<Saved> {
  return saved(page, () => page.getByTestId("save").click());
}

/** A sharer presses stop, and answers the question that follows. */
export async function endShare(page: Page): Promise<void> {
  await page.getByTestId("stop").click();
  await page.getByRole("dialog").getByRole("button", { name: "End the share" }).click();
  await waitPhase(page, "ended");
}
