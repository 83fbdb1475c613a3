/** A stranger's words on one line, made so that they leave the text around them alone. */
import { fromUtf8, utf8 } from "./bytes.ts";
import { isBlank, visible } from "./share/path.ts";

/** Control characters, but ones that part words. */
const BREAK = /[\t-\r\u0085\u2028\u2029]/gu;

/**
 * The text on one line, composed, without what is invisible and may hide or reorder, cut between code
 * points to at most `mostBytes` of UTF-8; "" where nothing of it would be seen. Doing it twice changes
 * nothing.
 */
export function safeLine(text: string, mostBytes: number): string {
  // First cut roughly: Unicode's normal forms take time that grows with the square of a letter's marks.
  const line = text.slice(0, mostBytes).replaceAll(BREAK, " ");
  const seen = visible(line).normalize("NFC");
  const plain = cut(seen.replaceAll(/\s+/gu, " ").trim(), mostBytes).trimEnd();
  return isBlank(plain) ? "" : plain;
}

function cut(text: string, mostBytes: number): string {
  const bytes = utf8(text);
  let end = Math.min(bytes.length, mostBytes);
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // Back to where a code point begins.
  return fromUtf8(bytes.subarray(0, end)) ?? "";
}
