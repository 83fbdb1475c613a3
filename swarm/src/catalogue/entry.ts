/**
 * What a share's key says to a catalogue: an entry that people can find, or its withdrawal. It travels as
 * a 64-byte Ed25519 signature with the content behind it, and is complete in itself: the link in it names
 * the key. Little-endian:
 *
 *     version u8 | what u8 | sequence u48 | expiry u48 | link length u16 | link | rest
 *
 * where `what` is 1 for an entry and 2 for a withdrawal, sequence is a number that rises with each
 * statement of one share, expiry is milliseconds of Unix time, and the link is what follows its `#`. Of an
 * entry the rest is
 *
 *     kind u8 | file count u32 | total size u48 | title | description | tag count u8 | per tag: text
 *
 * with texts as `length u16 | UTF-8`; of a withdrawal there is none. What follows the last field is for
 * later versions to use, and is signed like the rest.
 */
import {
  type Bytes,
  concat,
  fromUtf8,
  readU16,
  readU32,
  readU48,
  u32,
  u48,
  utf8,
} from "../bytes.ts";
import type { CryptoPort, SigningKey } from "../crypto.ts";
import { ShoalError } from "../errors.ts";
import type { SwarmId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { decodeLink } from "../share/link.ts";
import { deriveSwarm } from "../share/secrets.ts";
import { SIGNATURE_BYTES, STATEMENT, statement } from "../share/statement.ts";
import { safeLine } from "../text.ts";

/** What the files mostly are, as the sharer says. */
export const KIND = {
  other: 0,
  video: 1,
  audio: 2,
  pictures: 3,
  documents: 4,
  software: 5,
} as const;
export type Kind = keyof typeof KIND;

/** What can be found of a share, as far as its sharer has a say in it. */
export type Description = {
  /** One line, never empty, of at most `LIMITS.entryTitleBytes`. */
  readonly title: string;
  /** One line of at most `LIMITS.entryDescriptionBytes`; may be "". */
  readonly description: string;
  /** At most `LIMITS.entryTags`, in lower case, each once. */
  readonly tags: readonly string[];
  readonly kind: Kind;
};

type Head = {
  /** Of two statements of one share the higher one holds. */
  readonly sequence: number;
  /** Unix time in milliseconds: from then on it says nothing. */
  readonly expiresMs: number;
  /** What follows the link's `#`. */
  readonly link: string;
};

export type Entry = Head &
  Description & {
    readonly type: "entry";
    readonly fileCount: number;
    readonly totalBytes: number;
  };

/** Takes the place of all entries with lower numbers. */
export type Withdrawal = Head & { readonly type: "withdrawal" };

export type CatalogueStatement = Entry | Withdrawal;

/** One whose signature was checked. */
export type Signed<T extends CatalogueStatement = CatalogueStatement> = {
  readonly swarm: SwarmId;
  readonly stated: T;
  /** As it travels. */
  readonly bytes: Bytes;
};

const VERSION = 1;
const WHAT = { entry: 1, withdrawal: 2 } as const;
const SEQUENCE_AT = 2;
const EXPIRY_AT = 8;
const LINK_AT = 14;
const KINDS = new Map<number, Kind>(
  Object.entries(KIND).map(([kind, code]) => [code, kind as Kind]),
);

/** A description within its bounds, harmless to show; null where no title is left. Idempotent. */
export function safeDescription({
  title,
  description,
  tags,
  kind,
}: Description): Description | null {
  const safe = safeLine(title, LIMITS.entryTitleBytes);
  if (safe === "") return null;
  const lower = tags.map((tag) => safeLine(tag.toLowerCase(), LIMITS.entryTagBytes));
  return {
    title: safe,
    description: safeLine(description, LIMITS.entryDescriptionBytes),
    tags: [...new Set(lower)].filter((tag) => tag !== "").slice(0, LIMITS.entryTags),
    kind,
  };
}

/**
 * Signs a statement of the share with this key.
 * @throws {ShoalError} `link-damaged` where the link isn't this key's.
 */
export async function signStated<T extends CatalogueStatement>(
  key: SigningKey,
  stated: T,
  crypto: CryptoPort,
): Promise<Signed<T>> {
  const { publicKey } = decodeLink(stated.link);
  if (publicKey.some((byte, at) => byte !== key.publicKey[at]))
    throw new ShoalError("link-damaged");
  const swarm = await deriveSwarm(publicKey, crypto);
  const content = encode(stated);
  const signature = await key.sign(statement(STATEMENT.catalogue, swarm, 0, content));
  return { swarm, stated, bytes: concat(signature, content) };
}

/** What a stranger's bytes say; null where they are malformed, or not signed by the key of their link. */
export async function openStated(bytes: Bytes, crypto: CryptoPort): Promise<Signed | null> {
  if (bytes.length > LIMITS.entryBytes) return null;
  const signature = bytes.slice(0, SIGNATURE_BYTES);
  const content = bytes.slice(SIGNATURE_BYTES);
  const decoded = decode(content);
  if (decoded === null) return null;
  const { stated, publicKey } = decoded;
  const swarm = await deriveSwarm(publicKey, crypto);
  const message = statement(STATEMENT.catalogue, swarm, 0, content);
  return (await crypto.verify(publicKey, message, signature)) ? { swarm, stated, bytes } : null;
}

/** Less says nothing of any share. */
export const STATEMENT_LEAST_BYTES = SIGNATURE_BYTES + LINK_AT + 2;

/** Whether a stranger's bytes can be judged here: what is of another version may be as good. */
export const isOfThisVersion = (bytes: Bytes): boolean => bytes[SIGNATURE_BYTES] === VERSION;

/** The number that a stranger's bytes say they have, of `STATEMENT_LEAST_BYTES` or more. */
export const claimedSequence = (bytes: Bytes): number =>
  readU48(bytes, SIGNATURE_BYTES + SEQUENCE_AT);

/** Whether it holds now, by a clock that may be `LIMITS.entryClockMs` off. */
export const isCurrent = ({ expiresMs }: CatalogueStatement, nowMs: number): boolean =>
  expiresMs > nowMs && expiresMs <= nowMs + LIMITS.entryLifeMs + LIMITS.entryClockMs;

function encode(stated: CatalogueStatement): Bytes {
  const head = [
    new Uint8Array([VERSION, WHAT[stated.type]]),
    u48(stated.sequence),
    u48(stated.expiresMs),
    text(stated.link),
  ];
  if (stated.type === "withdrawal") return concat(...head);
  return concat(
    ...head,
    new Uint8Array([KIND[stated.kind]]),
    u32(stated.fileCount),
    u48(stated.totalBytes),
    text(stated.title),
    text(stated.description),
    new Uint8Array([stated.tags.length]),
    ...stated.tags.map(text),
  );
}

function decode(content: Bytes): { stated: CatalogueStatement; publicKey: Bytes } | null {
  const [version, what] = content;
  if (version !== VERSION || content.length < LINK_AT) return null;
  const link = readText(content, LINK_AT);
  const publicKey = link && keyOf(link.text);
  if (link === null || publicKey === null) return null;
  const head: Head = {
    sequence: readU48(content, SEQUENCE_AT),
    expiresMs: readU48(content, EXPIRY_AT),
    link: link.text,
  };
  if (what === WHAT.withdrawal) return { stated: { ...head, type: "withdrawal" }, publicKey };
  const rest = what === WHAT.entry ? decodeRest(content, link.end) : null;
  return rest && { stated: { ...head, ...rest, type: "entry" }, publicKey };
}

function decodeRest(
  content: Bytes,
  at: number,
): (Description & Pick<Entry, "fileCount" | "totalBytes">) | null {
  const kind = KINDS.get(content[at] ?? -1);
  const title = readText(content, at + 11);
  const description = title && readText(content, title.end);
  const tagCount = description && content[description.end];
  if (kind === undefined || title === null || description === null) return null;
  if (tagCount === null || tagCount === undefined || tagCount > LIMITS.entryTags) return null;
  const tags: string[] = [];
  for (let next = description.end + 1; tags.length < tagCount;) {
    const tag = readText(content, next);
    if (tag === null) return null;
    tags.push(tag.text);
    next = tag.end;
  }
  const described = { title: title.text, description: description.text, tags, kind };
  const safe = safeDescription(described);
  const fileCount = readU32(content, at + 1);
  const totalBytes = readU48(content, at + 5);
  const isPossible =
    fileCount > 0 && fileCount <= LIMITS.fileCount && totalBytes <= LIMITS.shareBytes;
  return safe && isPossible ? { ...safe, fileCount, totalBytes } : null;
}

function keyOf(link: string): Bytes | null {
  try {
    return decodeLink(link).publicKey;
  } catch {
    return null; // Safe: what says nothing of a share isn't taken.
  }
}

function text(words: string): Bytes {
  const bytes = utf8(words);
  return concat(u32(bytes.length).subarray(0, 2), bytes);
}

function readText(bytes: Bytes, at: number): { text: string; end: number } | null {
  const end = at + 2 + readU16(bytes, at);
  if (at + 2 > bytes.length || end > bytes.length) return null;
  const read = fromUtf8(bytes.subarray(at + 2, end));
  return read === null ? null : { text: read, end };
}
