/**
 * What a page must say of a trouble: its code for tools, and for people what happened and the one
 * thing to do. The words stand here again, since the journeys import no source: who changes them
 * there has to mean it.
 */
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { transfer } from "./transfer.ts";
import type { Phase } from "./transfer.ts";

/** What is said: a title, a sentence, and the thing to do as a button or as advice. */
export interface Words {
  readonly title: string;
  readonly sentence: string;
  readonly button?: string;
  readonly advice?: string;
}

/** Of a share that stopped, by `data-error`, as whoever opened the link reads it. */
export const TROUBLES = {
  "link-damaged": {
    title: "This link is damaged",
    sentence: "A part of it is missing or mistyped.",
    advice: "Copy the whole link again",
  },
  "link-newer": {
    title: "This link needs a newer Shoal",
    sentence: "It was made by a newer version than this page is.",
    button: "Load the newest version",
  },
  "insecure-context": {
    title: "This page isn’t on a secure connection",
    sentence: "Browsers allow the encryption that Shoal needs only over https",
    advice: "Open Shoal by an address that starts with https://",
  },
  "no-webrtc": {
    title: "This browser doesn’t connect to others",
    sentence: "WebRTC, by which browsers reach each other, is missing or switched off.",
    advice: "Allow WebRTC in the settings or the extension that blocks it",
  },
  "no-ed25519": {
    title: "This browser is too old for Shoal",
    sentence: "It lacks the keys that shares are signed with",
    advice: "Update it, or use a current",
  },
  "no-opfs": {
    title: "This window can’t keep files",
    sentence: "leaves a page no storage for files",
    advice: "Open the same address in a normal window",
  },
  "no-space": {
    title: "Not enough space",
    sentence: "The browser has too little storage left for this share.",
    button: "Try again",
  },
  "storage-failed": {
    title: "The browser’s storage failed",
    sentence: "Reading or writing files didn’t work.",
    button: "Try again",
  },
  "source-changed": {
    title: "A file changed while it was shared",
    sentence: "What was promised by the link is no longer there, so the share has ended.",
    advice: "Ask whoever sent the link for a new one.",
  },
  "second-tab": {
    title: "This share is open in another tab",
    sentence: "A browser has it in one tab at a time.",
    advice: "Go on in that tab, or close it: then this page goes on by itself.",
  },
  contradiction: {
    title: "This share can’t be trusted",
    sentence: "Whoever made it signed two different contents for the same place.",
    advice: "Don’t use what came from it.",
  },
  "manifest-refused": {
    title: "This share breaks the rules",
    sentence: "Its list of files has names or sizes that Shoal refuses.",
    advice: "Ask whoever sent the link to share the files again.",
  },
  internal: {
    title: "Something broke, and it’s our fault",
    sentence: "Shoal ran into a defect of its own.",
    button: "Load the page again",
  },
  "too-large": {
    title: "Too much for one share",
    sentence: "A share holds up to 20,000 files",
    button: "Choose less",
  },
} as const satisfies Record<string, Words>;

/** `source-changed`, as the one whose file it is reads it. */
export const OWN_FILE_CHANGED: Words = {
  title: TROUBLES["source-changed"].title,
  sentence: TROUBLES["source-changed"].sentence,
  button: "Share it again",
};

/** Of a share that was ended on purpose. */
export const ENDED = {
  bySharer: {
    title: "This share has ended",
    sentence: "Whoever shared it has ended it. What is here stays; My shares says how long.",
    button: "Share something yourself",
  },
  own: {
    title: "You’ve ended this share",
    sentence: "Its link no longer works.",
    button: "Share something else",
  },
} as const satisfies Record<string, Words>;

/** Of troubles that stop nothing, by `data-notice`. */
export const NOTICES = {
  "server-unreachable": {
    title: "Shoal’s server can’t be reached.",
    sentence: "What is running goes on, but nobody new can join.",
    advice: "it tries again by itself",
  },
  "without-server": {
    title: "Going on without Shoal’s server.",
    sentence: "Others join through those who are here.",
  },
  offline: {
    title: "This device is offline.",
    sentence: "Nothing is lost.",
    advice: "Connect to a network; it goes on by itself.",
  },
  "disk-full": {
    title: "There’s no space left.",
    sentence: "What is here stays, and is passed on to others.",
    advice: "it goes on by itself",
  },
  "save-failed": {
    title: "Saving didn’t work.",
    sentence: "Everything is still here.",
    button: "Save again",
  },
} as const satisfies Record<string, Words>;

export type TroubleCode = keyof typeof TROUBLES;
export type NoticeCode = keyof typeof NOTICES;

/**
 * Waits until the page says that its share stopped, for this reason, and in these words.
 *
 * @param phase `ended` for a share that is over for everyone.
 */
export async function expectTrouble(
  page: Page,
  code: TroubleCode,
  { words = TROUBLES[code], phase = "failed" }: { words?: Words; phase?: Phase } = {},
): Promise<void> {
  await expect(transfer(page)).toHaveAttribute("data-error", code, { timeout: 30_000 });
  await expect(transfer(page)).toHaveAttribute("data-phase", phase);
  await expectAlert(page, words);
  await expectAccessible(page, `${code}, ${words.button ?? words.advice}`);
}

/** Waits until the page says that the share was ended, in these words. */
export async function expectEnded(page: Page, words: Words): Promise<void> {
  await expect(transfer(page)).toHaveAttribute("data-phase", "ended", { timeout: 30_000 });
  await expect(transfer(page)).not.toHaveAttribute("data-error", /./);
  await expectAlert(page, words);
  await expectAccessible(page, `ended, ${words.button}`);
}

/** Expects the page's alert to say these words; the thing to do is in it, and the only one. */
async function expectAlert(page: Page, words: Words): Promise<void> {
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("heading", { name: words.title })).toBeVisible();
  await expect(alert.getByText(words.sentence)).toBeVisible();
  const buttons = alert.getByRole("button");
  await expect(buttons).toHaveText(words.button === undefined ? [] : [words.button]);
  if (words.advice !== undefined) await expect(alert.getByText(words.advice)).toBeVisible();
}

/** Waits until the page tells of this trouble beside what goes on. */
export async function expectNotice(page: Page, code: NoticeCode): Promise<void> {
  const words: Words = NOTICES[code];
  const notice = page.getByRole("status").filter({ has: page.locator(`[data-notice=${code}]`) });
  await expect(notice.getByText(words.title)).toBeVisible({ timeout: 30_000 });
  await expect(notice).toContainText(words.sentence);
  if (words.advice !== undefined) await expect(notice).toContainText(words.advice);
  await expect(notice.getByRole("button")).toHaveText(
    words.button === undefined ? [] : [words.button],
  );
  await expectAccessible(page, `notice ${code}`);
}

/** Waits until the page no longer tells of this trouble. */
export async function expectNoNotice(page: Page, code: NoticeCode): Promise<void> {
  await expect(page.locator(`[data-notice=${code}]`)).toHaveCount(0, { timeout: 30_000 });
}
