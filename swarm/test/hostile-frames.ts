/** Frames that a stranger may send: good ones of every type, changed ones, and any bytes. */
import { type Bytes, toBase64url } from "../src/bytes.ts";
import { STATEMENT_LEAST_BYTES } from "../src/catalogue/entry.ts";
import { ID_BYTES, peerIdFrom } from "../src/ids.ts";
import { LIMITS } from "../src/limits.ts";
import { DEVICE, type Device } from "../src/person.ts";
import {
  CLOSE_REASON,
  type CloseReason,
  encodeFrame,
  INTRODUCTION_BYTES,
  type Message,
} from "../src/wire/frame.ts";
import type { Chance } from "./chance.ts";
import { amidOthers, mutated } from "./mutation.ts";

/** How many, from 1 to `most`. */
type Count = (most: number) => number;
/** A message's fields; `count` says how much there is of what has no size of its own. */
type Example<Type extends Message["type"]> = (
  chance: Chance,
  count: Count,
) => Omit<Extract<Message, { type: Type }>, "type">;

const CLOSE_REASONS = Object.keys(CLOSE_REASON) as CloseReason[];
const DEVICES = Object.keys(DEVICE) as Device[];
const PAGE_HASHES = LIMITS.pageContentBytes / LIMITS.pieceBytesLeast;

const none = () => ({});
const anyPage = (chance: Chance) => ({ page: chance.field() });
const anyPieces = (chance: Chance, count: Count) => ({
  pieces: Array.from({ length: count(LIMITS.haveCount) }, () => chance.field()),
});
const anyBlock = (chance: Chance) => ({
  block: {
    piece: chance.field(),
    offset: chance.field(),
    length: chance.between(1, LIMITS.blockBytes),
  },
});

const anySignal = (chance: Chance, count: Count) => ({
  kind: chance.pick(["offer", "answer", "candidate"] as const),
  exchange: toBase64url(chance.bytes(16)),
  body: chance.bytes(count(LIMITS.signalBodyBytes)),
});

/** Every type that there is: without one of them this doesn't compile. */
const EXAMPLES: { readonly [Type in Message["type"]]: Example<Type> } = {
  hello: (chance) => ({ peerKey: chance.bytes(32), nonce: chance.bytes(32) }),
  proof: (chance) => ({
    mac: chance.bytes(32),
    signature: chance.bytes(64),
    ownerSignature: chance.oneIn(2) ? chance.bytes(64) : null,
  }),
  goodbye: (chance) => ({ reason: chance.pick(CLOSE_REASONS) }),
  person: (chance, count) => ({
    device: chance.oneIn(3) ? null : chance.pick(DEVICES),
    // Of letters that have four bytes, as long as they may be.
    name: "\u{1f41f}".repeat(count(LIMITS.personNameBytes / 4)),
  }),
  "manifest-request": (chance) => ({ offset: chance.field() }),
  "manifest-part": (chance, count) => ({
    totalBytes: chance.field(),
    offset: chance.field(),
    part: chance.bytes(count(LIMITS.manifestPartBytes)),
  }),
  "page-request": anyPage,
  page: (chance, count) => ({
    page: chance.field(),
    signature: chance.bytes(64),
    hashes: chance.bytes(32 * count(PAGE_HASHES)),
  }),
  "page-reject": anyPage,
  bitfield: (chance, count) => ({ bits: chance.bytes(count(LIMITS.frameBytes - 1)) }),
  "have-all": none,
  "have-none": none,
  have: anyPieces,
  choke: none,
  unchoke: none,
  interested: none,
  "not-interested": none,
  request: anyBlock,
  reject: anyBlock,
  cancel: anyBlock,
  data: (chance, count) => ({
    piece: chance.field(),
    offset: chance.field(),
    payload: chance.bytes(count(LIMITS.blockBytes)),
  }),
  suggest: anyPieces,
  end: (chance) => ({
    reason: chance.oneIn(2) ? "stopped" : "sourceChanged",
    signature: chance.bytes(64),
  }),
  contradiction: (chance, count) => {
    const hashBytes = 32 * count(PAGE_HASHES);
    const signedHashes = () => ({ signature: chance.bytes(64), hashes: chance.bytes(hashBytes) });
    return { page: chance.field(), first: signedHashes(), second: signedHashes() };
  },
  catalogue: (chance, count) => {
    const more = count(LIMITS.entryBytes - STATEMENT_LEAST_BYTES + 1) - 1;
    return { statement: chance.bytes(STATEMENT_LEAST_BYTES + more).with(64, 1) }; // Of this version.
  },
  introduction: (chance) => ({ isHidden: chance.oneIn(2), agreement: chance.bytes(96) }),
  peers: (chance, count) => ({
    introductions: chance.bytes(INTRODUCTION_BYTES * count(LIMITS.peersPerMessage)),
  }),
  gone: (chance, count) => ({ ids: chance.bytes(ID_BYTES * count(LIMITS.peersPerMessage)) }),
  relay: (chance, count) => ({ to: peerIdFrom(chance.bytes(32)), ...anySignal(chance, count) }),
  relayed: (chance, count) => ({ from: peerIdFrom(chance.bytes(32)), ...anySignal(chance, count) }),
  "relay-answer": (chance) => ({
    exchange: toBase64url(chance.bytes(16)),
    isPassedOn: chance.oneIn(2),
  }),
  overlay: (chance, count) => ({ content: chance.bytes(count(LIMITS.overlayContentBytes)) }),
};

