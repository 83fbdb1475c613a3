/** What a person lets others call them. It proves nothing: anybody may say anything of themselves. */
import { fromUtf8, utf8 } from "./bytes.ts";
import { LIMITS } from "./limits.ts";
import { isBlank, visible } from "./share/path.ts";

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
export function safePersonName(name: string): string {
  // First cut roughly: Unicode's normal forms take time that grows with the square of a letter's marks.
  const seen = visible(name.slice(0, LIMITS.personNameBytes)).normalize("NFC");
  const plain = cut(seen.replaceAll(/\s+/gu, " ").trim()).trimEnd();
  return isBlank(plain) ? "" : plain;
}

function cut(name: string): string {
  const bytes = utf8(name);
  let end = Math.min(bytes.length, LIMITS.personNameBytes);
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // Back to where a code point begins.
  return fromUtf8(bytes.subarray(0, end)) ?? "";
}
