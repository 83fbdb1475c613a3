/** What a person lets others call them. It proves nothing: anybody may say anything of themselves. */
import { LIMITS } from "./limits.ts";
import { safeLine } from "./text.ts";

/** On the wire; 0 is said by whoever doesn't say. */
export const DEVICE = { phone: 1, tablet: 2, laptop: 3, computer: 4 } as const;
export type Device = keyof typeof DEVICE;

export type Person = {
  /** "": none was chosen, and whoever shows the person makes one up. */
  readonly name: string;
  readonly device: Device | null;
};

/**
 * A name on one line that leaves the text around it alone, at most `LIMITS.personNameBytes` of
 * UTF-8; "" where nothing of it would be seen. Doing it twice changes nothing.
 */
export const safePersonName = (name: string): string => safeLine(name, LIMITS.personNameBytes);
