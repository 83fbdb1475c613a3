/** What a stranger does to good bytes so that they become bad ones. */
import { type Bytes, concat } from "../src/bytes.ts";
import type { Chance } from "./chance.ts";

/** Bytes that a field's length or count is set to. */
const EXTREMES: readonly Bytes[] = [
  [0],
  [0xff],
  [0, 0],
  [0xff, 0xff],
  [0, 0, 0, 0],
  [1, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0x80],
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
].map((bytes) => new Uint8Array(bytes));

/** A copy with one change; `other` is what it may be spliced with. */
export function mutated(bytes: Bytes, other: () => Bytes, chance: Chance): Bytes {
  if (bytes.length === 0) return chance.bytes(chance.size(8));
  const at = chance.below(bytes.length);
  switch (chance.below(10)) {
    case 0:
    case 1:
      return changed(bytes, at, [(bytes[at] ?? 0) ^ (1 << chance.below(8))]);
    case 2:
      return changed(bytes, at, [chance.below(256)]);
    case 3: // Near the start, where counts and lengths stand.
      return changed(bytes, chance.below(Math.min(16, bytes.length)), chance.pick(EXTREMES));
    case 4:
      return changed(bytes, at, chance.pick(EXTREMES));
    case 5:
      return bytes.slice(0, at);
    case 6:
      return concat(bytes.subarray(0, at), bytes.subarray(at + chance.size(bytes.length - at)));
    case 7:
      return concat(bytes, chance.bytes(chance.size(64)));
    case 8:
      return concat(bytes.subarray(0, at), chance.bytes(chance.size(16)), bytes.subarray(at));
    default: {
      const rest = other();
      return concat(bytes.subarray(0, at), rest.subarray(chance.below(rest.length + 1)));
    }
  }
}

function changed(bytes: Bytes, at: number, to: ArrayLike<number>): Bytes {
  const copy = bytes.slice();
  copy.set(Array.prototype.slice.call(to, 0, copy.length - at) as number[], at);
  return copy;
}

/** The same bytes amid others: a decoder must not look beyond a view. */
export function amidOthers(bytes: Bytes, chance: Chance): Bytes {
  const before = chance.below(9);
  const around = chance.bytes(before + bytes.length + chance.below(9));
  around.set(bytes, before);
  return around.subarray(before, before + bytes.length);
}
