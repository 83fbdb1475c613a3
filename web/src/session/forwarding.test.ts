import { describe, expect, it } from "vitest";
import { FakeChannel } from "../protocol/fake-channel.ts";
import { Forwarding } from "./forwarding.ts";

const KIB = 1024;

function forwarding() {
  const fake = new FakeChannel();
  const delivered: number[] = [];
  const frames: ArrayBuffer[] = [];
  const made = new Forwarding(fake as unknown as RTCDataChannel, {
    opened: () => undefined,
    frame: (frame) => frames.push(frame),
    delivered: (deliveredBytes) => delivered.push(deliveredBytes),
    closed: () => undefined,
  });
  const send = (bytes: number) => made.send(new ArrayBuffer(bytes));
  return { fake, delivered, frames, send };
}

describe("a channel that stays with the page", () => {
  it("tells what has left at half of what was buffered at the last word, and when all has", () => {
    const { fake, delivered, send } = forwarding();
    send(128 * KIB);
    expect(delivered).toEqual([]);
    fake.leaveAll(KIB);
    expect(delivered).toEqual([64 * KIB, 96 * KIB, 112 * KIB, 128 * KIB]);
  });

  it("counts from when the channel opened", () => {
    const { fake, delivered, send } = forwarding();
    for (let time = 0; time < 2; time++) {
      send(10 * KIB);
      fake.leaveAll(10 * KIB);
    }
    expect(delivered).toEqual([10 * KIB, 20 * KIB]);
  });

  it("tells at once what a browser hands on without buffering it", () => {
    const { fake, delivered, send } = forwarding();
    fake.send = () => undefined;
    send(128 * KIB);
    expect(delivered).toEqual([128 * KIB]);
  });

  it("tells of frames of control alone once in more than 16 KiB", () => {
    const { fake, delivered, send } = forwarding();
    for (let time = 0; time < 20; time++) {
      send(KIB);
      fake.leaveAll(KIB);
    }
    expect(delivered).toEqual([17 * KIB]);
  });

  it("closes where a send throws, and counts nothing that it didn't take", () => {
    const { fake, delivered, send } = forwarding();
    fake.isFull = true;
    send(128 * KIB);
    expect(fake.readyState).toBe("closing");
    send(128 * KIB);
    expect(delivered).toEqual([]);
  });

  it("passes text on as an empty frame, which is malformed", () => {
    const { fake, frames } = forwarding();
    fake.dispatchEvent(new MessageEvent("message", { data: "text" }));
    fake.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(3) }));
    expect(frames.map((frame) => frame.byteLength)).toEqual([0, 3]);
  });
});
