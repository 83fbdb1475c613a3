/**
 * A modelled network. Each host has an uplink, a downlink and a latency; a pipe is one direction of
 * a connection: frames in order, none lost. An uplink serves its pipes in turn, a quantum each; a
 * downlink serves what arrives in the order of sending, and holds senders back while more than
 * `DOWNLINK_QUEUE_MS` wait, as congestion control does. A lost packet costs a retransmission: later,
 * and uplink once more.
 *
 * Frames of control are small: with nothing ahead of them in their pipe they slip in between quanta.
 */
import type { Bytes } from "../src/bytes.ts";
import type { Chance } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** Bytes in a second, at a megabit per second. */
export const MBIT_BYTES = 125_000;

/** Some dozen packets: fine enough for fairness, coarse enough for thousands of peers. */
const QUANTUM_BYTES = 32 * 1024;
/** A frame up to one packet may slip in, and costs a packet's headers of its own. */
const SMALL_BYTES = 1200;
const HEADER_BYTES = 90;
const DOWNLINK_QUEUE_MS = 250;
/** A retransmission is noticed after a round trip, and no sooner than this. */
const LEAST_RETRANSMIT_MS = 200;

/** Rates are for messages: what IP, UDP, DTLS and SCTP put around full packets is off already. */
export type HostOptions = {
  readonly uplinkBytesPerSec: number;
  readonly downlinkBytesPerSec: number;
  /** See `roundTripMsOf`. */
  readonly roundTripMs: number;
  /** Chance that a quantum needs a retransmission. */
  readonly loss: number;
};

/** A round trip between two hosts is the mean of theirs. */
export function roundTripMsOf(one: Host, other: Host): number {
  return (one.options.roundTripMs + other.options.roundTripMs) / 2;
}

export class Host {
  readonly options: HostOptions;
  readonly #timeline: Timeline;
  readonly chance: Chance;
  #isSending = false;
  /** Small frames and retransmissions that the next quantum waits for. */
  #debtBytes = 0;
  readonly #ready: Pipe[] = [];
  #downlinkFreeAtMs = 0;
  readonly #held: Pipe[] = [];
  #isReleasing = false;

  constructor(timeline: Timeline, options: HostOptions, chance: Chance) {
    this.#timeline = timeline;
    this.options = options;
    this.chance = chance;
  }

  /** A pipe has something to send. */
  ready(pipe: Pipe): void {
    if (pipe.isQueued) return;
    pipe.isQueued = true;
    this.#ready.push(pipe);
    if (!this.#isSending) this.#serve();
  }

  /** A small frame leaves at once. Returns when it has left. */
  slip(bytes: number): number {
    const cost = bytes + HEADER_BYTES;
    this.#debtBytes += cost;
    return this.#timeline.nowMs + this.#uplinkMs(cost);
  }

  #uplinkMs(bytes: number): number {
    return (bytes * 1000) / this.options.uplinkBytesPerSec;
  }

  #serve(): void {
    const pipe = this.#next();
    this.#isSending = pipe !== null;
    if (pipe === null) return;
    const bytes = pipe.quantum(QUANTUM_BYTES);
    const isLost = this.options.loss > 0 && this.chance.happens(this.options.loss);
    const cost = bytes * (isLost ? 2 : 1);
    const tookMs = this.#uplinkMs(cost + this.#debtBytes);
    this.#debtBytes = 0;
    this.#timeline.in(tookMs, () => {
      pipe.left(bytes, isLost);
      pipe.isQueued = false;
      if (!pipe.isIdle) {
        pipe.isQueued = true;
        this.#ready.push(pipe);
      }
      this.#serve();
    });
  }

  /** The next pipe whose receiver takes something. */
  #next(): Pipe | null {
    for (;;) {
      const pipe = this.#ready.shift();
      if (pipe === undefined) return null;
      if (pipe.isIdle) pipe.isQueued = false;
      else if (!pipe.to.holds(pipe)) return pipe;
    }
  }

  /** The receiver's queue is full: the pipe waits, and is handed back to its sender later. */
  holds(pipe: Pipe): boolean {
    const { nowMs } = this.#timeline;
    if (this.#downlinkFreeAtMs - nowMs <= DOWNLINK_QUEUE_MS) return false;
    this.#held.push(pipe);
    if (!this.#isReleasing) {
      this.#isReleasing = true;
      this.#timeline.at(this.#downlinkFreeAtMs - DOWNLINK_QUEUE_MS / 2, () => this.#release());
    }
    return true;
  }

  #release(): void {
    this.#isReleasing = false;
    for (const pipe of this.#held.splice(0)) {
      pipe.isQueued = false;
      if (!pipe.isIdle) pipe.from.ready(pipe);
    }
  }

  /** When bytes that arrive then have come through the downlink. */
  receive(bytes: number, arrivesAtMs: number): number {
    const startMs = Math.max(arrivesAtMs, this.#downlinkFreeAtMs);
    this.#downlinkFreeAtMs = startMs + (bytes * 1000) / this.options.downlinkBytesPerSec;
    return this.#downlinkFreeAtMs;
  }
}