/** The types of messages, in the table's order. */
export const MESSAGE_TYPES = Object.keys(EXAMPLES) as Message["type"][];

/** A message of a type as large as it may be. */
export const largestMessage = (type: Message["type"], chance: Chance): Message =>
  message(type, chance, (most) => most);

function message(type: Message["type"], chance: Chance, count: Count): Message {
  return { type, ...EXAMPLES[type](chance, count) } as Message; // What the table's type says.
}

/** What most messages carry; the largest are one in so many. */
const USUAL_COUNT = 100;
const LARGEST_ONE_IN = 200;

function anyMessage(chance: Chance): Message {
  const type = chance.pick(MESSAGE_TYPES);
  if (chance.oneIn(LARGEST_ONE_IN)) return largestMessage(type, chance);
  return message(type, chance, (most) => chance.size(Math.min(most, USUAL_COUNT)));
}

const validFrame = (chance: Chance): Bytes => encodeFrame(anyMessage(chance));

/** Sizes in bytes at which a decoder changes its mind, and one past the largest frame. */
const BOUNDS = [
  0,
  1,
  2,
  5,
  9,
  10,
  13,
  66,
  69,
  18,
  50,
  73,
  1 + STATEMENT_LEAST_BYTES,
  97,
  98,
  161,
  2 + LIMITS.personNameBytes,
  1 + LIMITS.entryBytes,
  1 + LIMITS.overlayContentBytes,
  1 + INTRODUCTION_BYTES * LIMITS.peersPerMessage,
  1 + ID_BYTES * LIMITS.peersPerMessage,
  50 + LIMITS.signalBodyBytes,
  1 + 4 * LIMITS.haveCount,
  69 + 32 * PAGE_HASHES,
  133 + 2 * 32 * PAGE_HASHES,
  9 + LIMITS.manifestPartBytes,
  9 + LIMITS.blockBytes,
  LIMITS.frameBytes,
];

/** Any bytes, half of them behind the type of a message. */
function anyBytes(chance: Chance): Bytes {
  const bytes = chance.bytes(anySize(chance));
  if (bytes.length > 0 && chance.oneIn(2)) bytes[0] = validFrame(chance)[0] ?? 0;
  return bytes;
}

function anySize(chance: Chance): number {
  const most = chance.oneIn(50) ? LIMITS.frameBytes : 200;
  if (chance.oneIn(4)) return chance.size(most) - 1;
  const near = BOUNDS.filter((bound) => bound <= most);
  return Math.max(0, chance.pick(near) + chance.between(-1, 1));
}

/** A frame, and the message that it is if nothing was done to it. */
export type HostileFrame = { readonly bytes: Bytes; readonly sent: Message | null };

/** The next frame of a hostile peer. */
export function hostileFrame(chance: Chance): HostileFrame {
  const kind = chance.below(10);
  if (kind < 3) {
    const sent = anyMessage(chance);
    return { bytes: placed(encodeFrame(sent), chance), sent };
  }
  if (kind < 5) return { bytes: placed(anyBytes(chance), chance), sent: null };
  let bytes = validFrame(chance);
  for (let changes = chance.size(4); changes > 0; changes--) {
    bytes = mutated(bytes, () => validFrame(chance), chance);
  }
  // Another message's type before what is left of this one.
  if (bytes.length > 0 && chance.oneIn(8)) bytes[0] = validFrame(chance)[0] ?? 0;
  return { bytes: placed(bytes, chance), sent: null };
}

const placed = (bytes: Bytes, chance: Chance): Bytes =>
  chance.oneIn(8) ? amidOthers(bytes, chance) : bytes;
