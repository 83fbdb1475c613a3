/**
 * The wire between ring peers: one message per data channel message, one type byte, little-endian
 * fields; `docs/overlay.md` has every message byte by byte. Decoding never throws.
 */
import {
  type Bytes,
  concat,
  fromBase64url,
  readU16,
  readU48,
  toBase64url,
  u32,
  u48,
} from "../bytes.ts";
import { nameOf } from "../wire/code.ts";
import type { Answer, LinkPurpose, Message, Purpose, Question, RingRecord } from "./io.ts";
import { NEAR_EACH_SIDE } from "./links.ts";
import type { RingId } from "./position.ts";
import { MOST_CONTENT_BYTES, MOST_PER_KEY } from "./records.ts";

/** A peer, and those next to it on both sides. */
const MOST_IDS = 2 * NEAR_EACH_SIDE + 1;
/** An SDP with many candidates, sealed. */
const MOST_SIGNAL_BYTES = 24 * 1024;
const ID_BYTES = 32;
const SLOT_BYTES = 16;

const TYPE = { near: 0x01, hello: 0x02, question: 0x10, answer: 0x11, more: 0x12 } as const;
const LINK_PURPOSE: Readonly<Record<LinkPurpose, number>> = { near: 0, finger: 1 };
const PURPOSE: Readonly<Record<Purpose, number>> = { ...LINK_PURPOSE, swarm: 2 };
const QUESTION = { find: 0, get: 1, put: 2, call: 3 } as const;
const ANSWER = { nearest: 0, records: 1, stored: 2, signal: 3, refused: 4 } as const;

/** `unknown` types are skipped, so that the protocol can grow. */
export type Decoded =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "unknown" }
  | { readonly kind: "malformed" };

export function encodeMessage(message: Message): Bytes {
  const type = TYPE[message.type];
  switch (message.type) {
    case "near":
      return concat(Uint8Array.of(type), ids(message.ids));
    case "hello":
      return Uint8Array.of(type, PURPOSE[message.purpose]);
    case "question": {
      const { circuit, target, hopsLeft, question } = message;
      return concat(
        Uint8Array.of(type),
        circuitBytes(circuit),
        u48(target),
        Uint8Array.of(hopsLeft, QUESTION[question.type]),
        encodeQuestion(question),
      );
    }
    case "answer": {
      const { circuit, hops, answer } = message;
      return concat(
        Uint8Array.of(type),
        circuitBytes(circuit),
        Uint8Array.of(hops, ANSWER[answer.type]),
        encodeAnswer(answer),
      );
    }
    case "more":
      return concat(Uint8Array.of(type), circuitBytes(message.circuit), message.signal);
  }
}

function encodeQuestion(question: Question): Bytes {
  switch (question.type) {
    case "find":
      return question.except === null ? new Uint8Array(0) : idOf(question.except);
    case "get":
      return idOf(question.key);
    case "put":
      return encodeRecord(question.record);
    case "call":
      return concat(idOf(question.to), Uint8Array.of(PURPOSE[question.purpose]), question.signal);
  }
}

function encodeAnswer(answer: Answer): Bytes {
  switch (answer.type) {
    case "nearest":
      return ids(answer.ids);
    case "records":
      return concat(...answer.records.map(encodeRecord));
    case "signal":
      return answer.signal;
    case "stored":
    case "refused":
      return new Uint8Array(0);
  }
}

/** `key 32 | slot 16 | sequence u48 | expiry u48 | length u16 | content` */
function encodeRecord({ key, slot, sequence, expiresMs, content }: RingRecord): Bytes {
  const length = u32(content.length).subarray(0, 2);
  return concat(idOf(key), idOf(slot), u48(sequence), u48(expiresMs), length, content);
}

const ids = (all: readonly RingId[]): Bytes => concat(...all.map(idOf));

function idOf(id: string): Bytes {
  const bytes = fromBase64url(id);
  if (bytes === null) throw new Error("ids and keys hold base64url");
  return bytes;
}

/** A circuit's 53 bits, in seven bytes. */
const circuitBytes = (circuit: number): Bytes =>
  concat(u48(circuit % 2 ** 48), Uint8Array.of(Math.floor(circuit / 2 ** 48)));

/** Reads what a stranger sent. */
export function decodeMessage(bytes: Bytes): Decoded {
  const message = read(bytes);
  if (message === undefined) return { kind: "unknown" };
  return message === null ? { kind: "malformed" } : { kind: "message", message };
}

/** Undefined for a type that isn't known; null where it is malformed. */
function read(bytes: Bytes): Message | null | undefined {
  const rest = bytes.subarray(1);
  switch (bytes[0]) {
    case TYPE.near: {
      const near = readIds(rest);
      return near && { type: "near", ids: near };
    }
    case TYPE.hello: {
      const purpose = nameOf(LINK_PURPOSE, rest[0]);
      return rest.length === 1 && purpose !== null ? { type: "hello", purpose } : null;
    }
    case TYPE.question:
      return readQuestion(rest);
    case TYPE.answer:
      return readAnswer(rest);
    case TYPE.more: {
      const circuit = readCircuit(rest);
      const signal = circuit === null ? null : readSignal(rest.subarray(7));
      return circuit === null || signal === null ? null : { type: "more", circuit, signal };
    }
    case undefined:
      return null;
    default:
      return undefined;
  }
}

