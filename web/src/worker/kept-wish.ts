/**
 * What the person wants of a share, beside the journal: whether download was pressed, and for which
 * files. One that is damaged says that it wasn't: better that a person presses once more than that
 * what they left out is fetched.
 */
import { type Bytes, concat, readU32, u32 } from "@shoal/swarm/bytes";
import type { Shelf } from "./shelf.ts";
import { summed, unsummed } from "./summed.ts";

/** What is needed of a shelf. */
type Disk = Pick<Shelf, "write" | "flush" | "readAll">;

/** `isAsked`: download was pressed. `chosen`: for these files, by index and in order; null: for all. */
export type KeptWish = { readonly isAsked: boolean; readonly chosen: readonly number[] | null };

const NOTHING: KeptWish = { isAsked: false, chosen: null };

/** A byte: whether download was pressed, and whether `CHOSEN` counts. */
const ASKED = "asked";
const NOT_ASKED = 0;
const ASKED_FOR_ALL = 1;
const ASKED_FOR_CHOSEN = 2;
/**
 * The length of what follows; then a bit for each file, summed. Made when it is needed: where little is
 * left, Chromium counts a file that is open as a megabyte.
 */
const CHOSEN = "chosen";

/** To be reserved, empty: nothing is wanted then. */
export const WISH = ASKED;

/** Is on disk afterwards. @throws {ShoalError} */
export async function noteWish(disk: Disk, { isAsked, chosen }: KeptWish): Promise<void> {
  if (isAsked && chosen !== null) {
    const bits = await summed(bitsOf(chosen));
    await disk.write(CHOSEN, concat(u32(bits.length), bits), 0);
    await disk.flush(CHOSEN);
  }
  const asked = !isAsked ? NOT_ASKED : chosen === null ? ASKED_FOR_ALL : ASKED_FOR_CHOSEN;
  await disk.write(ASKED, Uint8Array.of(asked), 0);
  await disk.flush(ASKED);
}

/** What was noted, as far as it is whole. @throws {ShoalError} `storage-failed` */
export async function keptWish(disk: Disk): Promise<KeptWish> {
  const asked = (await disk.readAll(ASKED))?.[0];
  if (asked === ASKED_FOR_ALL) return { isAsked: true, chosen: null };
  if (asked !== ASKED_FOR_CHOSEN) return NOTHING;
  const bytes = await disk.readAll(CHOSEN);
  if (bytes === null || bytes.length < 4) return NOTHING;
  const end = 4 + readU32(bytes, 0);
  // What follows is left of a longer choice.
  const bits = end > bytes.length ? null : await unsummed(bytes.slice(4, end));
  return bits === null ? NOTHING : { isAsked: true, chosen: indexesIn(bits) };
}

function bitsOf(files: readonly number[]): Bytes {
  const bits = new Uint8Array(((files.at(-1) ?? -1) >> 3) + 1);
  for (const file of files) bits[file >> 3] = (bits[file >> 3] ?? 0) | (1 << (file & 7));
  return bits;
}

function indexesIn(bits: Bytes): number[] {
  const files: number[] = [];
  for (let file = 0; file < bits.length * 8; file++) {
    if (((bits[file >> 3] ?? 0) & (1 << (file & 7))) !== 0) files.push(file);
  }
  return files;
}
