/**
 * What goes into the engine and what comes out. Inputs are facts; effects are things to do. An
 * effect that has an outcome is answered by the input of the matching name.
 */
import type { Bytes } from "../bytes.ts";
import type { Signed } from "../catalogue/entry.ts";
import type { ErrorCode } from "../errors.ts";
import type { PeerId, SwarmId } from "../ids.ts";
import type { Person } from "../person.ts";
import type { Manifest } from "../share/manifest.ts";
import type { Acquaintance } from "../signal/identity.ts";
import type { Block, EndReason, SignalFields } from "../wire/frame.ts";
import type { Bitfield } from "./bitfield.ts";
import type { Role } from "../wire/handshake.ts";

/** Names one connection of this engine; never used twice. */
export type ConnectionId = number;

export type Input =
  /** `nextWakeMs` has come. */
  | { readonly type: "wake" }

  // The person.
  | { readonly type: "download" }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /**
   * Fetches these files alone, by index; null: all. What was asked for of others is taken back, what
   * is held stays.
   */
  | { readonly type: "choose-files"; readonly files: readonly number[] | null }
  /** The person has a copy of these files, by index, which the store was told of. Fetches the rest. */
  | { readonly type: "own-copy"; readonly files: readonly number[] }
  /** Fetches what is at and behind this place of a file before all else; null: nothing. */
  | {
      readonly type: "play-head";
      readonly at: { readonly file: number; readonly offset: number } | null;
    }
  /** A bound on the payload sent to all peers together; null: none. */
  | { readonly type: "limit-upload"; readonly bytesPerSec: number | null }
  /** Who the person says they are, for connected peers and those to come. */
  | { readonly type: "introduce"; readonly person: Person }
  /** Says goodbye to everyone and rests until `download` or `resume`. */
  | { readonly type: "leave" }
  /** Sharer only: ends the share for everyone. */
  | { readonly type: "end-share"; readonly reason: EndReason }

  /**
   * The share's key said it to catalogues: here, or in an earlier session. For the peers. `leftMs`: for
   * how long it holds yet; 0: it doesn't.
   */
  | { readonly type: "catalogue-stated"; readonly signed: Signed; readonly leftMs: number }

  /** Somebody else than a tracker named them: dialled as those. */
  | { readonly type: "introduced"; readonly peers: readonly PeerId[] }

  // Signals by way of a mutual neighbour, and who may be told of this peer.
  /** Has a neighbour pass it on. `relay-ended` says what came of it; one per exchange at a time. */
  | ({ readonly type: "relay" } & RelayedSignal)
  /** The person hides their address: neighbours tell nobody of this peer. */
  | { readonly type: "hide-address"; readonly isHidden: boolean }

  // The overlay, for which a swarm's connections are a way to make first contact.
  /** To be told to every peer that is here and to those to come; the newest alone. Null: nothing. */
  | { readonly type: "overlay-hello"; readonly content: Bytes | null }
  /** For one peer; lost where it isn't connected. */
  | { readonly type: "overlay-say"; readonly peer: PeerId; readonly content: Bytes }

  // The tracker.
  | { readonly type: "tracker-up" }
  | { readonly type: "tracker-down" }
  | {
      readonly type: "announced";
      readonly peers: readonly PeerId[];
      readonly swarmPeerCount: number;
      readonly intervalMs: number;
    }
  | { readonly type: "announce-failed" }

  // Connections.
  | { readonly type: "dial-failed"; readonly peer: PeerId }
  | {
      readonly type: "connected";
      readonly connection: ConnectionId;
      readonly peer: PeerId;
      readonly role: Role;
      readonly localFingerprint: string;
      readonly remoteFingerprint: string;
      /** 32 random bytes. */
      readonly nonce: Bytes;
    }
  | { readonly type: "disconnected"; readonly connection: ConnectionId }
  | { readonly type: "frame"; readonly connection: ConnectionId; readonly frame: Bytes }
  /** It has a second lane from now on: it is fast, and more has to be asked for at once. */
  | { readonly type: "widened"; readonly connection: ConnectionId }
  /** What these connections' send buffers hold, in bytes. */
  | { readonly type: "buffered"; readonly levels: ReadonlyMap<ConnectionId, number> }

  // Answers.
  | {
      readonly type: "proof-made";
      readonly connection: ConnectionId;
      readonly mac: Bytes;
      readonly signature: Bytes;
      readonly ownerSignature: Bytes | null;
    }
  | {
      readonly type: "proof-checked";
      readonly connection: ConnectionId;
      readonly outcome: "failed" | "member" | "owner";
    }
  | {
      readonly type: "manifest-checked";
      readonly connection: ConnectionId;
      readonly signed: Bytes;
      readonly manifest: Manifest | null;
      /** Set where the share's own key signed something that breaks the rules. */
      readonly error: ErrorCode | null;
    }
  | {
      readonly type: "page-checked";
      readonly connection: ConnectionId;
      readonly page: Page;
      readonly ok: boolean;
    }
  | {
      readonly type: "end-checked";
      readonly connection: ConnectionId;
      readonly end: End;
      readonly ok: boolean;
    }
  | { readonly type: "end-signed"; readonly end: End }
  /** `signed` null: it isn't this share's. `leftMs`: as in `catalogue-stated`. */
  | {
      readonly type: "catalogue-checked";
      readonly connection: ConnectionId;
      readonly signed: Signed | null;
      readonly leftMs: number;
    }
  /** Who they are, in the same order; null: one of them is forged. */
  | {
      readonly type: "introductions-checked";
      readonly connection: ConnectionId;
      readonly introductions: readonly Bytes[];
      readonly acquaintances: readonly Acquaintance[] | null;
    }
  /** `unchecked`: pieces that may be stored already, which is to be looked at; null: none. */
  | { readonly type: "storage-opened"; readonly unchecked: Bitfield | null }
  | { readonly type: "piece-checked"; readonly piece: number; readonly matches: boolean }
  /** A piece that was stored isn't any longer as it was signed. */
  | { readonly type: "piece-lost"; readonly piece: number }
  | ({ readonly type: "piece-finished"; readonly piece: number } & PieceVerdict)
  /** Whether the person's own copy of the piece is as it was signed; then it is stored. */
  | { readonly type: "piece-copied"; readonly piece: number; readonly matches: boolean }
  | {
      readonly type: "contradiction-checked";
      readonly connection: ConnectionId;
      readonly proof: Contradiction;
      readonly ok: boolean;
    }
  | {
      readonly type: "block-sent";
      readonly connection: ConnectionId;
      readonly block: Block;
      readonly bufferedBytes: number;
    }
  /** The block couldn't be read; `failed` or `piece-lost` follows. */
  | { readonly type: "block-unread"; readonly connection: ConnectionId; readonly block: Block }
  | { readonly type: "page-made"; readonly page: Page }
  /** Storage or source failed for good. */
  | { readonly type: "failed"; readonly code: ErrorCode };

