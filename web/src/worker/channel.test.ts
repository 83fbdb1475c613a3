import { describe, expect, it } from "vitest";
import { FakeChannel } from "../protocol/fake-channel.ts";
import { ForwardedChannel, movedChannel } from "./channel.ts";

const KIB = 1024;

function moved() {
  const fake = new FakeChannel();
  const words: number[] = [];
  const channel = movedChannel(fake as unknown as RTCDataChannel, {
    opened: () => undefined,
    frame: () => undefined,
    drained: (bufferedBytes) => words.push(bufferedBytes),
    closed: () => undefined,
  });
  const send = (bytes: number) => channel.send(new Uint8Array(bytes));
  return { fake, words, send };
}

describe("a moved channel", () => {
  it("tells at half of what its buffer held at the last word, and when it is empty", () => {
    const { fake, words, send } = moved();
    expect(send(128 * KIB)).toBe(128 * KIB);
    fake.leaveAll(KIB);
    expect(words).toEqual([64 * KIB, 32 * KIB, 16 * KIB, 0]);
  });

  it("tells at half of what a send made of it, however little had left before", () => {
    const { fake, words, send } = moved();
    send(128 * KIB);
    fake.leave(28 * KIB);
    expect(send(300 * KIB)).toBe(400 * KIB);
    fake.leave(199 * KIB);
    expect(words).toEqual([]);
    fake.leave(KIB);
    expect(words).toEqual([200 * KIB]);
  });

  it("tells where the buffer falls by more than half at once", () => {
    const { fake, words, send } = moved();
    send(128 * KIB);
    fake.leaveAll(100 * KIB); // As coarsely as Chromium counts.
    expect(words).toEqual([28 * KIB, 0]);
  });

  it("tells after every buffer that was emptied anew", () => {
    const { fake, words, send } = moved();
    for (let time = 0; time < 3; time++) {
      send(10 * KIB);
      fake.leaveAll(KIB);
    }
    expect(words).toEqual([0, 0, 0]);
  });

  it("says nothing of frames of control alone", () => {
    const { fake, words, send } = moved();
    for (let time = 0; time < 100; time++) {
      expect(send(13)).toBe(13);
      fake.leaveAll(13);
    }
    expect(words).toEqual([]);
  });

  it("closes where a send throws, and takes nothing afterwards", () => {
    const { fake, send } = moved();
    fake.isFull = true;
    send(10);
    expect(fake.readyState).toBe("closing");
    expect(send(10)).toBe(0);
    expect(fake.bufferedAmount).toBe(0);
  });
});

describe("a forwarded channel", () => {
  it("counts as buffered what the page hasn't told to have left", () => {
    const words: number[] = [];
    const events = {
      opened: () => undefined,
      frame: () => undefined,
      drained: (bufferedBytes: number) => words.push(bufferedBytes),
      closed: () => undefined,
    };
    const forwarded: number[] = [];
    const channel = new ForwardedChannel(
      events,
      (frame) => forwarded.push(frame.byteLength),
      () => undefined,
    );
    expect(channel.send(new Uint8Array(100))).toBe(100);
    expect(channel.send(new Uint8Array(60).subarray(0, 50))).toBe(150);
    channel.delivered(120);
    expect(channel.send(new Uint8Array(10))).toBe(40);
    expect([forwarded, words]).toEqual([[100, 50, 10], [30]]);
  });
});
