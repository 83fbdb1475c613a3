/**
 * A data channel that couldn't be moved into the worker: the page passes its frames on and tells how
 * far they have left, as seldom as the engine's pace allows.
 */
import { lowMarkOf } from "../protocol/low-mark.ts";

/** Small frames leave without an event; so much of them may be untold, which is as good as none. */
const UNTOLD_BYTES = 16 * 1024;

export type ForwardingEvents = {
  readonly opened: () => void;
  readonly frame: (frame: ArrayBuffer) => void;
  /** So many bytes have left the send buffer since the channel opened. */
  readonly delivered: (deliveredBytes: number) => void;
  readonly closed: () => void;
};

export class Forwarding {
  readonly #channel: RTCDataChannel;
  readonly #events: ForwardingEvents;
  #forwardedBytes = 0;
  #toldBytes = 0;

  constructor(channel: RTCDataChannel, events: ForwardingEvents) {
    this.#channel = channel;
    this.#events = events;
    channel.addEventListener("open", events.opened);
    channel.addEventListener("close", events.closed);
    channel.addEventListener("bufferedamountlow", () => this.#tell(this.#setMark()));
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      events.frame(data instanceof ArrayBuffer ? data : new ArrayBuffer(0));
    });
  }

  /** Takes a frame of the worker's. A closed channel takes nothing. */
  send(frame: ArrayBuffer): void {
    const channel = this.#channel;
    if (channel.readyState !== "open") return;
    try {
      channel.send(frame);
    } catch {
      return channel.close(); // Safe: it throws when closing or full; its end tells the engine.
    }
    this.#forwardedBytes += frame.byteLength;
    const bufferedBytes = this.#setMark();
    // With so little in the buffer no event comes.
    const isQuiet = bufferedBytes <= channel.bufferedAmountLowThreshold;
    const untoldBytes = this.#forwardedBytes - bufferedBytes - this.#toldBytes;
    if (isQuiet && untoldBytes > UNTOLD_BYTES) this.#tell(bufferedBytes);
  }

  #setMark(): number {
    const { bufferedAmount } = this.#channel;
    this.#channel.bufferedAmountLowThreshold = lowMarkOf(bufferedAmount);
    return bufferedAmount;
  }

  #tell(bufferedBytes: number): void {
    this.#toldBytes = this.#forwardedBytes - bufferedBytes;
    this.#events.delivered(this.#toldBytes);
  }
}
