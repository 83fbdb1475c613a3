/** Shoal, driven and timed as a person's browser shows it. */
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { openShare } from "../steps.ts";
import { figure, shareLink, waitPhase } from "../transfer.ts";
import { limitMs } from "./contender.ts";
import type { Contender, Fetched, Offer } from "./contender.ts";

/** Marks, inside the page, the choice and the first sight of the link. */
function mark(): void {
  const input = document.querySelector('[data-testid="file-input"]');
  input?.addEventListener("change", () => performance.mark("chosen"), { capture: true });
  new MutationObserver(() => {
    const link = document.querySelector<HTMLInputElement>('[data-testid="share-link"]');
    if (!link?.value.includes("#") || performance.getEntriesByName("linked").length > 0) return;
    performance.mark("linked");
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}

/** Chooses a file on the home page, and times the link inside the page. */
export async function offerByShoal(from: Page, file: string): Promise<Offer> {
  await from.evaluate(mark);
  await from.getByTestId("file-input").setInputFiles(file);
  await waitPhase(from, "sharing");
  const link = await shareLink(from);
  const linkMs = await from.evaluate(
    () => performance.measure("link", "chosen", "linked").duration,
  );
  return { link, linkMs };
}

/** Presses download, and times inside the page what the page shows of it. */
function press(limitMs: number): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const transfer = document.querySelector('[data-testid="transfer"]');
    const button = document.querySelector<HTMLElement>('[data-testid="download"]');
    if (transfer === null || button === null) return reject(new Error("nothing to press"));
    const startMs = performance.now();
    let firstPieceMs: number | null = null;
    setTimeout(() => reject(new Error("hangs")), limitMs);
    new MutationObserver(() => {
      const spentMs = performance.now() - startMs;
      const phase = transfer.getAttribute("data-phase");
      if (Number(transfer.getAttribute("data-verified-bytes")) > 0) firstPieceMs ??= spentMs;
      if (phase === "failed") reject(new Error("failed"));
      if (phase === "done") resolve({ seconds: spentMs / 1000, firstPieceMs });
    }).observe(transfer, { attributes: true });
    button.click();
  });
}

/**
 * @param totalBytes Of the file.
 * @returns Shoal on the server that the pages' base address names.
 */
export function shoal(totalBytes: number): Contender {
  return {
    name: "Shoal",
    mayFail: false,
    home: "/",
    async offer(from, file) {
      const offer = await offerByShoal(from, file);
      await expect
        .poll(() => figure(from, "data-hashed-bytes"), { timeout: limitMs(totalBytes) })
        .toBe(totalBytes);
      return offer;
    },
    open: (to, _from, { link }) => openShare(to, link),
    fetch: (to) => to.evaluate(press, limitMs(totalBytes)),
    sentBytes: (from) => figure(from, "data-sent-bytes"),
  };
}
