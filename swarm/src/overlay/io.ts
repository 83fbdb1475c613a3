/** What goes into the ring's state machine and comes out of it, and what ring peers say to each other. */
import type { Bytes } from "../bytes.ts";
import type { Position, RingId } from "./position.ts";

/** One connection to one ring peer, named by the host. */
export type LinkId = number;

/**
 * Signals to and fro with one peer: a try to come to a link with it, or to a swarm's connection. Each
 * end names it for itself: the ring by positive numbers, the host by negative ones.
 */
export type CallId = number;

/** Names a circuit along its whole way: random, 0 to 2^53 - 1. */
export type CircuitId = number;

/** What a link is kept for by who called for it. */
export type LinkPurpose = "near" | "finger";

/** What a call is for: a link of the ring, or signals between two members of a swarm. */
export type Purpose = LinkPurpose | "swarm";

/** A record: sealed and signed elsewhere; here it is bytes with a key and an end. */
export type RingRecord = {
  /** Base64url of a SHA-256, 32 bytes. */
  readonly key: string;
  /** Base64url of 16 bytes. Tells records of one key apart: a newer one takes the older one's place. */
  readonly slot: string;
  readonly sequence: number;
  /** Unix time in milliseconds. */
  readonly expiresMs: number;
  readonly content: Bytes;
};

/** What is asked of the peer at the end of a circuit. */
export type Question =
  /** Who is nearest to the key, but for `except`. */
  | { readonly type: "find"; readonly except: RingId | null }
  | { readonly type: "get"; readonly key: string }
  | { readonly type: "put"; readonly record: RingRecord }
  /** To the peer of this id alone: a sealed signal for it. */
  | {
      readonly type: "call";
      readonly to: RingId;
      readonly purpose: Purpose;
      readonly signal: Bytes;
    };

export type Answer =
  | { readonly type: "nearest"; readonly ids: readonly RingId[] }
  | { readonly type: "records"; readonly records: readonly RingRecord[] }
  | { readonly type: "stored" }
  /** Of a call: the way to it is open, or not. */
  | { readonly type: "signal"; readonly signal: Bytes }
  | { readonly type: "refused" };

export type Message =
  /** Whom the sender has next to itself on both sides. */
  | { readonly type: "near"; readonly ids: readonly RingId[] }
  /** What the sender keeps the link for, when it begins. */
  | { readonly type: "hello"; readonly purpose: LinkPurpose }
  /** On its way to whoever is nearest to `target`; each hop remembers where it came from. */
  | {
      readonly type: "question";
      readonly circuit: CircuitId;
      readonly target: Position;
      /** Hops that it may still go. */
      readonly hopsLeft: number;
      readonly question: Question;
    }
  /** Back along a circuit. */
  | {
      readonly type: "answer";
      readonly circuit: CircuitId;
      /** Links that the question went over. */
      readonly hops: number;
      readonly answer: Answer;
    }
  /** Further signals of a call, the way that its question went. */
  | { readonly type: "more"; readonly circuit: CircuitId; readonly signal: Bytes };

export type Input =
  | { readonly type: "wake" }
  | {
      readonly type: "link-up";
      readonly link: LinkId;
      readonly peer: RingId;
      readonly call: CallId | null;
    }
  | { readonly type: "link-down"; readonly link: LinkId }
  | { readonly type: "message"; readonly link: LinkId; readonly message: Message }
  /** The next sealed signal of this end's for a call. */
  | { readonly type: "signal"; readonly call: CallId; readonly signal: Bytes }
  /** A first signal for a member of a swarm: begins a call that the host names by a negative number. */
  | {
      readonly type: "reach";
      readonly call: CallId;
      readonly to: RingId;
      readonly signal: Bytes;
    }
  /** A swarm's call is of no more use here. Who called learns it, if nothing was answered. */
  | { readonly type: "hang-up"; readonly call: CallId }
  /** The connection that a call was to lead to didn't come about. */
  | { readonly type: "call-failed"; readonly call: CallId }
  /** `lookup` is the host's name for it, and comes back with what is found. */
  | { readonly type: "get"; readonly lookup: number; readonly key: string }
  | { readonly type: "put"; readonly record: RingRecord }
  | { readonly type: "find"; readonly lookup: number; readonly target: Position }
  /** The record's signature was checked. */
  | { readonly type: "record-checked"; readonly record: RingRecord; readonly ok: boolean };

export type Effect =
  | { readonly type: "send"; readonly link: LinkId; readonly message: Message }
  | { readonly type: "close"; readonly link: LinkId }
  /** Begin a connection to this peer; its signals are inputs of this call. */
  | { readonly type: "call"; readonly call: CallId; readonly peer: RingId }
  /** Somebody calls: the first signal of theirs. Replies are inputs of this call. */
  | {
      readonly type: "called";
      readonly call: CallId;
      readonly purpose: Purpose;
      readonly signal: Bytes;
    }
  /** A further signal of the other end's. */
  | { readonly type: "signal"; readonly call: CallId; readonly signal: Bytes }
  /** Refused, lost on its way, or nothing came for long: no more signals will come. */
  | { readonly type: "call-over"; readonly call: CallId }
  /** Of a record that was found, or is to be held: whether it is what its key stands for. */
  | { readonly type: "check-record"; readonly record: RingRecord }
  | {
      readonly type: "found";
      readonly lookup: number;
      /** Checked, as they came over several ways: of one slot there may be an older and a newer. */
      readonly records: readonly RingRecord[];
      readonly nearest: RingId | null;
      /** The most links that a question of it went over; 0 where it was answered here. */
      readonly hops: number;
    }
  | { readonly type: "lost"; readonly lookup: number };
