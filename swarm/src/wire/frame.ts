/**
 * The wire between peers: one message per data channel message, one type byte, little-endian
 * fields. `docs/protocol.md` has every message byte by byte.
 *
 * Decoding never throws and never copies payload: `DATA` and the other byte fields are views into
 * the frame.
 */
import {
  type Bytes,
  concat,
  fromBase64url,
  fromUtf8,
  readU16,
  readU32,
  toBase64url,
  utf8,
  writeU16,
  writeU32,
} from "../bytes.ts";
import { isOfThisVersion, STATEMENT_LEAST_BYTES } from "../catalogue/entry.ts";
import { ID_BYTES, idBytes, type PeerId, peerIdFrom } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { DEVICE, type Device } from "../person.ts";
import type { SignalKind } from "../tracker/messages.ts";
import { nameOf, SIGNAL_KIND } from "./code.ts";

/** Sent in HELLO; peers with another major version part with a reason. */
const WIRE_VERSION = 1;

/** Why a peer closes a connection; told to the other in GOODBYE. */
export const CLOSE_REASON = {
  /** The page is left, or the swarm has ended here. */
  leaving: 0,
  protocolError: 1,
  /** The proof of membership or identity failed. */
  unproven: 2,
  /** Sent bytes that don't match their signed hash, or a forged signature. */
  badData: 3,
  /** Never answered, or too slow to be of use. */
  timeout: 4,
  /** Has as many peers as it wants. */
  full: 5,
  /** Already connected to this peer. */
  duplicate: 6,
  version: 7,
} as const;
export type CloseReason = keyof typeof CLOSE_REASON;

/** Why a sharer ended its share. */
export const END_REASON = { stopped: 0, sourceChanged: 1 } as const;
export type EndReason = keyof typeof END_REASON;

/** One block of a piece; offset and length in bytes. */
export type Block = { readonly piece: number; readonly offset: number; readonly length: number };

export type Message =
  | { readonly type: "hello"; readonly peerKey: Bytes; readonly nonce: Bytes }
  /** `ownerSignature` is there when the sender holds the share's own key. */
  | {
      readonly type: "proof";
      readonly mac: Bytes;
      readonly signature: Bytes;
      readonly ownerSignature: Bytes | null;
    }
  | { readonly type: "goodbye"; readonly reason: CloseReason }
  /** Who the sender says they are. The name is as it came. */
  | { readonly type: "person"; readonly device: Device | null; readonly name: string }
  | { readonly type: "manifest-request"; readonly offset: number }
  | {
      readonly type: "manifest-part";
      readonly totalBytes: number;
      readonly offset: number;
      readonly part: Bytes;
    }
  | { readonly type: "page-request"; readonly page: number }
  | {
      readonly type: "page";
      readonly page: number;
      readonly signature: Bytes;
      readonly hashes: Bytes;
    }
  | { readonly type: "page-reject"; readonly page: number }
  /** One bit per piece, the first in the highest bit of the first byte. */
  | { readonly type: "bitfield"; readonly bits: Bytes }
  | { readonly type: "have-all" }
  | { readonly type: "have-none" }
  | { readonly type: "have"; readonly pieces: readonly number[] }
  | { readonly type: "choke" }
  | { readonly type: "unchoke" }
  | { readonly type: "interested" }
  | { readonly type: "not-interested" }
  | { readonly type: "request"; readonly block: Block }
  | { readonly type: "reject"; readonly block: Block }
  | { readonly type: "cancel"; readonly block: Block }
  | {
      readonly type: "data";
      readonly piece: number;
      readonly offset: number;
      readonly payload: Bytes;
    }
  /** Pieces that it would serve first. */
  | { readonly type: "suggest"; readonly pieces: readonly number[] }
  | { readonly type: "end"; readonly reason: EndReason; readonly signature: Bytes }
  /** One page signed twice, with different hashes: proof that the sharer cheats. */
  | {
      readonly type: "contradiction";
      readonly page: number;
      readonly first: SignedHashes;
      readonly second: SignedHashes;
    }
  /** What the share's key said to catalogues, as it travels (`catalogue/entry.ts`). */
  | { readonly type: "catalogue"; readonly statement: Bytes }
  /**
   * The sender's X25519 key with its signature, as trackers tell of them: 96 bytes. `isHidden`: it
   * isn't to be passed on.
   */
  | { readonly type: "introduction"; readonly isHidden: boolean; readonly agreement: Bytes }
  /** Peers that the sender is connected to: `INTRODUCTION_BYTES` each. */
  | { readonly type: "peers"; readonly introductions: Bytes }
  /** Peers that it named and isn't connected to any more: `ID_BYTES` each. */
  | { readonly type: "gone"; readonly ids: Bytes }
  /** A sealed signal, to be passed on. */
  | ({ readonly type: "relay"; readonly to: PeerId } & SignalFields)
  /** A sealed signal that is passed on. */
  | ({ readonly type: "relayed"; readonly from: PeerId } & SignalFields)
  /** What came of the last RELAY of this exchange. */
  | { readonly type: "relay-answer"; readonly exchange: string; readonly isPassedOn: boolean }
  /** What the overlay's members say to each other by way of a swarm's connection; opaque here. */
  | { readonly type: "overlay"; readonly content: Bytes };