/** A hash page as it travels: `hashes` are 32 bytes per piece. */
export type Page = { readonly index: number; readonly signature: Bytes; readonly hashes: Bytes };

/** Two pages for one slot, both signed by the share's key, which say different things. */
export type Contradiction = { readonly pages: readonly [Page, Page] };

/** What came of comparing a piece with its hash. */
export type PieceVerdict = {
  /** It is as it was signed, and stored. */
  readonly matches: boolean;
  /** Of each of its blocks, as `blockHashesOf` makes them: where it didn't match, or `isSuspect`. */
  readonly blockHashes: readonly string[] | null;
};

/** A share's signed end. */
export type End = { readonly reason: EndReason; readonly signature: Bytes };

/** What a tracker is told of the pieces held. */
export type Held = "nothing" | "part" | "all";

export type Effect =
  | { readonly type: "announce"; readonly held: Held; readonly numWant: number }
  | { readonly type: "dial"; readonly peer: PeerId }
  /** The dial took too long: let go of it. */
  | { readonly type: "hang-up"; readonly peer: PeerId }
  | { readonly type: "send"; readonly connection: ConnectionId; readonly frame: Bytes }
  | { readonly type: "close"; readonly connection: ConnectionId }
  | { readonly type: "make-proof"; readonly connection: ConnectionId; readonly statement: Bytes }
  | {
      readonly type: "check-proof";
      readonly connection: ConnectionId;
      readonly peer: PeerId;
      readonly peerKey: Bytes;
      readonly statement: Bytes;
      readonly mac: Bytes;
      readonly signature: Bytes;
      readonly ownerSignature: Bytes | null;
    }
  /** Signature, then content. */
  | { readonly type: "check-manifest"; readonly connection: ConnectionId; readonly signed: Bytes }
  | { readonly type: "check-page"; readonly connection: ConnectionId; readonly page: Page }
  | {
      readonly type: "check-contradiction";
      readonly connection: ConnectionId;
      readonly proof: Contradiction;
    }
  | { readonly type: "check-end"; readonly connection: ConnectionId; readonly end: End }
  | { readonly type: "sign-end"; readonly reason: EndReason }
  | {
      readonly type: "check-catalogue";
      readonly connection: ConnectionId;
      readonly statement: Bytes;
    }
  /** `INTRODUCTION_BYTES` each: is the key of each its peer's, in this swarm? */
  | {
      readonly type: "check-introductions";
      readonly connection: ConnectionId;
      readonly introductions: readonly Bytes[];
    }
  /** A neighbour brought a sealed signal, as it says from this peer. */
  | ({ readonly type: "signal-brought"; readonly from: PeerId } & SignalFields)
  /** What came of a `relay`. */
  | { readonly type: "relay-ended"; readonly exchange: string; readonly isPassedOn: boolean }
  /** A peer said it for the overlay: `overlay-hello` or `overlay-say` of its. */
  | { readonly type: "overlay-heard"; readonly peer: PeerId; readonly content: Bytes }
  /**
   * Make room for `files`, by index; null: all. `isEmpty`: nothing counts as held. `signed`: as it
   * travels. Comes again when there is to be room for more.
   */
  | {
      readonly type: "open-storage";
      readonly manifest: Manifest;
      readonly signed: Bytes;
      readonly isEmpty: boolean;
      readonly files: readonly number[] | null;
    }
  /** A checked page of hashes, for a later session. */
  | { readonly type: "store-page"; readonly page: Page }
  /** Keep a block until its piece is complete. The payload is handed over. */
  | {
      readonly type: "store-block";
      readonly piece: number;
      readonly offset: number;
      readonly payload: Bytes;
    }
  /**
   * All blocks are there: hash, and where it matches write in place. `isSuspect`: it didn't match
   * before, and its blocks' hashes tell who spoilt it.
   */
  | {
      readonly type: "finish-piece";
      readonly piece: number;
      readonly hash: Bytes;
      readonly isSuspect: boolean;
    }
  /** Compare the person's own copy of a piece with its hash, and where it matches store it. */
  | { readonly type: "copy-piece"; readonly piece: number; readonly hash: Bytes }
  /** Compare what is stored of a piece with its hash. */
  | { readonly type: "check-piece"; readonly piece: number; readonly hash: Bytes }
  /** Forget the kept blocks of a piece. */
  | { readonly type: "drop-piece"; readonly piece: number }
  /** Read a block and send it as DATA. */
  | { readonly type: "send-block"; readonly connection: ConnectionId; readonly block: Block }
  /** Sharer only: hash the pieces of a page and sign it. */
  | { readonly type: "make-page"; readonly page: number };

