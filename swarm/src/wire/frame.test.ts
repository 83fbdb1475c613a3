import { describe, expect, test } from "vitest";
import { type Bytes, sameBytes, toBase64url } from "../bytes.ts";
import { peerIdFrom } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { SIGNATURE_BYTES } from "../share/statement.ts";
import {
  CLOSE_REASON,
  DATA_HEAD_BYTES,
  decodeFrame,
  encodeFrame,
  END_REASON,
  type Message,
  writeDataHead,
} from "./frame.ts";

const filled = (count: number, value: number): Bytes => new Uint8Array(count).fill(value);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string): Bytes => new Uint8Array(Buffer.from(text, "hex"));
const idOf = (value: number) => peerIdFrom(filled(32, value));
const exchangeOf = (value: number) => toBase64url(filled(16, value));
const block = { piece: 0x01020304, offset: 0x00020000, length: 0x00010000 };

/** Every message, and its bytes for ever: a peer of today meets peers of later years. */
const VECTORS: readonly (readonly [message: Message, bytes: string])[] = [
  [
    { type: "hello", peerKey: filled(32, 0xaa), nonce: filled(32, 0xbb) },
    `01484f414c01000000${"aa".repeat(32)}${"bb".repeat(32)}`,
  ],
  [
    { type: "proof", mac: filled(32, 1), signature: filled(64, 2), ownerSignature: null },
    `02${"01".repeat(32)}${"02".repeat(64)}`,
  ],
  [
    { type: "proof", mac: filled(32, 1), signature: filled(64, 2), ownerSignature: filled(64, 3) },
    `02${"01".repeat(32)}${"02".repeat(64)}${"03".repeat(64)}`,
  ],
  [{ type: "goodbye", reason: "leaving" }, "0300"],
  [{ type: "goodbye", reason: "protocolError" }, "0301"],
  [{ type: "goodbye", reason: "unproven" }, "0302"],
  [{ type: "goodbye", reason: "badData" }, "0303"],
  [{ type: "goodbye", reason: "timeout" }, "0304"],
  [{ type: "goodbye", reason: "full" }, "0305"],
  [{ type: "goodbye", reason: "duplicate" }, "0306"],
  [{ type: "goodbye", reason: "version" }, "0307"],
  [{ type: "person", device: null, name: "" }, "0400"],
  [{ type: "person", device: "phone", name: "Ada" }, "0401416461"],
  [{ type: "person", device: "tablet", name: "ש" }, "0402d7a9"],
  [{ type: "person", device: "laptop", name: "" }, "0403"],
  [{ type: "person", device: "computer", name: "\ufeff" }, "0404efbbbf"],
  [{ type: "manifest-request", offset: 0x01020304 }, "1004030201"],
  [
    { type: "manifest-part", totalBytes: 0x0102, offset: 0x03, part: filled(2, 0xee) },
    "110201000003000000eeee",
  ],
  [{ type: "page-request", page: 0x01020304 }, "1204030201"],
  [
    { type: "page", page: 1, signature: filled(64, 2), hashes: filled(64, 3) },
    `1301000000${"02".repeat(64)}${"03".repeat(64)}`,
  ],
  [{ type: "page-reject", page: 2 }, "1402000000"],
  [{ type: "bitfield", bits: new Uint8Array([0x80, 0x01]) }, "208001"],
  [{ type: "have-all" }, "21"],
  [{ type: "have-none" }, "22"],
  [{ type: "have", pieces: [1, 0x01020304] }, "230100000004030201"],
  [{ type: "choke" }, "30"],
  [{ type: "unchoke" }, "31"],
  [{ type: "interested" }, "32"],
  [{ type: "not-interested" }, "33"],
  [{ type: "request", block }, "40040302010000020000000100"],
  [{ type: "reject", block }, "41040302010000020000000100"],
  [{ type: "cancel", block }, "42040302010000020000000100"],
  [{ type: "data", piece: 5, offset: 6, payload: filled(3, 0xdd) }, "430500000006000000dddddd"],
  [{ type: "suggest", pieces: [1, 0x01020304] }, "440100000004030201"],
  [{ type: "end", reason: "stopped", signature: filled(64, 4) }, `5000${"04".repeat(64)}`],
  [{ type: "end", reason: "sourceChanged", signature: filled(64, 4) }, `5001${"04".repeat(64)}`],
  [
    {
      type: "contradiction",
      page: 0x01020304,
      first: { signature: filled(64, 2), hashes: filled(64, 3) },
      second: { signature: filled(64, 4), hashes: filled(64, 5) },
    },
    `5104030201${"02".repeat(64)}${"04".repeat(64)}${"03".repeat(64)}${"05".repeat(64)}`,
  ],
  [{ type: "catalogue", statement: filled(80, 1) }, `52${"01".repeat(80)}`],
  [{ type: "introduction", isHidden: false, agreement: filled(96, 1) }, `6000${"01".repeat(96)}`],
  [{ type: "introduction", isHidden: true, agreement: filled(96, 1) }, `6001${"01".repeat(96)}`],
  [{ type: "peers", introductions: filled(256, 1) }, `61${"01".repeat(256)}`],
  [{ type: "gone", ids: filled(64, 1) }, `62${"01".repeat(64)}`],
  [
    { type: "relay", to: idOf(1), kind: "offer", exchange: exchangeOf(2), body: filled(3, 3) },
    `63${"01".repeat(32)}00${"02".repeat(16)}030303`,
  ],
  [
    { type: "relay", to: idOf(1), kind: "candidate", exchange: exchangeOf(2), body: filled(1, 3) },
    `63${"01".repeat(32)}02${"02".repeat(16)}03`,
  ],
  [
    { type: "relayed", from: idOf(1), kind: "answer", exchange: exchangeOf(2), body: filled(3, 3) },
    `64${"01".repeat(32)}01${"02".repeat(16)}030303`,
  ],
  [{ type: "relay-answer", exchange: exchangeOf(2), isPassedOn: false }, `65${"02".repeat(16)}00`],
  [{ type: "relay-answer", exchange: exchangeOf(2), isPassedOn: true }, `65${"02".repeat(16)}01`],
  [{ type: "overlay", content: filled(3, 1) }, "68010101"],
];