/** A sealed signal: the exchange is base64url of 16 bytes. */
export type SignalFields = {
  readonly kind: SignalKind;
  readonly exchange: string;
  readonly body: Bytes;
};

/** A peer's key [32], its X25519 key [32], and its signature over that [64]. */
export const INTRODUCTION_BYTES = 128;
const AGREEMENT_BYTES = 96;
const EXCHANGE_BYTES = 16;
/** Type, an id, the kind and the exchange: what stands before the body of a signal. */
const SIGNAL_HEAD_BYTES = 1 + ID_BYTES + 1 + EXCHANGE_BYTES;

/** A page's signature, and 32 bytes per piece. */
export type SignedHashes = { readonly signature: Bytes; readonly hashes: Bytes };

const TYPE = {
  hello: 0x01,
  proof: 0x02,
  goodbye: 0x03,
  person: 0x04,
  "manifest-request": 0x10,
  "manifest-part": 0x11,
  "page-request": 0x12,
  page: 0x13,
  "page-reject": 0x14,
  bitfield: 0x20,
  "have-all": 0x21,
  "have-none": 0x22,
  have: 0x23,
  choke: 0x30,
  unchoke: 0x31,
  interested: 0x32,
  "not-interested": 0x33,
  request: 0x40,
  reject: 0x41,
  cancel: 0x42,
  data: 0x43,
  suggest: 0x44,
  end: 0x50,
  contradiction: 0x51,
  catalogue: 0x52,
  introduction: 0x60,
  peers: 0x61,
  gone: 0x62,
  relay: 0x63,
  relayed: 0x64,
  "relay-answer": 0x65,
  overlay: 0x68,
} as const satisfies Record<Message["type"], number>;

const MAGIC = 0x4c414f48; // "HOAL": tells a Shoal peer from any other use of a data channel.
const HELLO_BYTES = 1 + 4 + 2 + 2 + 32 + 32;
/** Type, piece and offset: what stands before the payload of a DATA frame. */
export const DATA_HEAD_BYTES = 9;

/** What a frame turned out to be; `unknown` types are skipped, so that the protocol can grow. */
export type Decoded =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "unknown" }
  | { readonly kind: "malformed" }
  | { readonly kind: "other-version" };