export type PeerSnapshot = {
  readonly peer: PeerId;
  /** Who it says it is, made harmless; null until it does. */
  readonly person: Person | null;
  readonly pieceCount: number;
  readonly isSharer: boolean;
  readonly isSnubbed: boolean;
  readonly downloadBytesPerSec: number;
  readonly uploadBytesPerSec: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
};

/** How far the person's own copy is compared with what was signed, in pieces. */
export type OwnCopySnapshot = {
  readonly pieceCount: number;
  readonly matchedCount: number;
  /** Not as they were signed: fetched from peers. */
  readonly differingCount: number;
  /** Some are being compared right now; else those that are left wait for their hashes. */
  readonly isComparing: boolean;
};

/** Where the engine stands; `ShareState` of the web app is made of it. */
export type EngineStatus =
  | { readonly kind: "running" }
  /** By the person's wish: no connections, nothing fetched, nothing served. */
  | { readonly kind: "left" }
  | { readonly kind: "ended"; readonly reason: EndReason }
  | { readonly kind: "failed"; readonly code: ErrorCode };

export type EngineSnapshot = {
  readonly status: EngineStatus;
  readonly manifest: Manifest | null;
  readonly wanted: boolean;
  readonly paused: boolean;
  /** Nothing is fetched until there is room again, which is tried now and then. */
  readonly isDiskFull: boolean;
  /** Everything is held. */
  readonly isComplete: boolean;
  /** Every chosen file is held. */
  readonly isDone: boolean;
  /**
   * Full copies among connected peers: how often everything is out there, and behind the point the
   * share of pieces that are out once more. With 1 or more the person may leave and nothing is lost.
   */
  readonly copiesOut: number;
  readonly verifiedBytes: number;
  readonly verifiedBytesOfFile: Float64Array<ArrayBuffer>;
  /** Content whose piece hashes are known. */
  readonly hashedBytes: number;
  readonly peers: readonly PeerSnapshot[];
  /** Null where the person brought no copy. */
  readonly ownCopy: OwnCopySnapshot | null;
  /** Some connected peer has a piece that is missing here (or, before the manifest, has it). */
  readonly isMissingHeld: boolean;
  /** Dials or handshakes under way: somebody may turn up any moment. */
  readonly isMeeting: boolean;
  /** Null until a tracker answered. */
  readonly swarmPeerCount: number | null;
  readonly trackerUp: boolean;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly downloadBytesPerSec: number;
  readonly uploadBytesPerSec: number;
};

