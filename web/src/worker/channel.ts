/** Data channels as the worker sees them: moved in, or forwarded by the page. One interface. */
import { lowMarkOf } from "../protocol/low-mark.ts";
import { leave } from "./garbage.ts";

export type ChannelEvents = {
  readonly opened: () => void;
  readonly frame: (frame: Uint8Array<ArrayBuffer>) => void;
  /** The send buffer fell to half of what it held at the last word on it, or is empty. */
  readonly drained: (bufferedBytes: number) => void;
  readonly closed: () => void;
};

export interface Channel {
  /** Bytes in the send buffer afterwards. A closed channel takes nothing. */
  send(frame: Uint8Array<ArrayBuffer>): number;
  close(): void;
}

/**
 * A channel that was moved into this worker. To be called in the task that brought it: Chromium
 * loses messages that arrive while no handler is set.
 */
export function movedChannel(channel: RTCDataChannel, events: ChannelEvents): Channel {
  channel.binaryType = "arraybuffer";
  channel.addEventListener("open", events.opened);
  channel.addEventListener("close", events.closed);
  channel.addEventListener("bufferedamountlow", () => events.drained(setMark(channel)));
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    // Text is nothing that a peer of ours sends: an empty frame is malformed, which ends it.
    const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array();
    events.frame(frame);
    leave(frame.length); // None where it was released.
  });
  if (channel.readyState === "open") queueMicrotask(events.opened);
  return {
    send(frame) {
      if (channel.readyState !== "open") return 0;
      try {
        channel.send(frame);
      } catch {
        channel.close(); // Safe: it throws when closing or full; the close event tells the engine.
      }
      return setMark(channel);
    },
    close: () => channel.close(),
  };
}

/** Sets at how much left the next word comes. Returns what the buffer holds. */
function setMark(channel: RTCDataChannel): number {
  const { bufferedAmount } = channel;
  channel.bufferedAmountLowThreshold = lowMarkOf(bufferedAmount);
  return bufferedAmount;
}

/** A channel that stays with the page, which forwards frames as transferables. */
export class ForwardedChannel implements Channel {
  readonly events: ChannelEvents;
  readonly #forward: (frame: ArrayBuffer) => void;
  readonly #hangUp: () => void;
  #sentBytes = 0;
  #deliveredBytes = 0;

  constructor(events: ChannelEvents, forward: (frame: ArrayBuffer) => void, hangUp: () => void) {
    this.events = events;
    this.#forward = forward;
    this.#hangUp = hangUp;
  }

  send(frame: Uint8Array<ArrayBuffer>): number {
    const isWhole = frame.byteLength === frame.buffer.byteLength;
    this.#sentBytes += frame.byteLength;
    this.#forward(isWhole ? frame.buffer : frame.slice().buffer);
    return this.#sentBytes - this.#deliveredBytes;
  }

  /** The page's word on how much has left its send buffer. */
  delivered(deliveredBytes: number): void {
    this.#deliveredBytes = deliveredBytes;
    this.events.drained(this.#sentBytes - deliveredBytes);
  }

  close(): void {
    this.#hangUp();
  }
}