/** The frame of a message. */
export function encodeFrame(message: Message): Bytes {
  const type = TYPE[message.type];
  switch (message.type) {
    case "hello": {
      const head = fields(type, [MAGIC], 9);
      writeU16(head, 5, WIRE_VERSION);
      return concat(head, message.peerKey, message.nonce);
    }
    case "proof": {
      const { mac, signature, ownerSignature } = message;
      return concat(fields(type), mac, signature, ownerSignature ?? new Uint8Array(0));
    }
    case "goodbye":
      return Uint8Array.of(type, CLOSE_REASON[message.reason]);
    case "person": {
      const { device, name } = message;
      return concat(Uint8Array.of(type, device === null ? 0 : DEVICE[device]), utf8(name));
    }
    case "manifest-request":
      return fields(type, [message.offset]);
    case "manifest-part":
      return concat(fields(type, [message.totalBytes, message.offset]), message.part);
    case "page-request":
    case "page-reject":
      return fields(type, [message.page]);
    case "page":
      return concat(fields(type, [message.page]), message.signature, message.hashes);
    case "bitfield":
      return concat(fields(type), message.bits);
    case "have":
    case "suggest":
      return fields(type, message.pieces);
    case "request":
    case "reject":
    case "cancel": {
      const { piece, offset, length } = message.block;
      return fields(type, [piece, offset, length]);
    }
    case "data": {
      const bytes = new Uint8Array(DATA_HEAD_BYTES + message.payload.length);
      writeDataHead(bytes, message.piece, message.offset);
      bytes.set(message.payload, DATA_HEAD_BYTES);
      return bytes;
    }
    case "end":
      return concat(Uint8Array.of(type, END_REASON[message.reason]), message.signature);
    case "contradiction": {
      const { page, first, second } = message;
      const signatures = [first.signature, second.signature];
      return concat(fields(type, [page]), ...signatures, first.hashes, second.hashes);
    }
    case "catalogue":
      return concat(fields(type), message.statement);
    case "introduction":
      return concat(Uint8Array.of(type, Number(message.isHidden)), message.agreement);
    case "peers":
      return concat(fields(type), message.introductions);
    case "gone":
      return concat(fields(type), message.ids);
    case "relay":
      return encodeSignal(type, message.to, message);
    case "relayed":
      return encodeSignal(type, message.from, message);
    case "relay-answer": {
      const { exchange, isPassedOn } = message;
      return concat(fields(type), exchangeBytes(exchange), Uint8Array.of(Number(isPassedOn)));
    }
    case "overlay":
      return concat(fields(type), message.content);
    case "have-all":
    case "have-none":
    case "choke":
    case "unchoke":
    case "interested":
    case "not-interested":
      return fields(type);
  }
}

function encodeSignal(type: number, peer: PeerId, signal: SignalFields): Bytes {
  const { kind, exchange, body } = signal;
  const head = [fields(type), idBytes(peer), Uint8Array.of(SIGNAL_KIND[kind])];
  return concat(...head, exchangeBytes(exchange), body);
}

function exchangeBytes(exchange: string): Bytes {
  const bytes = fromBase64url(exchange);
  if (bytes?.length !== EXCHANGE_BYTES) throw new Error("an exchange is named by 16 bytes");
  return bytes;
}

/** Makes a DATA frame of one that a reader filled behind its head: payload is never copied. */
export function writeDataHead(frame: Bytes, piece: number, offset: number): void {
  writeFields(frame, TYPE.data, [piece, offset]);
}

/** A type, fields of 32 bits, and room behind them where more bytes are asked for. */
function fields(type: number, values: readonly number[] = [], size = 1 + 4 * values.length): Bytes {
  const bytes = new Uint8Array(size);
  writeFields(bytes, type, values);
  return bytes;
}

function writeFields(bytes: Bytes, type: number, values: readonly number[]): void {
  bytes[0] = type;
  for (let index = 0; index < values.length; index++) {
    writeU32(bytes, 1 + 4 * index, values[index] ?? 0);
  }
}

/** Whether it brings a block. Blocks name their places: in which order they come is all the same. */
export const bringsBlock = (frame: Bytes): boolean => frame[0] === TYPE.data;

/** Reads a frame from a stranger. */
export function decodeFrame(bytes: Bytes): Decoded {
  if (bytes.length === 0 || bytes.length > LIMITS.frameBytes) return MALFORMED;
  const decode = DECODERS.get(bytes[0] ?? 0);
  if (decode === undefined) return { kind: "unknown" };
  const decoded = decode(bytes);
  if (decoded === null) return MALFORMED;
  return "type" in decoded ? { kind: "message", message: decoded } : decoded;
}

const MALFORMED: Decoded = { kind: "malformed" };

type Decoder = (bytes: Bytes) => Message | Decoded | null;

const exactly =
  (size: number, read: (bytes: Bytes) => Message | Decoded | null): Decoder =>
  (bytes) =>
    bytes.length === size ? read(bytes) : null;

const bare = (message: Message): Decoder => exactly(1, () => message);