export type EngineConfig = {
  /** This peer's id and public key. */
  readonly self: PeerId;
  readonly peerKey: Bytes;
  /** Its X25519 key and the signature, 96 bytes: what neighbours pass on. Null: nothing is. */
  readonly agreement?: Bytes | null;
  readonly swarm: SwarmId;
  /** Connections at most. */
  readonly peerCount: number;
  /** Memory for pieces that are being fetched or checked. */
  readonly openPieceBytes: number;
  /** Data in a connection's send buffer at which no more is handed over. */
  readonly sendBufferBytes: number;
  /** The share to serve, or null to fetch one. `signed` is the manifest with its signature. */
  readonly share: SharedByMe | null;
  /** What an earlier session of somebody who fetches left, if anything. */
  readonly restored?: Restored | null;
};

/** A sealed signal on its way to this peer. */
export type RelayedSignal = { readonly to: PeerId } & SignalFields;

/** What this peer shares, with what an earlier session of its signed: no slot is signed twice. */
export type SharedByMe = {
  readonly manifest: Manifest;
  /** The manifest's signature, then the manifest. */
  readonly signed: Bytes;
  readonly pages?: readonly Page[];
  /** The share was ended then. */
  readonly end?: End | null;
};

/** What an earlier session left in storage. Signatures are checked, pieces were when they came. */
export type Restored = {
  readonly manifest: Manifest;
  readonly signed: Bytes;
  readonly pages: readonly Page[];
  /** Pieces that are stored, of known pages all. */
  readonly held: Bitfield;
  /** Pieces that may be stored besides: to be compared with their hashes before they are fetched. */
  readonly unchecked: Bitfield;
};
