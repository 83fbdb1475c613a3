/** One connection: what its peer proved, has, wants and owes. */
import type { Bytes } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import type { Person } from "../person.ts";
import type { Block } from "../wire/frame.ts";
import type { Role } from "../wire/handshake.ts";
import type { Allowance } from "./allowance.ts";
import type { Bitfield } from "./bitfield.ts";
import type { ConnectionId } from "./io.ts";
import { Pipeline } from "./pipeline.ts";
import { RateMeter } from "./rate.ts";

/** How far membership and identity are proven. Frames wait while a proof is being checked. */
export type Trust =
  | { readonly step: "greeting"; readonly deadlineMs: number }
  | {
      readonly step: "proving";
      readonly deadlineMs: number;
      readonly peerKey: Bytes;
      readonly nonce: Bytes;
    }
  | {
      readonly step: "checking";
      readonly deadlineMs: number;
      readonly waiting: Bytes[];
      waitingBytes: number;
      /** What came of it while my own proof is still being made. */
      readonly outcome: "member" | "owner" | null;
    }
  | { readonly step: "proven" };

/** What a peer said it holds before the piece count was known. */
export type Claim = { kind: "all" } | { kind: "none" } | { kind: "bits"; bits: Bytes };

export type Request = { readonly block: Block; readonly askedAtMs: number };

export class Peer {
  readonly connection: ConnectionId;
  readonly id: PeerId;
  readonly role: Role;
  readonly localFingerprint: string;
  readonly remoteFingerprint: string;
  /** My nonce on this connection. */
  readonly nonce: Bytes;
  readonly connectedAtMs: number;
  trust: Trust;
  /** From its HELLO; null until that came. */
  peerKey: Bytes | null = null;
  /** My own proof went out. */
  isProofSent = false;
  /** It proved to hold the share's own key. */
  isSharer = false;

  /** Who it says it is; null until it does. */
  person: Person | null = null;
  /** How often it may say so again, of late; null until it does. */
  introductions: Allowance | null = null;

  /** Of the newest statement to catalogues that it has, as far as it said or was told; -1: none. */
  statedSequence = -1;
  /** One of its is being checked: one at a time. */
  isStatementChecking = false;
  /** The one that is checked after that. */
  nextStatement: Bytes | null = null;
  /** How many more it may bring, of late; null until it does. */
  statements: Allowance | null = null;

  /** How much more it may say for the overlay, of late; null until it does. */
  overlayAllowance: Allowance | null = null;

  /** An END of its is being checked: one at a time. */
  isEndChecking = false;
  /** When it last said anything. */
  lastFrameAtMs: number;

  /** Null until it said what it holds, which also says that it can serve the manifest. */
  claim: Claim | null = null;
  /** HAVEs that came before the manifest. */
  readonly earlyHaves: number[] = [];
  /** Null until its claim and the manifest are known. */
  has: Bitfield | null = null;
  /** Pieces that it has and that are missing here. */
  wantedCount = 0;
  /** It is counted among those that hold everything. */
  isCountedFull = false;
  /** What it suggests that I ask it for, oldest first. */
  readonly suggested: number[] = [];
  suggestedAtMs = -Infinity;
  /** Pieces of which it isn't told yet that I have them too. */
  readonly lateHaves: number[] = [];
  havesDueMs = Infinity;
  flushedAtMs = 0;
  /** Blocks that it refused though it said that it has them. */
  brokenPromises = 0;
  /** It sent a part of a piece that didn't match. */
  isOnParole = false;
  /** It sent a bad piece, and has until then to show the page that it goes by. */
  trial: { readonly page: number; readonly untilMs: number } | null = null;
  /** A proof of contradiction of its is being checked: one at a time. */
  isContradictionChecking = false;
  /** My state and pieces were told. */
  isTold = false;

  amInterested = false;
  peerInterested = false;
  amChoking = true;
  peerChoking = true;

  /** Asked of it and not yet answered, by `blockKey`. */
  readonly requests = new Map<string, Request>();
  /**
   * Answers still to come for requests that were given up, by `blockKey`: every request is answered
   * once, in order, also when the same block has been asked for again meanwhile.
   */
  readonly owed = new Map<string, number>();
  requestedBytes = 0;
  lastDataAtMs = 0;
  silences = 0;
  readonly pipeline = new Pipeline();
  readonly download = new RateMeter();

  /** Asked by it and not yet read. */
  readonly uploads: Block[] = [];
  /** Asked by it, and at the sharer waiting for the page of their hashes to be made. */
  unhashed: Block[] = [];
  /** Reads under way, in bytes. */
  readingBytes = 0;
  bufferedBytes = 0;
  /** When its send buffer last held something. */
  unsentAtMs = 0;
  /** When it was last given a block, and of which piece. */
  servedAtMs = 0;
  servingPiece: number | null = null;
  /** Its slot is gone when it asks for another piece. */
  isLastPiece = false;
  /** What it asked for last since it was unchoked. */
  turnPiece: number | null = null;
  readonly upload = new RateMeter();

  /** Part of the manifest that it asked for, to be sent when the buffer has room. */
  manifestOffsetAsked: number | null = null;
  readonly pagesAsked = new Set<number>();
  /** Pages asked of it, and when. */
  readonly pageRequests = new Map<number, { readonly askedAtMs: number }>();
  readonly pagesRejected = new Set<number>();

  constructor(
    of: Pick<
      Peer,
      "connection" | "id" | "role" | "localFingerprint" | "remoteFingerprint" | "nonce"
    >,
    nowMs: number,
    deadlineMs: number,
  ) {
    this.connection = of.connection;
    this.id = of.id;
    this.role = of.role;
    this.localFingerprint = of.localFingerprint;
    this.remoteFingerprint = of.remoteFingerprint;
    this.nonce = of.nonce;
    this.connectedAtMs = nowMs;
    this.lastFrameAtMs = nowMs;
    this.trust = { step: "greeting", deadlineMs };
  }

  /** Handed over and not on the wire yet: being read, or in the send buffer. */
  get unsentBytes(): number {
    return this.readingBytes + this.bufferedBytes;
  }

  get isProven(): boolean {
    return this.trust.step === "proven";
  }
}

/** Names a block within a share. */
export function blockKey(block: { readonly piece: number; readonly offset: number }): string {
  return `${block.piece}:${block.offset}`;
}