const named = VECTORS.map(([message, bytes]) => [message.type, message, bytes] as const);

describe("each message", () => {
  test.each(named)("%s is written as these bytes and read from them", (_type, message, bytes) => {
    expect(hex(encodeFrame(message))).toBe(bytes);
    expect(decodeFrame(bytesOf(bytes))).toEqual({ kind: "message", message });
  });

  test.each(named)(
    "%s cut short anywhere is malformed or another whole message",
    (_type, _m, bytes) => {
      const whole = bytesOf(bytes);
      for (let length = 0; length < whole.length; length++) {
        const cut = whole.slice(0, length);
        const decoded = decodeFrame(cut);
        // Only what has no length of its own may be shorter, and says so by its own size.
        const isAnother =
          decoded.kind === "message" && sameBytes(encodeFrame(decoded.message), cut);
        expect(isAnother || decoded.kind === "malformed").toBe(true);
      }
    },
  );

  test.each(named)("%s is read from the middle of a buffer", (_type, message, bytes) => {
    const padded = bytesOf(`ff${bytes}ff`);
    expect(decodeFrame(padded.subarray(1, -1))).toEqual({ kind: "message", message });
  });

  test("has a vector, and every reason too", () => {
    expect(new Set(VECTORS.map(([message]) => message.type)).size).toBe(32);
    const reasons = VECTORS.flatMap(([message]) => ("reason" in message ? [message.reason] : []));
    const all = [...Object.keys(CLOSE_REASON), ...Object.keys(END_REASON)];
    expect(reasons.toSorted()).toEqual(all.toSorted());
  });
});

