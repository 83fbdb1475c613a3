/** Files of a share as one ZIP, streamed to disk: ZIP64 where sizes ask for it. */
import { ShoalError } from "@shoal/swarm/errors";
import type { Manifest, ManifestFile } from "@shoal/swarm/share/manifest";
import { makeZip, predictLength } from "client-zip";
import type { OpfsStore } from "./opfs-store.ts";
import type { Shelf } from "./shelf.ts";
import type { Choice } from "./wishes.ts";

type Files = Pick<OpfsStore, "file">;
type Disk = Pick<Shelf, "reserve" | "write" | "file" | "remove" | "size">;
type Entry = readonly [index: number, file: ManifestFile];

/** An archive's file: the first of a session has no number. */
const nameOf = (count: number): string => (count === 0 ? "zip" : `zip${count + 1}`);

/**
 * The archives of a session. A download that still reads one would break if it were written again: so
 * each choice of files gets an archive of its own, and the same choice the same one.
 */
export class Zips {
  readonly #made: { readonly chosen: Choice; readonly zip: File }[] = [];

  /** @throws {ShoalError} `no-space` or `storage-failed` */
  async of(manifest: Manifest, chosen: Choice, store: Files, shelf: Disk): Promise<File> {
    const made = this.#made.find((one) => isSame(one.chosen, chosen));
    if (made !== undefined) return made.zip;
    const count = this.#made.length;
    if (count === 0) await removeLater(shelf);
    const zip = await zipOf(manifest, chosen, store, shelf, nameOf(count));
    this.#made.push({ chosen, zip });
    return zip;
  }
}

/** What an earlier session left, but for the one that is written first. */
async function removeLater(shelf: Disk): Promise<void> {
  for (let count = 1; (await shelf.size(nameOf(count))) !== null; count++) {
    await shelf.remove(nameOf(count));
  }
}

function isSame(one: Choice, other: Choice): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((file, at) => file === other[at]);
}

/**
 * Writes the archive of these files, or of all where null, beside the share's files and returns it,
 * backed by disk. Leaves nothing where it fails, and can then be called again.
 * @throws {ShoalError} `no-space` or `storage-failed`
 */
export async function zipOf(
  manifest: Manifest,
  chosen: Choice,
  store: Files,
  shelf: Omit<Disk, "size">,
  zip = nameOf(0),
): Promise<File> {
  const files = [...manifest.files.entries()];
  const packed = chosen === null ? files : files.filter(isIn(chosen));
  const entries = packed.map(([, file]) => ({ name: file.path.join("/"), size: file.sizeBytes }));
  const lengthBytes = Number(predictLength(entries));
  await shelf.reserve(new Map([[zip, lengthBytes]]));
  try {
    let at = 0;
    const reader = makeZip(filesOf(packed, store)).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await shelf.write(zip, value, at);
      at += value.length;
    }
    if (at !== lengthBytes) throw new ShoalError("storage-failed", "the ZIP's length");
    return await shelf.file(zip);
  } catch (error) {
    await shelf.remove(zip);
    throw error;
  }
}

function isIn(chosen: readonly number[]): (entry: Entry) => boolean {
  const indexes = new Set(chosen);
  return ([index]) => indexes.has(index);
}

async function* filesOf(
  files: readonly Entry[],
  store: Files,
): AsyncGenerator<{ name: string; input: File; lastModified: Date }> {
  const lastModified = new Date();
  for (const [index, file] of files) {
    yield { name: file.path.join("/"), input: await store.file(index), lastModified };
  }
}