const blockMessage = (type: "request" | "reject" | "cancel"): Decoder =>
  exactly(13, (bytes) => {
    const block = {
      piece: readU32(bytes, 1),
      offset: readU32(bytes, 5),
      length: readU32(bytes, 9),
    };
    const isBlock = block.length > 0 && block.length <= LIMITS.blockBytes;
    return isBlock ? { type, block } : null;
  });

const pieceList =
  (type: "have" | "suggest"): Decoder =>
  (bytes) => {
    const count = (bytes.length - 1) / 4;
    if (!Number.isInteger(count) || count < 1 || count > LIMITS.haveCount) return null;
    const pieces = Array.from({ length: count }, (_, i) => readU32(bytes, 1 + 4 * i));
    return { type, pieces };
  };

const signalMessage =
  (read: (peer: PeerId, signal: SignalFields) => Message): Decoder =>
  (bytes) => {
    const bodyBytes = bytes.length - SIGNAL_HEAD_BYTES;
    if (bodyBytes < 1 || bodyBytes > LIMITS.signalBodyBytes) return null;
    const kind = nameOf(SIGNAL_KIND, bytes[1 + ID_BYTES]);
    if (kind === null) return { kind: "unknown" }; // A later version's.
    const exchange = toBase64url(bytes.subarray(2 + ID_BYTES, SIGNAL_HEAD_BYTES));
    const body = bytes.slice(SIGNAL_HEAD_BYTES);
    return read(peerIdFrom(bytes.subarray(1, 1 + ID_BYTES)), { kind, exchange, body });
  };

/** A list of peers, each of so many bytes. */
const peerList =
  (partBytes: number, read: (list: Bytes) => Message): Decoder =>
  (bytes) => {
    const count = (bytes.length - 1) / partBytes;
    if (!Number.isInteger(count) || count < 1 || count > LIMITS.peersPerMessage) return null;
    return read(bytes.slice(1));
  };

const MOST_PAGE_HASH_BYTES = (LIMITS.pageContentBytes / LIMITS.pieceBytesLeast) * 32;

