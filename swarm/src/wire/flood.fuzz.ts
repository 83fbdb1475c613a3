import { describe, expect, test } from "vitest";
import { Chance } from "../../test/chance.ts";
import { flood, MEMORY_RATIO, timeoutMs } from "../../test/flood.ts";
import { hostileFrame, largestMessage, MESSAGE_TYPES } from "../../test/hostile-frames.ts";
import { heapBytes, weightOf } from "../../test/weight.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";

/** The names of kinds, types and fields, and what has a fixed size. */
const FRAME_BYTES = 256;
/** What Node's V8 takes for the objects of a message: two for each view, some hundred bytes each. */
const FRAME_OBJECT_BYTES = 1024;

describe("a hostile peer's", { timeout: timeoutMs("frames") }, () => {
  test("frames never crash the decoder, hold it up, or fill its memory", async () => {
    await flood({
      decoder: "frames",
      next: hostileFrame,
      bytesOf: ({ bytes }) => bytes,
      decode({ bytes, sent }, watch) {
        const decoded = decodeFrame(bytes);
        watch.lap();
        if (sent !== null && (decoded.kind !== "message" || decoded.message.type !== sent.type)) {
          throw new Error(`a good ${sent.type} is ${decoded.kind}`);
        }
        return { kind: decoded.kind, bytes: weightOf(decoded, bytes.buffer) - FRAME_BYTES };
      },
    });
  });

  test.each(MESSAGE_TYPES)("largest %s frames keep little memory for real", (type) => {
    const chance = new Chance(1);
    const frame = encodeFrame(largestMessage(type, chance));
    const count = Math.ceil(4_000_000 / (frame.length + FRAME_OBJECT_BYTES));
    const frames = Array.from({ length: count }, () => frame.slice());
    const held: unknown[] = Array.from({ length: count }, () => null);
    decodeFrame(frame); // Compiled, and its constants made, before anything is measured.
    const before = heapBytes();
    for (const [index, bytes] of frames.entries()) held[index] = decodeFrame(bytes);
    const each = (heapBytes() - before) / held.length;
    expect(each).toBeLessThanOrEqual(MEMORY_RATIO * frame.length + FRAME_OBJECT_BYTES);
  });
});
