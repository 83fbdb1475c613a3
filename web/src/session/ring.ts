/** What the page says to the worker of the ring. */
import type { RingDegree } from "../protocol/ring.ts";
import type { Preferences } from "./preferences.ts";

/** Who hides the address shows it to no stranger. */
export const isInRing = ({ usesRing, hidesAddress }: Preferences): boolean =>
  usesRing && !hidesAddress;

const DEGREE_KEY = "shoal:ring-degree";

/** For tests: how narrow the ring is to be, as JSON. Nothing but what it says, for anybody else. */
export function ringDegree(): RingDegree {
  try {
    return JSON.parse(localStorage.getItem(DEGREE_KEY) ?? "{}") as RingDegree;
  } catch {
    return {}; // Safe: site data is blocked, or somebody has been at it.
  }
}
