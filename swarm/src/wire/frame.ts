/**
 * The wire between peers: one message per data channel message, one type byte, little-endian
 * fields. `docs/protocol.md` has every message byte by byte.
 *
 * Decoding never throws and never copies payload: `DATA` and the other byte fields are views into
 * the frame.
 */
import { type Bytes, concat } from "../bytes.ts";
import { LIMITS } from "../limits.ts";

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
    };

/** A page's signature, and 32 bytes per piece. */
export type SignedHashes = { readonly signature: Bytes; readonly hashes: Bytes };

const TYPE = {
  hello: 0x01,
  proof: 0x02,
  goodbye: 0x03,
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
    case "hello":
      return concat(
        frame(type, 9, (view) => {
          view.setUint32(1, MAGIC, true);
          view.setUint16(5, WIRE_VERSION, true);
        }),
        message.peerKey,
        message.nonce,
      );
    case "proof":
      return concat(
        frame(type, 1),
        message.mac,
        message.signature,
        message.ownerSignature ?? new Uint8Array(0),
      );
    case "goodbye":
      return frame(type, 2, (view) => view.setUint8(1, CLOSE_REASON[message.reason]));
    case "manifest-request":
      return frame(type, 5, (view) => view.setUint32(1, message.offset, true));
    case "manifest-part":
      return concat(
        frame(type, 9, (view) => {
          view.setUint32(1, message.totalBytes, true);
          view.setUint32(5, message.offset, true);
        }),
        message.part,
      );
    case "page-request":
    case "page-reject":
      return frame(type, 5, (view) => view.setUint32(1, message.page, true));
    case "page":
      return concat(
        frame(type, 5, (view) => view.setUint32(1, message.page, true)),
        message.signature,
        message.hashes,
      );
    case "bitfield":
      return concat(frame(type, 1), message.bits);
    case "have":
    case "suggest":
      return frame(type, 1 + 4 * message.pieces.length, (view) => {
        for (const [index, piece] of message.pieces.entries()) {
          view.setUint32(1 + 4 * index, piece, true);
        }
      });
    case "request":
    case "reject":
    case "cancel":
      return frame(type, 13, (view) => {
        view.setUint32(1, message.block.piece, true);
        view.setUint32(5, message.block.offset, true);
        view.setUint32(9, message.block.length, true);
      });
    case "data": {
      const bytes = dataFrame(message.piece, message.offset, message.payload.length);
      bytes.set(message.payload, DATA_HEAD_BYTES);
      return bytes;
    }
    case "end":
      return concat(
        frame(type, 2, (view) => view.setUint8(1, END_REASON[message.reason])),
        message.signature,
      );
    case "contradiction":
      return concat(
        frame(type, 5, (view) => view.setUint32(1, message.page, true)),
        message.first.signature,
        message.second.signature,
        message.first.hashes,
        message.second.hashes,
      );
    case "have-all":
    case "have-none":
    case "choke":
    case "unchoke":
    case "interested":
    case "not-interested":
      return frame(type, 1);
  }
}

/** A DATA frame with room for the payload behind its head, so that a reader fills it in place. */
export function dataFrame(piece: number, offset: number, payloadBytes: number): Bytes {
  return frame(TYPE.data, DATA_HEAD_BYTES + payloadBytes, (view) => {
    view.setUint32(1, piece, true);
    view.setUint32(5, offset, true);
  });
}

function frame(type: number, size: number, fill?: (view: DataView) => void): Bytes {
  const bytes = new Uint8Array(size);
  bytes[0] = type;
  fill?.(new DataView(bytes.buffer));
  return bytes;
}

