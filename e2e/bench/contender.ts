/** What takes turns in a measurement: a way of bringing a file from one page to others. */
import type { Page } from "@playwright/test";

/** How long the making of a link took, and the link. */
export interface Offer {
  readonly link: string;
  /** From the choice of the file until the link can be sent; null where there is none. */
  readonly linkMs: number | null;
}

/** How long a download took, counted from the press in the leecher's page. */
export interface Fetched {
  /** Until the last piece was verified and stored. */
  readonly seconds: number;
  /** Until the first one was; null where nothing is verified. */
  readonly firstPieceMs: number | null;
}

/** The steps that are timed, for one file in fresh pages. */
export interface Contender {
  /** As in tables. */
  readonly name: string;
  /** Others' failures are figures, too; ours end the measurement. */
  readonly mayFail: boolean;
  /** The address that every page opens first. */
  readonly home: string;
  /** The sharer chooses the file; resolves when nothing is left to do until somebody wants it. */
  offer(from: Page, file: string): Promise<Offer>;
  /** A leecher goes as far as one can without asking for the content. */
  open(to: Page, from: Page, offer: Offer): Promise<void>;
  /** The leecher presses download; resolves when everything is there. */
  fetch(to: Page, from: Page, offer: Offer): Promise<Fetched>;
  /** Bytes of content that the page has sent so far; null where nobody counts. */
  sentBytes(from: Page): Promise<number | null>;
}

/** How long a download may take before it counts as hung: 1 MB/s, and a minute. */
export function limitMs(totalBytes: number): number {
  return 60_000 + totalBytes / 1000;
}