/** At how much left the sender is told: half, then half of that, and when it is empty. */
const lowMark = (bufferedBytes: number): number =>
  bufferedBytes > QUANTUM_BYTES ? bufferedBytes / 2 : 0;

export type PipeEvents = {
  readonly delivered: (frame: Bytes) => void;
  /** The send buffer fell to half of what it held at the last word on it. */
  readonly drained: (bufferedBytes: number) => void;
};

export class Pipe {
  readonly from: Host;
  readonly to: Host;
  readonly #timeline: Timeline;
  readonly #events: PipeEvents;
  readonly #latencyMs: number;
  readonly #frames: Bytes[] = [];
  /** Stands in its host's line, is being served, or is held back. */
  isQueued = false;
  #headLeftBytes = 0;
  #bufferedBytes = 0;
  #lowBytes = 0;
  #lastDeliveryMs = 0;
  #isOpen = true;
  /** Frames that came to a cut in the network, in order; null: there is none. */
  #stalled: Bytes[] | null = null;

  constructor(timeline: Timeline, from: Host, to: Host, events: PipeEvents) {
    this.#timeline = timeline;
    this.from = from;
    this.to = to;
    this.#events = events;
    this.#latencyMs = roundTripMsOf(from, to) / 2;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get isIdle(): boolean {
    return !this.#isOpen || this.#frames.length === 0;
  }

  /** Takes a frame and returns what the send buffer holds. */
  send(frame: Bytes): number {
    if (!this.#isOpen) return 0;
    if (this.#frames.length === 0 && frame.length <= SMALL_BYTES) {
      this.#deliverAt(this.from.slip(frame.length) + this.#latencyMs, frame);
      return 0;
    }
    this.#frames.push(frame);
    this.#bufferedBytes += frame.length;
    this.#lowBytes = lowMark(this.#bufferedBytes);
    if (this.#frames.length === 1) {
      this.#headLeftBytes = frame.length;
      this.from.ready(this);
    }
    return this.#bufferedBytes;
  }

  /** How much of the first frame goes next. */
  quantum(mostBytes: number): number {
    return Math.min(mostBytes, this.#headLeftBytes);
  }

  /** So many bytes of the first frame have left the uplink. */
  left(bytes: number, isLost: boolean): void {
    if (!this.#isOpen) return;
    const before = this.#bufferedBytes;
    this.#bufferedBytes -= bytes;
    this.#headLeftBytes -= bytes;
    const againMs = isLost ? Math.max(LEAST_RETRANSMIT_MS, 2 * this.#latencyMs) : 0;
    const throughMs = this.to.receive(bytes, this.#timeline.nowMs + this.#latencyMs + againMs);
    if (this.#headLeftBytes === 0) {
      const frame = this.#frames.shift();
      this.#headLeftBytes = this.#frames[0]?.length ?? 0;
      if (frame !== undefined) this.#deliverAt(throughMs, frame);
    }
    if (before > this.#lowBytes && this.#bufferedBytes <= this.#lowBytes) {
      this.#lowBytes = lowMark(this.#bufferedBytes);
      this.#events.drained(this.#bufferedBytes);
    }
  }

  #deliverAt(timeMs: number, frame: Bytes): void {
    this.#lastDeliveryMs = Math.max(timeMs, this.#lastDeliveryMs);
    this.#timeline.at(this.#lastDeliveryMs, () => {
      if (!this.#isOpen) return;
      if (this.#stalled === null) this.#events.delivered(frame);
      else this.#stalled.push(frame);
    });
  }

  /** The network is cut: nothing comes through until it is mended, if it is in time. */
  stall(): void {
    this.#stalled ??= [];
  }

  mend(): void {
    // Until then what was sent later queues up behind: frames come in order.
    this.#timeline.in(0, () => {
      const stalled = this.#stalled ?? [];
      this.#stalled = null;
      for (const frame of stalled) if (this.#isOpen) this.#events.delivered(frame);
    });
  }

  /**
   * The sender closes: what waits is dropped but for a last small frame, its goodbye. Returns when
   * the other end has all of it.
   */
  hasten(): number {
    const last = this.#frames.at(-1);
    this.#frames.length = 0;
    this.#bufferedBytes = 0;
    if (last !== undefined && last.length <= SMALL_BYTES) this.send(last);
    return Math.max(this.#lastDeliveryMs, this.#timeline.nowMs + this.#latencyMs);
  }

  /** Frames that are under way are lost. */
  close(): void {
    this.#isOpen = false;
    this.#frames.length = 0;
    this.#bufferedBytes = 0;
  }
}
