/**
 * Byte strings: the few operations on them that the protocol needs.
 *
 * `swarm/` compiles without DOM or Node types, so the two text coders, which every host has, are
 * declared here and nowhere else.
 */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

/** Bytes over an ordinary (not shared) buffer: what sockets, hashes and files take. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text. A lone surrogate becomes U+FFFD. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or null where they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // Safe: a fatal decoder throws for malformed input and for nothing else.
  }
}

/** All parts, one after the other, in a buffer of their own. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Same length and same bytes. Not constant-time: secrets are compared by the crypto port. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

// Little-endian numbers, byte by byte: for a frame of some bytes a `DataView` costs more than all
// else that is done with it.

/** Two bytes at `at`; past the end they count as zero. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Four bytes at `at`; past the end they count as zero. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (readU16(bytes, at) | (readU16(bytes, at + 2) << 16)) >>> 0;
}

/** Only 0 to 2^16 - 1. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

/** Only 0 to 2^32 - 1. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value);
  writeU16(bytes, at + 2, value >>> 16);
}

/** A number as four little-endian bytes. Only 0 to 2^32 - 1. */
export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

const MOST_U48 = 2 ** 48 - 1;

/** A number as six little-endian bytes; what doesn't fit is the nearest that does. */
export function u48(value: number): Bytes {
  const whole = Math.min(Math.max(0, Math.floor(value)), MOST_U48);
  return concat(u32(whole % 2 ** 32), u32(Math.floor(whole / 2 ** 32)).subarray(0, 2));
}

export const readU48 = (bytes: Uint8Array, at: number): number =>
  readU32(bytes, at) + readU16(bytes, at + 4) * 2 ** 32;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** RFC 4648 base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    bitCount += 8;
    while (bitCount >= 6) {
      bitCount -= 6;
      text += ALPHABET.charAt((bits >> bitCount) & 63);
    }
  }
  return bitCount === 0 ? text : text + ALPHABET.charAt((bits << (6 - bitCount)) & 63);
}

/** The bytes of text that is known to be base64url; of anything else none. */
export const bytesIn = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

/** The bytes of canonical, unpadded base64url, or null for anything else. */
export function fromBase64url(text: string): Bytes | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let bitCount = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) return null;
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[at++] = (bits >> bitCount) & 255;
    }
  }
  const leftover = bits & ((1 << bitCount) - 1);
  return bitCount >= 6 || leftover !== 0 ? null : bytes;
}
