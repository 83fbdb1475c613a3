/** Whether a share fits into this browser: docs/decisions/0011 has what browsers say of it. */
import type { Room } from "../protocol/room.ts";
import type { Shelf } from "./shelf.ts";

const GIB = 1024 ** 3;
/** Chromium offers every site so much more than it uses, whatever it would give. */
const OFFERED_TO_ALL_BYTES = 10 * GIB;
/** Chromium gives private windows 15 to 20% of the machine's memory, and a site a third of that. */
const LEAST_SHARE_OF_MEMORY = 1 / 20;

/** What is asked of the browser. */
export type RoomPorts = {
  readonly shelf: Pick<Shelf, "isInMemory" | "hasRoomFor">;
  readonly estimate: () => Promise<StorageEstimate>;
  /** Of the machine's, as browsers round it: down to a power of two. */
  readonly memoryGib: number | undefined;
};

/** For files of so many bytes together, before any is reserved. Fails safe: to no lack. */
export async function measureRoom(
  fileCount: number,
  totalBytes: number,
  { shelf, estimate, memoryGib }: RoomPorts,
): Promise<Room> {
  try {
    // In this order: with a file of the page's own, an offer to all is told from a real figure.
    const isInMemory = await shelf.isInMemory();
    const freeBytes = isInMemory ? leastInMemory(memoryGib) : freeIn(await estimate());
    // A file in memory takes it as soon as it is made longer: there it can't be tried.
    const fits = async (bytes: number): Promise<boolean> =>
      isInMemory ? bytes <= (freeBytes ?? Infinity) : shelf.hasRoomFor(bytes);
    if (!(await fits(totalBytes))) return { isInMemory, freeBytes, lack: "files" };
    const lack = fileCount > 1 && !(await fits(2 * totalBytes)) ? "zip" : null;
    return { isInMemory, freeBytes, lack };
  } catch {
    return { isInMemory: false, freeBytes: null, lack: null }; // Safe: reserving the room tells.
  }
}

function leastInMemory(memoryGib: number | undefined): number | null {
  return memoryGib === undefined ? null : memoryGib * GIB * LEAST_SHARE_OF_MEMORY;
}

function freeIn({ quota, usage = 0 }: StorageEstimate): number | null {
  if (quota === undefined || quota - usage === OFFERED_TO_ALL_BYTES) return null;
  return Math.max(0, quota - usage);
}
