/**
 * What a decoded value keeps in memory beyond the bytes that it was decoded from, by its structure:
 * the same in every engine, and exact. What an engine adds for objects is measured, by `heapBytes`.
 */
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Bytes of a value without cycles, decoded from bytes in `input`: 8 for each property, element and
 * number, 2 for each unit of a text, whole buffers where a view keeps one alive. The input's own
 * buffer doesn't count, and equal texts count once.
 */
export function weightOf(value: unknown, input: ArrayBufferLike): number {
  return weigh(value, input, new Set());
}

function weigh(value: unknown, input: ArrayBufferLike, met: Set<unknown>): number {
  if (typeof value === "string") return isNew(value, met) ? 2 * value.length : 0;
  if (typeof value !== "object" || value === null) return 0;
  if (ArrayBuffer.isView(value)) {
    const { buffer } = value;
    return buffer !== input && isNew(buffer, met) ? buffer.byteLength : 0;
  }
  let bytes = 0;
  if (Array.isArray(value)) {
    bytes = 8 * value.length;
    for (const item of value) if (typeof item !== "number") bytes += weigh(item, input, met);
  } else {
    for (const name in value) {
      bytes += 8 + weigh((value as Record<string, unknown>)[name], input, met);
    }
  }
  return bytes;
}

function isNew(thing: unknown, met: Set<unknown>): boolean {
  if (met.has(thing)) return false;
  met.add(thing);
  return true;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes on this process's heap and in its buffers, once what nobody holds is gone. */
export function heapBytes(): number {
  collectGarbage();
  collectGarbage(); // Buffers whose owner went in the first round go in the second.
  const { heapUsed, arrayBuffers } = memoryUsage();
  return heapUsed + arrayBuffers;
}
