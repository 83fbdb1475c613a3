/** Files for the journeys: made from a seed, and streamed, so that their size costs no memory. */
import { createCipheriv, createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

const WRITE_BYTES = 1 << 20;

/**
 * Writes a file of incompressible bytes, the same for the same seed.
 *
 * @param file Where; its folders are made.
 * @param size In bytes; 0 is a file too.
 * @param seed Anything; its path, when left out.
 * @returns Its SHA-256 in hex.
 */
export async function randomFile(file: string, size: number, seed = file): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  // A keystream of AES in counter mode: as good as random, and faster than a disk.
  const key = createHash("sha256").update(seed).digest().subarray(0, 16);
  const keystream = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(size, WRITE_BYTES));
  const hash = createHash("sha256");
  const handle = await open(file, "w");
  try {
    for (let left = size; left > 0; left -= WRITE_BYTES) {
      const bytes = keystream.update(zeros.subarray(0, Math.min(left, WRITE_BYTES)));
      hash.update(bytes);
      await handle.write(bytes);
    }
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}

/**
 * Makes a file that is all zeros and takes no room on a disk.
 *
 * @param file Where; its folders are made.
 * @param size In bytes.
 */
export async function sparseFile(file: string, size: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, "w");
  try {
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder of random files.
 *
 * @param folder Where.
 * @param sizes The size of each file in bytes, by its path in the folder, with forward slashes.
 * @returns Each file's SHA-256 in hex, by the same path.
 */
export async function tree(
  folder: string,
  sizes: Readonly<Record<string, number>>,
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const [name, size] of Object.entries(sizes)) {
    hashes.set(name, await randomFile(path.join(folder, name), size, name));
  }
  return hashes;
}

/** @returns The SHA-256 of a file's content, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
