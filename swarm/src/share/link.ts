/**
 * A link: what a person sends. After the `#` stands base64url of
 *
 *     version u8 | flags u8 | public key 32 | fields ... | CRC-32 u32
 *
 * with fields of `type u8 | length u8 | value`. A field whose type has the high bit is critical: a
 * reader that doesn't know it refuses the link. The checksum tells a mistyped or cut link from a
 * share where nobody happens to be.
 */
import { type Bytes, concat, fromBase64url, fromUtf8, toBase64url, u32, utf8 } from "../bytes.ts";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { PASSWORD_CHECK_BYTES } from "./password.ts";
import { isSmallOrder } from "./small-order.ts";

export type Link = {
  /** The share's Ed25519 public key, 32 bytes: whoever knows it is a member. */
  readonly publicKey: Bytes;
  /** Host names, with ports where needed, of trackers beside the one that served the page. */
  readonly trackers: readonly string[];
  /** Of a share that asks for a password: by this it is told whether one is right. Else null. */
  readonly passwordCheck: Bytes | null;
};

const VERSION = 1;
const PUBLIC_KEY_AT = 2;
const FIELDS_AT = PUBLIC_KEY_AT + 32;
const CHECKSUM_BYTES = 4;
const CRITICAL = 0x80;
const TRACKER_FIELD = 0x01;
/** Critical: without the password nobody in the swarm understands its opener. */
const PASSWORD_FIELD = CRITICAL | 0x01;

/** Letters, digits, dots, hyphens; IPv6 in brackets; an optional port. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether a link can name it as a tracker. */
export const isTrackerHost = (text: string): boolean => HOST.test(text);

/** The text that follows the `#`. */
export function encodeLink(link: Link): string {
  const fields = link.trackers
    .slice(0, LIMITS.trackersPerLink)
    .map((host) => field(TRACKER_FIELD, utf8(host)));
  if (link.passwordCheck !== null) fields.push(field(PASSWORD_FIELD, link.passwordCheck));
  const body = concat(new Uint8Array([VERSION, 0]), link.publicKey, ...fields);
  return toBase64url(concat(body, u32(crc32(body))));
}

function field(type: number, value: Bytes): Bytes {
  return concat(new Uint8Array([type, value.length]), value);
}

/**
 * Reads a link, or the whole URL that carries it.
 * @throws {ShoalError} `link-damaged`, or `link-newer` where it asks for what this version lacks.
 */
export function decodeLink(text: string): Link {
  const fragment = text.slice(text.indexOf("#") + 1).trim();
  const bytes = fragment.length > LIMITS.linkLetters ? null : fromBase64url(fragment);
  if (bytes === null || bytes.length < FIELDS_AT + CHECKSUM_BYTES) {
    throw new ShoalError("link-damaged");
  }
  const body = bytes.slice(0, -CHECKSUM_BYTES);
  const checksum = bytes.subarray(-CHECKSUM_BYTES);
  if (new DataView(checksum.buffer, checksum.byteOffset).getUint32(0, true) !== crc32(body)) {
    throw new ShoalError("link-damaged");
  }
  const [version, flags] = body;
  if (version === 0) throw new ShoalError("link-damaged");
  if (version !== VERSION || flags !== 0) throw new ShoalError("link-newer");
  const publicKey = body.slice(PUBLIC_KEY_AT, FIELDS_AT);
  if (isSmallOrder(publicKey)) throw new ShoalError("link-damaged", "key of small order");
  return { publicKey, ...decodeFields(body.slice(FIELDS_AT)) };
}

function decodeFields(fields: Bytes): Omit<Link, "publicKey"> {
  const trackers: string[] = [];
  let passwordCheck: Bytes | null = null;
  for (let at = 0; at < fields.length;) {
    const [type = 0, length] = fields.subarray(at, at + 2);
    if (length === undefined || at + 2 + length > fields.length) {
      throw new ShoalError("link-damaged");
    }
    const value = fields.slice(at + 2, at + 2 + length);
    if (type === TRACKER_FIELD) {
      const host = fromUtf8(value);
      if (host === null || !isTrackerHost(host)) throw new ShoalError("link-damaged");
      trackers.push(host);
    } else if (type === PASSWORD_FIELD) {
      if (passwordCheck !== null || length !== PASSWORD_CHECK_BYTES) {
        throw new ShoalError("link-damaged");
      }
      passwordCheck = value;
    } else if ((type & CRITICAL) !== 0) {
      throw new ShoalError("link-newer");
    }
    at += 2 + length;
  }
  if (trackers.length > LIMITS.trackersPerLink) throw new ShoalError("link-damaged");
  return { trackers, passwordCheck };
}

/** CRC-32 as in ISO 3309 and ZIP: finds every burst of up to 32 damaged bits. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