describe("a frame with a length of its own", () => {
  const fixed = [
    "03",
    "10",
    "12",
    "14",
    "21",
    "22",
    "30",
    "31",
    "32",
    "33",
    "40",
    "41",
    "42",
    "50",
    "60",
    "65",
  ];
  test.each(named.filter(([, , bytes]) => fixed.includes(bytes.slice(0, 2))))(
    "%s with a byte too many is malformed",
    (_type, _message, bytes) => {
      expect(decodeFrame(bytesOf(`${bytes}00`)).kind).toBe("malformed");
    },
  );

  test.each([
    ["a PROOF between its two lengths", `02${"00".repeat(97)}`],
    ["a HAVE with half a number", "23010000000200"],
    ["a HAVE of nothing", "23"],
    ["a SUGGEST with half a number", "44010000000200"],
    ["a SUGGEST of nothing", "44"],
    ["a CONTRADICTION without hashes", `5101000000${"00".repeat(128)}`],
    ["a CONTRADICTION with one hash", `5101000000${"00".repeat(128 + 32)}`],
    ["a CONTRADICTION of hashes and a half", `5101000000${"00".repeat(128 + 2 * 48)}`],
    ["a PERSON without a device", "04"],
    ["a PERSON whose name is no UTF-8", "0401ff"],
    ["a PERSON whose name ends amid a letter", "0401d7"],
    ["a BITFIELD of nothing", "20"],
    ["PEERS of nobody", "61"],
    ["PEERS with half an introduction", `61${"00".repeat(128 + 64)}`],
    ["GONE of nobody", "62"],
    ["GONE with half an id", `62${"00".repeat(48)}`],
    ["a RELAY of nothing", `63${"00".repeat(49)}`],
    ["a RELAYED of nothing", `64${"00".repeat(49)}`],
    ["an OVERLAY of nothing", "68"],
    ["a PAGE without hashes", `1301000000${"00".repeat(64)}`],
    ["a PAGE with half a hash", `1301000000${"00".repeat(64 + 48)}`],
    ["a manifest part of nothing", "110000000000000000"],
    ["DATA of nothing", "430000000000000000"],
    ["a request for nothing", "40000000000000000000000000"],
    ["a request for more than a block", "40000000000000000001000200"],
    ["a HELLO of something else", `0148544d4c0100${"00".repeat(66)}`],
  ])("%s is malformed", (_what, bytes) => {
    expect(decodeFrame(bytesOf(bytes)).kind).toBe("malformed");
  });
});

describe("bounds", () => {
  const at = (type: number, size: number): string => {
    const bytes = new Uint8Array(size);
    bytes[0] = type;
    if (type === 0x52) bytes[1 + SIGNATURE_BYTES] = 1; // Of a version that is known here.
    return decodeFrame(bytes).kind;
  };

  test.each([
    ["DATA", 0x43, DATA_HEAD_BYTES + LIMITS.blockBytes, 1],
    ["a manifest part", 0x11, 9 + LIMITS.manifestPartBytes, 1],
    ["HAVE", 0x23, 1 + 4 * LIMITS.haveCount, 4],
    ["SUGGEST", 0x44, 1 + 4 * LIMITS.haveCount, 4],
    ["CONTRADICTION", 0x51, 133 + 2 * 32 * 512, 64],
    ["PAGE", 0x13, 69 + 32 * 512, 32],
    ["BITFIELD", 0x20, LIMITS.frameBytes, 1],
    ["PERSON", 0x04, 2 + LIMITS.personNameBytes, 1],
    ["CATALOGUE", 0x52, 1 + LIMITS.entryBytes, 1],
    ["PEERS", 0x61, 1 + 128 * LIMITS.peersPerMessage, 128],
    ["GONE", 0x62, 1 + 32 * LIMITS.peersPerMessage, 32],
    ["RELAY", 0x63, 50 + LIMITS.signalBodyBytes, 1],
    ["RELAYED", 0x64, 50 + LIMITS.signalBodyBytes, 1],
    ["OVERLAY", 0x68, 1 + LIMITS.overlayContentBytes, 1],
  ])("%s is read up to its bound and no further", (_type, type, most, step) => {
    expect(at(type, most)).toBe("message");
    expect(at(type, most + step)).toBe("malformed");
  });

  test("a frame past the bound is malformed, whatever its type", () => {
    expect(at(0x7f, LIMITS.frameBytes)).toBe("unknown");
    expect(at(0x7f, LIMITS.frameBytes + 1)).toBe("malformed");
  });

  test("the bitfield of the most pieces fits a frame", () => {
    const bits = new Uint8Array(LIMITS.pieceCount / 8);
    expect(decodeFrame(encodeFrame({ type: "bitfield", bits })).kind).toBe("message");
  });
});

