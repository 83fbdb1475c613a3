/**
 * What differs between one browser's description of a data connection (SDP, RFC 8829) and another's, in a
 * hundred bytes instead of a thousand letters:
 *
 *     fingerprint 32 | ufrag | password | candidates ...      ufrag and password: length u8, then ASCII
 *
 * with candidates of `what u8 | priority u32 | port u16 | address`. `what` is the kind of candidate, and
 * from the third bit on the form of its address. The rest of an SDP is written anew from a template, so
 * that what is made of a stranger's bytes holds nothing but what this decoder let through.
 */
import { type Bytes, concat, fromUtf8, readU16, readU32, u32, utf8, writeU16 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { ADDRESS_BYTES, type AddressForm, formatAddress, parseAddress } from "./address.ts";

/** RFC 8445: the machine's own address; as a STUN server sees it; of a TURN server. */
const KINDS = ["host", "srflx", "relay"] as const;
const FORMS: readonly AddressForm[] = ["ipv4", "ipv6", "mdns"];

/** Over UDP. Of TCP browsers offer only such as can't be reached. */
export type Candidate = {
  readonly kind: (typeof KINDS)[number];
  /** 32 bits, as RFC 8445 has it. */
  readonly priority: number;
  /** What an SDP says, as `formatAddress` writes it. */
  readonly address: string;
  readonly port: number;
};

export type Description = {
  /** SHA-256 of the DTLS certificate, 32 bytes. */
  readonly fingerprint: Bytes;
  readonly ufrag: string;
  readonly password: string;
  readonly candidates: readonly Candidate[];
};

/** RFC 8839, `ice-char`; browsers use 4 or 8 letters and 24 or 32. */
const UFRAG = /^[A-Za-z0-9+/]{4,32}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,64}$/;
const FINGERPRINT_BYTES = 32;
/** Kind, priority and port. */
const CANDIDATE_HEAD_BYTES = 7;
const SCTP_PORT = 5000;

/** What a browser's SDP of one data connection comes to; null where it is of another shape. */
export function describe(sdp: string): Description | null {
  const value = (pattern: RegExp): string => pattern.exec(sdp)?.[1] ?? "";
  const ufrag = value(/^a=ice-ufrag:(\S+)/m);
  const password = value(/^a=ice-pwd:(\S+)/m);
  const pairs = value(/^a=fingerprint:sha-256 ([0-9a-f:]+)/im).split(":");
  const fingerprint = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  const isPort = value(/^a=sctp-port:(\d+)/m) === String(SCTP_PORT);
  const isGood = UFRAG.test(ufrag) && PASSWORD.test(password) && isPort;
  if (!isGood || fingerprint.length !== FINGERPRINT_BYTES) return null;
  const candidates = sdp
    .split("\r\n")
    .map(parseCandidate)
    .filter((candidate) => candidate !== null)
    .toSorted((one, other) => other.priority - one.priority)
    .slice(0, LIMITS.inviteCandidates);
  return { fingerprint, ufrag, password, candidates };
}

function parseCandidate(line: string): Candidate | null {
  const parsed = /^a=candidate:\S+ 1 udp (\d{1,10}) (\S+) (\d{1,5}) typ (\S+)/i.exec(line);
  const [, priority = "", address = "", port = "", typ] = parsed ?? [];
  const kind = KINDS.find((one) => one === typ);
  const known = parseAddress(address);
  if (kind === undefined || known === null || Number(port) > 0xffff) return null;
  const text = formatAddress(known.form, known.bytes);
  return { kind, priority: Number(priority) >>> 0, address: text, port: Number(port) };
}

/** The SDP that a browser takes as the other end's. */
export function toSdp(description: Description, type: "offer" | "answer"): string {
  const { fingerprint, ufrag, password, candidates } = description;
  const pairs = [...fingerprint].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase());
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 0.0.0.0",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    ...candidates.map((candidate, index) => `a=${candidateLine(candidate, index)}`),
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${pairs.join(":")}`,
    // The inviter greets first in DTLS: who greets tries only so often, and the inviter alone knows
    // when the other end is there.
    `a=setup:${type === "offer" ? "active" : "passive"}`,
    "a=mid:0",
    `a=sctp-port:${SCTP_PORT}`,
    // Every browser takes as much; without the line it would be 64 KiB.
    `a=max-message-size:${LIMITS.frameBytes + 1}`,
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** As `RTCIceCandidate` has it. `foundation`: candidates of one differ in nothing that ICE weighs. */
export function candidateLine(candidate: Candidate, foundation: number): string {
  const { kind, priority, address, port } = candidate;
  const from = kind === "host" ? "" : " raddr 0.0.0.0 rport 0";
  return `candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${kind}${from}`;
}

export function encodeDescription(description: Description): Bytes {
  const { fingerprint, ufrag, password, candidates } = description;
  return concat(fingerprint, text(ufrag), text(password), ...candidates.map(encodeCandidate));
}

const text = (value: string): Bytes => concat(Uint8Array.of(value.length), utf8(value));

function encodeCandidate({ kind, priority, address, port }: Candidate): Bytes {
  const known = parseAddress(address);
  if (known === null) throw new Error("a candidate's address was parsed before");
  const what = KINDS.indexOf(kind) | (FORMS.indexOf(known.form) << 2);
  const portBytes = new Uint8Array(2);
  writeU16(portBytes, 0, port);
  return concat(Uint8Array.of(what), u32(priority), portBytes, known.bytes);
}

/** Null for anything else than a description. */
export function decodeDescription(bytes: Bytes): Description | null {
  const fingerprint = bytes.slice(0, FINGERPRINT_BYTES);
  const ufrag = textAt(bytes, FINGERPRINT_BYTES);
  const passwordAt = FINGERPRINT_BYTES + 1 + ufrag.length;
  const password = textAt(bytes, passwordAt);
  if (!UFRAG.test(ufrag) || !PASSWORD.test(password)) return null;
  const candidates: Candidate[] = [];
  for (let at = passwordAt + 1 + password.length; at < bytes.length;) {
    const read = candidateAt(bytes, at);
    if (read === null || candidates.length >= LIMITS.inviteCandidates) return null;
    candidates.push(read.candidate);
    at = read.end;
  }
  return { fingerprint, ufrag, password, candidates };
}

/** The letters, each of one byte, that begin with their count; "" where it isn't text. */
const textAt = (bytes: Bytes, at: number): string =>
  fromUtf8(bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0))) ?? "";

function candidateAt(
  bytes: Bytes,
  at: number,
): { readonly candidate: Candidate; readonly end: number } | null {
  const what = bytes[at] ?? 0;
  const kind = KINDS[what & 3];
  const form = FORMS[what >> 2];
  if (kind === undefined || form === undefined) return null;
  const addressAt = at + CANDIDATE_HEAD_BYTES;
  const end = addressAt + ADDRESS_BYTES[form];
  if (end > bytes.length) return null;
  const address = formatAddress(form, bytes.slice(addressAt, end));
  const [priority, port] = [readU32(bytes, at + 1), readU16(bytes, at + 5)];
  return { candidate: { kind, priority, address, port }, end };
}
