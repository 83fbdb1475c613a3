/**
 * What a peer and a tracker say to each other over Socket.IO: names, shapes, and the decoders that
 * both sides put before any logic. Byte fields travel as base64url text.
 *
 * | event       | direction         | argument          | acknowledged with     |
 * | ----------- | ----------------- | ----------------- | --------------------- |
 * | `challenge` | tracker -> peer   | `Challenge`       |                       |
 * | `join`      | peer -> tracker   | `Join`            | `Reply`               |
 * | `announce`  | peer -> tracker   | `Announce`        | `AnnounceReply`       |
 * | `leave`     | peer -> tracker   | `Leave`           | `Reply`               |
 * | `signal`    | peer -> tracker   | `OutgoingSignal`  | `Reply`               |
 * | `signal`    | tracker -> peer   | `IncomingSignal`  |                       |
 * | `stopping`  | tracker -> peer   | `Stopping`        |                       |
 */
import { type Bytes, concat, fromBase64url, utf8 } from "../bytes.ts";
import { idBytes, type PeerId, parsePeerId, parseSwarmId, type SwarmId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { decodeIceServers, type IceServer } from "./ice.ts";

/** Where a tracker's socket is, on every host. */
export const TRACKER_PATH = "/api/v1/tracker";

/** Sent once by the tracker when a socket opens. */
export type Challenge = { readonly version: 1; readonly challenge: string };

/** A peer's public half: what others need to send it a first sealed signal. */
export type Introduction = {
  /** Ed25519 public key, 32 bytes. */
  readonly peerKey: string;
  /** X25519 public key, 32 bytes: seals the first signal to this peer. */
  readonly agreementKey: string;
  /** Ed25519 signature by `peerKey` over `agreementStatement`. */
  readonly agreementSignature: string;
};

/** Proves that the socket's owner holds `peerKey`; needed before anything else in that swarm. */
export type Join = Introduction & {
  readonly swarm: SwarmId;
  /** Ed25519 signature by `peerKey` over `joinStatement`. */
  readonly proof: string;
};

/** How a peer's dials ended, as counts, each up to `LIMITS.dials`. */
export type Dials = {
  /** The two ends reach each other. */
  readonly direct: number;
  /** Through a TURN server. */
  readonly relayed: number;
  readonly failed: number;
};

/** Reports what is held and asks for others. */
export type Announce = {
  readonly swarm: SwarmId;
  readonly held: "nothing" | "part" | "all";
  /** Peers wanted, 0 to `LIMITS.numWant`. */
  readonly numWant: number;
  /** Since the last announce; left out where there were none. */
  readonly dials?: Dials;
};

export type Leave = { readonly swarm: SwarmId };

export type SignalKind = "offer" | "answer" | "candidate";

type SignalFields = {
  readonly swarm: SwarmId;
  readonly kind: SignalKind;
  /** 16 bytes: names the exchange that this signal belongs to. */
  readonly exchange: string;
  /** The sealed rest, opaque to the tracker. */
  readonly body: string;
};

export type OutgoingSignal = SignalFields & { readonly to: PeerId };
export type IncomingSignal = SignalFields & { readonly from: PeerId };

/**
 * Why a tracker refused. `unreachable`: the receiver isn't in this swarm here, or is unknown.
 * `unmatched`: an answer or candidate to no offer that passed here lately.
 */
const REFUSALS = ["malformed", "unproven", "unreachable", "unmatched", "busy", "full"] as const;
export type Refusal = (typeof REFUSALS)[number];

export type Reply = { readonly ok: true } | { readonly ok: false; readonly error: Refusal };

export type AnnounceReply =
  | {
      readonly ok: true;
      /** Other peers of the swarm, never the one that asks. */
      readonly peers: readonly Introduction[];
      readonly seeders: number;
      readonly leechers: number;
      /** When to announce again, if nothing changes before. */
      readonly intervalMs: number;
      /** For connections that begin before the next announce. */
      readonly iceServers: readonly IceServer[];
    }
  | { readonly ok: false; readonly error: Refusal };

/** The tracker is about to stop, and asks this peer to come back after so long. */
export type Stopping = { readonly afterMs: number };

/** What `Join.proof` signs. `trackerHost` is the host and port that the peer dialled. */
export function joinStatement(trackerHost: string, challenge: Bytes, swarm: SwarmId): Bytes {
  return concat(
    utf8("shoal tracker join v1\0"),
    challenge,
    idBytes(swarm),
    utf8(trackerHost.toLowerCase()),
  );
}

/** What `Introduction.agreementSignature` signs. */
export function agreementStatement(swarm: SwarmId, agreementKey: Bytes): Bytes {
  return concat(utf8("shoal agreement key v1\0"), idBytes(swarm), agreementKey);
}

type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;

/** The text itself if it is base64url of exactly `byteCount` bytes. */
function bytesField(fields: Fields, name: string, byteCount: number): string | null {
  const text = fields[name];
  if (typeof text !== "string" || text.length !== Math.ceil((byteCount * 4) / 3)) return null;
  return fromBase64url(text)?.length === byteCount ? text : null;
}

function countField(fields: Fields, name: string, most: number): number | null {
  const value = fields[name];
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most
    ? value
    : null;
}

function idField<Id>(fields: Fields, name: string, parse: (text: string) => Id | null): Id | null {
  const text = fields[name];
  return typeof text === "string" ? parse(text) : null;
}

/** Null for anything but a well-formed challenge. */
export function decodeChallenge(value: unknown): Challenge | null {
  const fields = asFields(value);
  if (fields?.["version"] !== 1) return null;
  const challenge = bytesField(fields, "challenge", 32);
  return challenge === null ? null : { version: 1, challenge };
}

/** Null for anything but a well-formed introduction. */
export function decodeIntroduction(value: unknown): Introduction | null {
  const fields = asFields(value);
  if (fields === null) return null;
  const peerKey = bytesField(fields, "peerKey", 32);
  const agreementKey = bytesField(fields, "agreementKey", 32);
  const agreementSignature = bytesField(fields, "agreementSignature", 64);
  if (peerKey === null || agreementKey === null || agreementSignature === null) return null;
  return { peerKey, agreementKey, agreementSignature };
}

/** Null for anything but a well-formed join. */
export function decodeJoin(value: unknown): Join | null {
  const fields = asFields(value);
  const introduction = decodeIntroduction(value);
  if (fields === null || introduction === null) return null;
  const swarm = idField(fields, "swarm", parseSwarmId);
  const proof = bytesField(fields, "proof", 64);
  return swarm === null || proof === null ? null : { ...introduction, swarm, proof };
}

/** Null for anything but a well-formed announce. */
export function decodeAnnounce(value: unknown): Announce | null {
  const fields = asFields(value);
  if (fields === null) return null;
  const swarm = idField(fields, "swarm", parseSwarmId);
  const numWant = countField(fields, "numWant", LIMITS.numWant);
  const held = fields["held"];
  if (swarm === null || numWant === null) return null;
  if (held !== "nothing" && held !== "part" && held !== "all") return null;
  if (fields["dials"] === undefined) return { swarm, held, numWant };
  const dials = decodeDials(fields["dials"]);
  return dials && { swarm, held, numWant, dials };
}

function decodeDials(value: unknown): Dials | null {
  const fields = asFields(value);
  if (fields === null) return null;
  const direct = countField(fields, "direct", LIMITS.dials);
  const relayed = countField(fields, "relayed", LIMITS.dials);
  const failed = countField(fields, "failed", LIMITS.dials);
  if (direct === null || relayed === null || failed === null) return null;
  return { direct, relayed, failed };
}

/** Null for anything but a well-formed farewell. */
export function decodeStopping(value: unknown): Stopping | null {
  const fields = asFields(value);
  const afterMs = fields && countField(fields, "afterMs", LIMITS.comeBackMs);
  return afterMs === null ? null : { afterMs };
}

/** Null for anything but a well-formed leave. */
export function decodeLeave(value: unknown): Leave | null {
  const fields = asFields(value);
  const swarm = fields && idField(fields, "swarm", parseSwarmId);
  return swarm ? { swarm } : null;
}

function decodeSignalFields(fields: Fields): SignalFields | null {
  const swarm = idField(fields, "swarm", parseSwarmId);
  const exchange = bytesField(fields, "exchange", 16);
  const { kind, body } = fields as { kind?: unknown; body?: unknown };
  if (swarm === null || exchange === null || typeof body !== "string") return null;
  if (kind !== "offer" && kind !== "answer" && kind !== "candidate") return null;
  if (body.length === 0 || body.length > LIMITS.signalBodyLetters) return null;
  return fromBase64url(body) === null ? null : { swarm, kind, exchange, body };
}

/** Null for anything but a well-formed signal on its way to a tracker. */
export function decodeOutgoingSignal(value: unknown): OutgoingSignal | null {
  const fields = asFields(value);
  const signal = fields && decodeSignalFields(fields);
  const to = fields && idField(fields, "to", parsePeerId);
  return signal && to ? { ...signal, to } : null;
}

/** Null for anything but a well-formed signal that a tracker brings. */
export function decodeIncomingSignal(value: unknown): IncomingSignal | null {
  const fields = asFields(value);
  const signal = fields && decodeSignalFields(fields);
  const from = fields && idField(fields, "from", parsePeerId);
  return signal && from ? { ...signal, from } : null;
}

const isRefusal = (value: unknown): value is Refusal =>
  REFUSALS.some((refusal) => refusal === value);

/** What a tracker answered; `malformed` where it makes no sense. */
export function decodeReply(value: unknown): Reply {
  const fields = asFields(value);
  if (fields?.["ok"] === true) return { ok: true };
  const error = fields?.["error"];
  return { ok: false, error: isRefusal(error) ? error : "malformed" };
}

/** What a tracker answered to an announce; malformed peers in it are left out. */
export function decodeAnnounceReply(value: unknown): AnnounceReply {
  const reply = decodeReply(value);
  const fields = asFields(value);
  if (!reply.ok || fields === null) return reply.ok ? { ok: false, error: "malformed" } : reply;
  const seeders = countField(fields, "seeders", Number.MAX_SAFE_INTEGER);
  const leechers = countField(fields, "leechers", Number.MAX_SAFE_INTEGER);
  const intervalMs = countField(fields, "intervalMs", LIMITS.announceIntervalMs);
  const list: unknown = fields["peers"];
  if (seeders === null || leechers === null || intervalMs === null || !Array.isArray(list)) {
    return { ok: false, error: "malformed" };
  }
  const peers = list
    .slice(0, LIMITS.numWant)
    .map(decodeIntroduction)
    .filter((peer) => peer !== null);
  const iceServers = decodeIceServers(fields["iceServers"]);
  return { ok: true, peers, seeders, leechers, intervalMs, iceServers };
}
