/** What a journey does with a transfer: wait for its phase, read its numbers, take what it saves. */
import { expect } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { stat } from "node:fs/promises";
import { sha256Of } from "./files.ts";

/** The states of the share on a page, in `data-phase`. */
export type Phase =
  | "sharing"
  | "connecting"
  | "locked"
  | "waiting"
  | "ready"
  | "downloading"
  | "paused"
  | "done"
  | "ended"
  | "failed";

/** The integers that a transfer shows, by attribute. */
export type Figure =
  | "data-verified-bytes"
  | "data-hashed-bytes"
  | "data-total-bytes"
  | "data-sent-bytes"
  | "data-received-bytes"
  | "data-peers";

/** @returns The element that shows the state of the share on a page. */
export function transfer(page: Page): Locator {
  return page.getByTestId("transfer");
}

/**
 * Waits until the share on the page is in a phase.
 *
 * @param timeout In ms; 30 s when left out.
 * @throws At once when it failed instead, with the error's code.
 */
export async function waitPhase(page: Page, phase: Phase, timeout = 30_000): Promise<void> {
  const ends = phase === "failed" ? "failed" : new RegExp(`^(${phase}|failed)$`);
  await expect(transfer(page)).toHaveAttribute("data-phase", ends, { timeout });
  const code = await transfer(page).getAttribute("data-error");
  expect(await transfer(page).getAttribute("data-phase"), `error code: ${code}`).toBe(phase);
}

/** @returns One of the numbers that the transfer shows. */
export async function figure(page: Page, name: Figure): Promise<number> {
  const text = await transfer(page).getAttribute(name);
  expect(text, `${name} is an integer`).toMatch(/^\d+$/);
  return Number(text);
}

/** @returns The link of the share on the page, once it is there. */
export async function shareLink(page: Page): Promise<string> {
  const link = page.getByTestId("share-link");
  await expect(link).toBeVisible();
  const value = await link.evaluate((element) =>
    "value" in element && typeof element.value === "string" ? element.value : element.textContent,
  );
  return value.trim();
}

/** A file that a page handed to its browser. */
export interface Saved {
  /** The name that the person's download folder would show. */
  readonly name: string;
  /** Where it lies until the context closes. */
  readonly path: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Does something that ends in a download, and takes what was saved.
 *
 * @param timeout In ms, until the download begins; 30 s when left out.
 */
export async function saved(
  page: Page,
  action: () => Promise<unknown>,
  timeout = 30_000,
): Promise<Saved> {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout }), action()]);
  const path = await download.path();
  const [{ size }, sha256] = await Promise.all([stat(path), sha256Of(path)]);
  return { name: download.suggestedFilename(), path, size, sha256 };
}
