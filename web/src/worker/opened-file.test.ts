import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StreamAnswer, StreamPart } from "../protocol/stream.ts";
import { OpenedFile } from "./opened-file.ts";

const MIB = 1024 * 1024;
const SIZE = 9 * MIB + 3;

/** Byte `n` of the file, which begins as a WAV. */
const byteAt = (n: number): number => "RIFF\0\0\0\0WAVE".charCodeAt(n) || n % 251;

/** The other end of a request: what the service worker is told. */
class Asker {
  readonly answers: (StreamAnswer | StreamPart)[] = [];
  readonly #port: MessagePort;
  #heard: () => void = () => undefined;

  constructor(file: OpenedFile, range: string | null) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.addEventListener("message", ({ data }: MessageEvent<StreamAnswer | StreamPart>) => {
      this.answers.push(data);
      this.#heard();
    });
    port1.start();
    file.serve(port2, range);
  }

  async next(): Promise<StreamAnswer | StreamPart> {
    const count = this.answers.length;
    while (this.answers.length === count) {
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
    return this.answers[count]!;
  }

  pull(): Promise<StreamAnswer | StreamPart> {
    const answer = this.next();
    this.#port.postMessage("pull");
    return answer;
  }

  cancel(): void {
    this.#port.postMessage("cancel");
  }

  /** All that follows the head. */
  async rest(): Promise<number[]> {
    const bytes: number[] = [];
    for (;;) {
      const part = await this.pull();
      if (part.type !== "bytes") return bytes;
      for (const byte of new Uint8Array(part.bytes)) bytes.push(byte);
    }
  }
}

describe("an opened file", () => {
  /** Reads that are under way, by their offset; `held`: they wait. */
  const reads: { offset: number; mostBytes: number; signal: AbortSignal }[] = [];
  let held: Promise<void> | null;
  let file: OpenedFile;

  function fileOf(name: string, size = SIZE, first = byteAt): OpenedFile {
    return new OpenedFile(0, name, size, {
      read: async (_index, offset, mostBytes, signal) => {
        reads.push({ offset, mostBytes, signal });
        await held;
        if (signal.aborted) throw new Error("closed");
        // As pieces do, reads end before what was asked for.
        const length = Math.min(mostBytes, 100_000);
        return Uint8Array.from({ length }, (_, index) => first(offset + index));
      },
    });
  }

  beforeEach(async () => {
    reads.length = 0;
    held = null;
    file = fileOf("a.wav");
    expect(await file.begin()).toEqual({ kind: "audio", mime: "audio/wav" });
    reads.length = 0;
  });
  afterEach(() => file.close());

  it("gives the whole of it where no range is asked for", async () => {
    const asker = new Asker(file, null);
    expect(await asker.next()).toEqual({
      type: "head",
      mime: "audio/wav",
      sizeBytes: SIZE,
      part: { start: 0, end: SIZE },
      isRange: false,
    });
  });

  it("gives exactly the bytes of a range", async () => {
    const asker = new Asker(file, "bytes=150000-399999");
    const part = { start: 150_000, end: 400_000 };
    expect(await asker.next()).toMatchObject({ part, isRange: true });
    const bytes = await asker.rest();
    expect(bytes).toEqual(Array.from({ length: 250_000 }, (_, index) => byteAt(150_000 + index)));
    expect(asker.answers.at(-1)).toEqual({ type: "end" });
  });

  it("answers a large range with its beginning", async () => {
    const asker = new Asker(file, "bytes=5-");
    expect(await asker.next()).toMatchObject({ part: { start: 5, end: 4 * MIB + 5 } });
  });

  it("says where a range lies outside", async () => {
    const answer = await new Asker(file, `bytes=${SIZE}-`).next();
    expect(answer).toMatchObject({ type: "head", part: null, sizeBytes: SIZE });
  });

  it("minds no range of what isn't played", async () => {
    const text = fileOf("a.txt", 10, () => 65);
    await text.begin();
    const answer = await new Asker(text, "bytes=5-6").next();
    expect(answer).toMatchObject({ part: { start: 0, end: 10 }, isRange: false });
  });

  it("reads nothing before it is pulled, and then one part of bounded size", async () => {
    const asker = new Asker(file, "bytes=0-");
    await asker.next();
    expect(reads).toEqual([]);
    await asker.pull();
    expect(reads).toHaveLength(1);
    expect(reads[0]?.mostBytes).toBe(256 * 1024);
  });

  it("reads for nobody who has cancelled", async () => {
    held = new Promise(() => undefined);
    const asker = new Asker(file, "bytes=0-");
    await asker.next();
    void asker.pull();
    await expect.poll(() => reads.length).toBe(1);
    asker.cancel();
    await expect.poll(() => reads[0]?.signal.aborted).toBe(true);
  });

  it("ends the oldest of too many requests", async () => {
    const askers: Asker[] = [];
    for (let count = 0; count < 7; count++) {
      const asker = new Asker(file, `bytes=${count}-`);
      askers.push(asker);
      await asker.next();
    }
    await expect.poll(() => askers[0]?.answers.at(-1)).toEqual({ type: "broken" });
    expect(await askers[1]?.pull()).toMatchObject({ type: "bytes" });
  });

  it("breaks off where it can't be read, and when it is closed", async () => {
    const asker = new Asker(file, null);
    await asker.next();
    const broken = asker.next();
    file.close();
    expect(await broken).toEqual({ type: "broken" });
    expect(await new Asker(file, null).next()).toEqual({ type: "unknown" });
  });

  it("isn't given before its first bytes have told what it is, nor where they tell otherwise", async () => {
    const unlike = fileOf("a.png");
    expect(await new Asker(unlike, null).next()).toEqual({ type: "unknown" });
    expect(await unlike.begin()).toBeNull();
    expect(await new Asker(unlike, null).next()).toEqual({ type: "unknown" });
  });

  it("has a token of its own", () => {
    expect(file.token).toMatch(/^[\w-]{22}$/);
    expect(fileOf("a.wav").token).not.toBe(file.token);
  });
});