/** Reads a frame from a stranger. */
export function decodeFrame(bytes: Bytes): Decoded {
  if (bytes.length === 0 || bytes.length > LIMITS.frameBytes) return MALFORMED;
  const decode = DECODERS.get(bytes[0] ?? 0);
  if (decode === undefined) return { kind: "unknown" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = decode(bytes, view);
  if (decoded === null) return MALFORMED;
  return "kind" in decoded ? decoded : { kind: "message", message: decoded };
}

const MALFORMED: Decoded = { kind: "malformed" };

type Decoder = (bytes: Bytes, view: DataView) => Message | Decoded | null;

const exactly =
  (size: number, read: (bytes: Bytes, view: DataView) => Message | Decoded | null): Decoder =>
  (bytes, view) =>
    bytes.length === size ? read(bytes, view) : null;

const bare = (message: Message): Decoder => exactly(1, () => message);

const blockMessage = (type: "request" | "reject" | "cancel"): Decoder =>
  exactly(13, (_bytes, view) => {
    const block = {
      piece: view.getUint32(1, true),
      offset: view.getUint32(5, true),
      length: view.getUint32(9, true),
    };
    const isBlock = block.length > 0 && block.length <= LIMITS.blockBytes;
    return isBlock ? { type, block } : null;
  });

const pieceList =
  (type: "have" | "suggest"): Decoder =>
  (bytes, view) => {
    const count = (bytes.length - 1) / 4;
    if (!Number.isInteger(count) || count < 1 || count > LIMITS.haveCount) return null;
    const pieces = Array.from({ length: count }, (_, i) => view.getUint32(1 + 4 * i, true));
    return { type, pieces };
  };

const MOST_PAGE_HASH_BYTES = (LIMITS.pageContentBytes / LIMITS.pieceBytesLeast) * 32;

const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [
    TYPE.hello,
    (bytes, view) => {
      // A later version's HELLO may be longer; its first nine bytes stay.
      if (bytes.length < 9 || view.getUint32(1, true) !== MAGIC) return null;
      if (view.getUint16(5, true) !== WIRE_VERSION) return { kind: "other-version" };
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
    TYPE["manifest-request"],
    exactly(5, (_bytes, view) => ({ type: "manifest-request", offset: view.getUint32(1, true) })),
  ],
  [
    TYPE["manifest-part"],
    (bytes, view) => {
      if (bytes.length <= 9 || bytes.length > 9 + LIMITS.manifestPartBytes) return null;
      return {
        type: "manifest-part",
        totalBytes: view.getUint32(1, true),
        offset: view.getUint32(5, true),
        part: bytes.subarray(9),
      };
    },
  ],
  [
    TYPE["page-request"],
    exactly(5, (_bytes, view) => ({ type: "page-request", page: view.getUint32(1, true) })),
  ],
  [
    TYPE["page-reject"],
    exactly(5, (_bytes, view) => ({ type: "page-reject", page: view.getUint32(1, true) })),
  ],
  [
    TYPE.page,
    (bytes, view) => {
      const hashBytes = bytes.length - 69;
      if (hashBytes <= 0 || hashBytes % 32 !== 0 || hashBytes > MOST_PAGE_HASH_BYTES) return null;
      return {
        type: "page",
        page: view.getUint32(1, true),
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
    (bytes, view) => {
      const payloadBytes = bytes.length - DATA_HEAD_BYTES;
      if (payloadBytes <= 0 || payloadBytes > LIMITS.blockBytes) return null;
      return {
        type: "data",
        piece: view.getUint32(1, true),
        offset: view.getUint32(5, true),
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
    (bytes, view) => {
      const hashBytes = (bytes.length - 133) / 2;
      if (hashBytes <= 0 || hashBytes % 32 !== 0 || hashBytes > MOST_PAGE_HASH_BYTES) return null;
      return {
        type: "contradiction",
        page: view.getUint32(1, true),
        first: { signature: bytes.slice(5, 69), hashes: bytes.slice(133, 133 + hashBytes) },
        second: { signature: bytes.slice(69, 133), hashes: bytes.slice(133 + hashBytes) },
      };
    },
  ],
]);

function nameOf<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  code: number | undefined,
): Name | null {
  for (const name in codes) if (codes[name] === code) return name;
  return null;
}
