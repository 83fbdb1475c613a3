/** A data channel for tests, with a send buffer that empties when it is told to. */
export class FakeChannel extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readyState = "open";
  /** It throws when something is sent. */
  isFull = false;

  send(frame: ArrayBuffer | Uint8Array): void {
    if (this.isFull) throw new Error("full");
    this.bufferedAmount += frame.byteLength;
  }

  close(): void {
    this.readyState = "closing";
  }

  /** As browsers do it: the event comes when the amount falls from above the threshold. */
  leave(bytes: number): void {
    const wasAbove = this.bufferedAmount > this.bufferedAmountLowThreshold;
    this.bufferedAmount -= bytes;
    const isAbove = this.bufferedAmount > this.bufferedAmountLowThreshold;
    if (wasAbove && !isAbove) this.dispatchEvent(new Event("bufferedamountlow"));
  }

  leaveAll(stepBytes: number): void {
    while (this.bufferedAmount > 0) this.leave(Math.min(stepBytes, this.bufferedAmount));
  }
}