describe("growth", () => {
  test("every type that isn't known is told apart from a broken frame", () => {
    const known = new Set(VECTORS.map(([, bytes]) => Number.parseInt(bytes.slice(0, 2), 16)));
    for (let type = 0; type < 256; type++) {
      if (known.has(type)) continue;
      expect(decodeFrame(new Uint8Array([type, 1, 2, 3])).kind).toBe("unknown");
    }
  });

  test("a HELLO of another version says so, however long it is", () => {
    expect(decodeFrame(bytesOf("01484f414c02000000")).kind).toBe("other-version");
    expect(decodeFrame(bytesOf(`01484f414c0000${"00".repeat(90)}`)).kind).toBe("other-version");
  });

  test("a longer HELLO of this version is read as far as it is known", () => {
    const [, bytes] = VECTORS[0] ?? [];
    expect(decodeFrame(bytesOf(`${bytes}ffff`))).toEqual({
      kind: "message",
      message: VECTORS[0]?.[0],
    });
  });

  test("a GOODBYE for a reason that isn't known yet is a goodbye", () => {
    const message = { type: "goodbye", reason: "leaving" };
    expect(decodeFrame(bytesOf("03c8"))).toEqual({ kind: "message", message });
  });

  test("a PERSON with a device that isn’t known yet says nothing of it", () => {
    const message = { type: "person", device: null, name: "Ada" };
    expect(decodeFrame(bytesOf("0463416461"))).toEqual({ kind: "message", message });
  });

  test.each([["RELAY", "63"] as const, ["RELAYED", "64"] as const])(
    "a %s of a kind that isn't known yet is passed over",
    (_name, type) => {
      const head = `${type}${"00".repeat(32)}`;
      expect(decodeFrame(bytesOf(`${head}03${"00".repeat(17)}`)).kind).toBe("unknown");
      expect(decodeFrame(bytesOf(`${head}02${"00".repeat(17)}`)).kind).toBe("message");
    },
  );

  test("a CATALOGUE of a version that isn't known yet is passed over", () => {
    expect(decodeFrame(bytesOf(`52${"00".repeat(64)}02${"00".repeat(15)}`)).kind).toBe("unknown");
  });

  test("an END for a reason that isn't known yet is passed over", () => {
    // Read as another reason its signature would fail, and who sent it would count as a cheat.
    expect(decodeFrame(bytesOf(`5002${"04".repeat(64)}`)).kind).toBe("unknown");
  });
});

describe("copies", () => {
  test("the payload of DATA is a view into its frame", () => {
    const frame = encodeFrame({ type: "data", piece: 1, offset: 0, payload: filled(4, 1) });
    const decoded = decodeFrame(frame);
    if (decoded.kind !== "message" || decoded.message.type !== "data")
      throw new Error("it is DATA");
    expect(decoded.message.payload.buffer).toBe(frame.buffer);
    frame[DATA_HEAD_BYTES] = 9;
    expect(decoded.message.payload[0]).toBe(9);
  });

  test("a DATA frame is made of one whose payload was filled in place", () => {
    const frame = new Uint8Array(DATA_HEAD_BYTES + 3).fill(0xaa); // Used before.
    frame.set([7, 8, 9], DATA_HEAD_BYTES);
    writeDataHead(frame, 1, 2);
    const payload = new Uint8Array([7, 8, 9]);
    expect(frame).toEqual(encodeFrame({ type: "data", piece: 1, offset: 2, payload }));
  });

  test("what is kept of a frame doesn't keep the frame", () => {
    for (const [message, bytes] of VECTORS) {
      if (message.type === "data" || message.type === "manifest-part") continue;
      const frame = bytesOf(bytes);
      const decoded = decodeFrame(frame);
      frame.fill(0x77);
      expect(decoded).toEqual({ kind: "message", message });
    }
  });
});
