/** The shortest text that can be a link's part after the `#`: version, flags and a 32-byte key. */
const LEAST_LETTERS = 40;
/** A link's, or a code's of an invite. */
const FRAGMENT = /^(?:(?:invite|reply)=)?[\w-]+$/;

/**
 * What follows the `#` in a pasted link of any Shoal host, or a code's, or a bare fragment; null if the
 * text holds none. Whether it is a good link is the link page's to say.
 */
export function fragmentIn(text: string): string | null {
  const word = text.trim().split(/\s/u, 1)[0] ?? "";
  const hash = word.indexOf("#");
  const fragment = word.slice(hash + 1);
  if (fragment === "" || !FRAGMENT.test(fragment)) return null;
  // After a # anything may be a cut link, and its page says so; without, it must look whole.
  return hash >= 0 || fragment.length >= LEAST_LETTERS ? fragment : null;
}