const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [
    TYPE.hello,
    (bytes) => {
      // A later version's HELLO may be longer; its first nine bytes stay.
      if (bytes.length < 9 || readU32(bytes, 1) !== MAGIC) return null;
      if (readU16(bytes, 5) !== WIRE_VERSION) return { kind: "other-version" };
      if (bytes.length < HELLO_BYTES) return null;
      return { type: "hello", peerKey: bytes.slice(9, 41), nonce: bytes.slice(41, 73) };
    },
  ],
  [
    TYPE.proof,
    (bytes) =>
      bytes.length === 97 || bytes.length === 161
        ? {
            type: "proof",
            mac: bytes.slice(1, 33),
            signature: bytes.slice(33, 97),
            ownerSignature: bytes.length === 161 ? bytes.slice(97) : null,
          }
        : null,
  ],
  [
    TYPE.goodbye,
    exactly(2, (bytes) => ({
      type: "goodbye",
      reason: nameOf(CLOSE_REASON, bytes[1]) ?? "leaving",
    })),
  ],
  [
    TYPE.person,
    (bytes) => {
      if (bytes.length < 2 || bytes.length > 2 + LIMITS.personNameBytes) return null;
      const name = fromUtf8(bytes.subarray(2));
      return name === null ? null : { type: "person", device: nameOf(DEVICE, bytes[1]), name };
    },
  ],
  [
    TYPE["manifest-request"],
    exactly(5, (bytes) => ({ type: "manifest-request", offset: readU32(bytes, 1) })),
  ],
  [
    TYPE["manifest-part"],
    (bytes) => {
      if (bytes.length <= 9 || bytes.length > 9 + LIMITS.manifestPartBytes) return null;
      return {
        type: "manifest-part",
        totalBytes: readU32(bytes, 1),
        offset: readU32(bytes, 5),
        part: bytes.subarray(9),
      };
    },
  ],
  [
    TYPE["page-request"],
    exactly(5, (bytes) => ({ type: "page-request", page: readU32(bytes, 1) })),
  ],
  [TYPE["page-reject"], exactly(5, (bytes) => ({ type: "page-reject", page: readU32(bytes, 1) }))],
  [
    TYPE.page,
    (bytes) => {
      const hashBytes = bytes.length - 69;
      if (hashBytes <= 0 || hashBytes % 32 !== 0 || hashBytes > MOST_PAGE_HASH_BYTES) return null;
      return {
        type: "page",
        page: readU32(bytes, 1),
        signature: bytes.slice(5, 69),
        hashes: bytes.slice(69),
      };
    },
  ],
  [
    TYPE.bitfield,
    (bytes) => (bytes.length > 1 ? { type: "bitfield", bits: bytes.slice(1) } : null),
  ],
  [TYPE["have-all"], bare({ type: "have-all" })],
  [TYPE["have-none"], bare({ type: "have-none" })],
  [TYPE.have, pieceList("have")],
  [TYPE.suggest, pieceList("suggest")],
  [TYPE.choke, bare({ type: "choke" })],
  [TYPE.unchoke, bare({ type: "unchoke" })],
  [TYPE.interested, bare({ type: "interested" })],
  [TYPE["not-interested"], bare({ type: "not-interested" })],
  [TYPE.request, blockMessage("request")],
  [TYPE.reject, blockMessage("reject")],
  [TYPE.cancel, blockMessage("cancel")],
  [
    TYPE.data,
    (bytes) => {
      const payloadBytes = bytes.length - DATA_HEAD_BYTES;
      if (payloadBytes <= 0 || payloadBytes > LIMITS.blockBytes) return null;
      return {
        type: "data",
        piece: readU32(bytes, 1),
        offset: readU32(bytes, 5),
        payload: bytes.subarray(DATA_HEAD_BYTES),
      };
    },
  ],
  [
    TYPE.end,
    exactly(66, (bytes) => {
      const reason = nameOf(END_REASON, bytes[1]);
      // A later version's reason: its signature covers a byte that has no name here.
      if (reason === null) return { kind: "unknown" };
      return { type: "end", reason, signature: bytes.slice(2) };
    }),
  ],
  [
    TYPE.contradiction,
    (bytes) => {
      const hashBytes = (bytes.length - 133) / 2;
      if (hashBytes <= 0 || hashBytes % 32 !== 0 || hashBytes > MOST_PAGE_HASH_BYTES) return null;
      return {
        type: "contradiction",
        page: readU32(bytes, 1),
        first: { signature: bytes.slice(5, 69), hashes: bytes.slice(133, 133 + hashBytes) },
        second: { signature: bytes.slice(69, 133), hashes: bytes.slice(133 + hashBytes) },
      };
    },
  ],
  [
    TYPE.catalogue,
    (bytes) => {
      const length = bytes.length - 1;
      if (length < STATEMENT_LEAST_BYTES || length > LIMITS.entryBytes) return null;
      const statement = bytes.slice(1);
      return isOfThisVersion(statement) ? { type: "catalogue", statement } : { kind: "unknown" };
    },
  ],
  [
    TYPE.introduction,
    exactly(2 + AGREEMENT_BYTES, (bytes) => ({
      type: "introduction",
      isHidden: ((bytes[1] ?? 0) & 1) === 1, // The other bits are a later version's.
      agreement: bytes.slice(2),
    })),
  ],
  [TYPE.peers, peerList(INTRODUCTION_BYTES, (introductions) => ({ type: "peers", introductions }))],
  [TYPE.gone, peerList(ID_BYTES, (ids) => ({ type: "gone", ids }))],
  [TYPE.relay, signalMessage((to, signal) => ({ type: "relay", to, ...signal }))],
  [TYPE.relayed, signalMessage((from, signal) => ({ type: "relayed", from, ...signal }))],
  [
    TYPE["relay-answer"],
    exactly(2 + EXCHANGE_BYTES, (bytes) => ({
      type: "relay-answer",
      exchange: toBase64url(bytes.subarray(1, 1 + EXCHANGE_BYTES)),
      isPassedOn: bytes[1 + EXCHANGE_BYTES] === 1,
    })),
  ],
  [
    TYPE.overlay,
    (bytes) => {
      if (bytes.length < 2 || bytes.length > 1 + LIMITS.overlayContentBytes) return null;
      return { type: "overlay", content: bytes.slice(1) };
    },
  ],
]);
