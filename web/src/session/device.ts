import type { Device } from "@shoal/swarm/person";

/** What the browser says of the thing that it runs on. */
export type Hints = {
  /** Null where the browser doesn't say. */
  readonly isMobile: boolean | null;
  /** The main pointer is a finger. */
  readonly isTouch: boolean;
  /** The screen's shorter side, in CSS pixels. */
  readonly shortSide: number;
};

/** A tablet's shorter side has so many CSS pixels at least; the line that Android draws. */
const TABLET_SIDE = 600;

/** A guess: the person can say better. */
export function deviceOf({ isMobile, isTouch, shortSide }: Hints): Device {
  if (isMobile === true) return "phone"; // Browsers on tablets say no.
  if (!isTouch) return "computer";
  return shortSide < TABLET_SIDE ? "phone" : "tablet";
}

/** What this browser runs on, as far as it shows. */
export function thisDevice(): Device {
  // Not in every browser, and so not in TypeScript's types.
  const { userAgentData } = navigator as { readonly userAgentData?: { readonly mobile?: boolean } };
  return deviceOf({
    isMobile: userAgentData?.mobile ?? null,
    isTouch: matchMedia("(pointer: coarse)").matches,
    shortSide: Math.min(screen.width, screen.height),
  });
}
