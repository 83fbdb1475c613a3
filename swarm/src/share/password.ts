/** A share's password: from what a person types to what goes into the keys. */
import { type Bytes, utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";

/**
 * How a password is stretched: Argon2id, version 0x13, with the swarm id as its salt. RFC 9106's
 * second choice, for where memory is short, but for its four lanes: a page has one thread, and
 * whoever guesses has many. Other figures would need another field in the link.
 */
export const STRETCHING = { memoryKib: 64 * 1024, passes: 3, lanes: 1, outputBytes: 32 } as const;

/** What tells a wrong password, in the link: one in four thousand million passes for the right one. */
export const PASSWORD_CHECK_BYTES = 4;

/** Past this a text is too long whatever it is: normalising joins four code points to one at most. */
const MOST_UNITS = 16 * LIMITS.passwordLetters;

/**
 * What is stretched. One password typed on two keyboards, or pasted with a space behind it, is the
 * same. Null where nothing is left of it, or it has more letters than `LIMITS.passwordLetters`.
 */
export function passwordBytes(text: string): Bytes | null {
  // Unread: normalising takes a moment for each of a million letters.
  if (text.length > MOST_UNITS) return null;
  const normal = text.normalize("NFKC").trim();
  const letters = [...normal].length;
  return letters === 0 || letters > LIMITS.passwordLetters ? null : utf8(normal);
}