function readCircuit(bytes: Bytes): number | null {
  const circuit = bytes.length < 7 ? Infinity : readU48(bytes, 0) + (bytes[6] ?? 0) * 2 ** 48;
  return circuit <= Number.MAX_SAFE_INTEGER ? circuit : null;
}

function readQuestion(bytes: Bytes): Message | null {
  const circuit = readCircuit(bytes);
  const [hopsLeft, kind] = bytes.subarray(13, 15);
  if (circuit === null || hopsLeft === undefined) return null;
  const question = readWhat(nameOf(QUESTION, kind), bytes.subarray(15));
  const target = readU48(bytes, 7);
  return question && { type: "question", circuit, target, hopsLeft, question };
}

function readWhat(kind: Question["type"] | null, bytes: Bytes): Question | null {
  switch (kind) {
    case "find": {
      const except = bytes.length === 0 ? null : readId(bytes);
      const isWhole = bytes.length === 0 || (bytes.length === ID_BYTES && except !== null);
      return isWhole ? { type: "find", except } : null;
    }
    case "get": {
      const key = bytes.length === ID_BYTES ? readId(bytes) : null;
      return key === null ? null : { type: "get", key };
    }
    case "put": {
      const put = readRecord(bytes, 0);
      return put?.end === bytes.length ? { type: "put", record: put.record } : null;
    }
    case "call": {
      const to = readId(bytes);
      const purpose = nameOf(PURPOSE, bytes[ID_BYTES]);
      const signal = readSignal(bytes.subarray(ID_BYTES + 1));
      const isWhole = to !== null && purpose !== null && signal !== null;
      return isWhole ? { type: "call", to, purpose, signal } : null;
    }
    case null:
      return null;
  }
}

function readAnswer(bytes: Bytes): Message | null {
  const circuit = readCircuit(bytes);
  const [hops, kind] = bytes.subarray(7, 9);
  if (circuit === null || hops === undefined) return null;
  const answer = readReply(nameOf(ANSWER, kind), bytes.subarray(9));
  return answer && { type: "answer", circuit, hops, answer };
}

function readReply(kind: Answer["type"] | null, bytes: Bytes): Answer | null {
  switch (kind) {
    case "nearest": {
      const nearest = readIds(bytes);
      return nearest && { type: "nearest", ids: nearest };
    }
    case "records": {
      const records: RingRecord[] = [];
      for (let at = 0; at < bytes.length;) {
        const next = records.length < MOST_PER_KEY ? readRecord(bytes, at) : null;
        if (next === null) return null;
        records.push(next.record);
        at = next.end;
      }
      return { type: "records", records };
    }
    case "signal": {
      const signal = readSignal(bytes);
      return signal && { type: "signal", signal };
    }
    case "stored":
    case "refused":
      return bytes.length === 0 ? { type: kind } : null;
    case null:
      return null;
  }
}

const CONTENT_AT = ID_BYTES + SLOT_BYTES + 14;

function readRecord(bytes: Bytes, at: number): { record: RingRecord; end: number } | null {
  const length = readU16(bytes, at + CONTENT_AT - 2);
  const end = at + CONTENT_AT + length;
  if (end > bytes.length || length > MOST_CONTENT_BYTES) return null;
  const record = {
    key: toBase64url(bytes.subarray(at, at + ID_BYTES)),
    slot: toBase64url(bytes.subarray(at + ID_BYTES, at + ID_BYTES + SLOT_BYTES)),
    sequence: readU48(bytes, at + ID_BYTES + SLOT_BYTES),
    expiresMs: readU48(bytes, at + ID_BYTES + SLOT_BYTES + 6),
    content: bytes.slice(at + CONTENT_AT, end),
  };
  return { record, end };
}

function readIds(bytes: Bytes): readonly RingId[] | null {
  if (bytes.length % ID_BYTES !== 0 || bytes.length > MOST_IDS * ID_BYTES) return null;
  return Array.from({ length: bytes.length / ID_BYTES }, (_, index) =>
    toBase64url(bytes.subarray(index * ID_BYTES, (index + 1) * ID_BYTES)),
  ) as RingId[];
}

function readId(bytes: Bytes): RingId | null {
  if (bytes.length < ID_BYTES) return null;
  return toBase64url(bytes.subarray(0, ID_BYTES)) as RingId;
}

const readSignal = (bytes: Bytes): Bytes | null =>
  bytes.length > 0 && bytes.length <= MOST_SIGNAL_BYTES ? bytes.slice() : null;
