import { describe, expect, it, vi } from "vitest";
import { SequentialReader } from "./sequential-reader.ts";

const BYTES = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

/** A file, and how many streams were opened on it. */
function file() {
  const made = new Blob([BYTES]);
  const slice = vi.fn((start?: number, end?: number) => new Blob([BYTES]).slice(start, end));
  return { made: Object.assign(made, { slice }), slice };
}

const stretch = (made: Blob, offset: number, length: number, goesOn = true) => ({
  file: made,
  offset,
  into: new Uint8Array(length),
  goesOn,
});

describe("a sequential reader", () => {
  it("reads what follows from the same stream, into the memory that it was given", async () => {
    const { made, slice } = file();
    const reader = new SequentialReader();
    for (let at = 0; at < BYTES.length; at += 100_000) {
      const { into, ...rest } = stretch(made, at, 100_000);
      const { buffer } = into;
      expect(await reader.read({ ...rest, into })).toEqual(BYTES.subarray(at, at + 100_000));
      expect(buffer.byteLength).toBe(0);
    }
    expect(slice).toHaveBeenCalledOnce();
  });

  it("begins anew where something else is asked for", async () => {
    const { made, slice } = file();
    const reader = new SequentialReader();
    for (const at of [200_000, 0, 10, 110]) {
      const found = await reader.read(stretch(made, at, 100));
      expect(found).toEqual(BYTES.subarray(at, at + 100));
    }
    expect(slice).toHaveBeenCalledTimes(3);
  });

  it("answers in order what is asked for at once, also after something failed", async () => {
    const { made } = file();
    const reader = new SequentialReader();
    const answers = [
      reader.read(stretch(made, 0, 50)),
      reader.read(stretch(made, BYTES.length - 10, 20)),
      reader.read(stretch(made, 50, 50, false)),
    ];
    await expect(answers[1]).rejects.toMatchObject({ code: "source-changed" });
    expect(await answers[0]).toEqual(BYTES.subarray(0, 50));
    expect(await answers[2]).toEqual(BYTES.subarray(50, 100));
  });

  it("does without streams where the browser fills no memory of one's own", async () => {
    const { made } = file();
    const plain = Object.assign(made, {
      slice: (start?: number, end?: number) =>
        Object.assign(new Blob([BYTES]).slice(start, end), {
          stream: () => {
            throw new TypeError("no byte stream");
          },
        }),
    });
    const reader = new SequentialReader();
    expect(await reader.read(stretch(plain, 7, 9))).toEqual(BYTES.subarray(7, 16));
    const short = reader.read(stretch(plain, BYTES.length - 1, 2));
    await expect(short).rejects.toMatchObject({ code: "source-changed" });
  });

  it("says of a file that can't be read that it changed", async () => {
    const gone = Object.assign(new Blob([BYTES]), {
      slice: () => {
        throw new DOMException("gone", "NotReadableError");
      },
    });
    const reading = new SequentialReader().read(stretch(gone, 0, 10));
    await expect(reading).rejects.toMatchObject({ code: "source-changed" });
  });
});
