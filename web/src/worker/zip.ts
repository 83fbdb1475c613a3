/** All files of a share as one ZIP, streamed to disk: ZIP64 where sizes ask for it. */
import { ShoalError } from "@shoal/swarm/errors";
import type { Manifest } from "@shoal/swarm/share/manifest";
import { makeZip, predictLength } from "client-zip";
import type { OpfsStore } from "./opfs-store.ts";
import type { Shelf } from "./shelf.ts";

const ZIP = "zip";

type Files = Pick<OpfsStore, "file">;

/**
 * Writes the archive beside the share's files and returns it, backed by disk. To be called once
 * per share: a download that still reads the file would break if it were written again. Leaves
 * nothing where it fails, and can then be called again.
 * @throws {ShoalError} `no-space` or `storage-failed`
 */
export async function zipOf(
  manifest: Manifest,
  store: Files,
  shelf: Pick<Shelf, "reserve" | "write" | "file" | "remove">,
): Promise<File> {
  const entries = manifest.files.map((file) => ({
    name: file.path.join("/"),
    size: file.sizeBytes,
  }));
  const lengthBytes = Number(predictLength(entries));
  await shelf.reserve(new Map([[ZIP, lengthBytes]]));
  try {
    let at = 0;
    const reader = makeZip(filesOf(manifest, store)).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await shelf.write(ZIP, value, at);
      at += value.length;
    }
    if (at !== lengthBytes) throw new ShoalError("storage-failed", "the ZIP's length");
    return await shelf.file(ZIP);
  } catch (error) {
    await shelf.remove(ZIP);
    throw error;
  }
}

async function* filesOf(
  manifest: Manifest,
  store: Files,
): AsyncGenerator<{ name: string; input: File; lastModified: Date }> {
  const lastModified = new Date();
  for (const [index, file] of manifest.files.entries()) {
    yield { name: file.path.join("/"), input: await store.file(index), lastModified };
  }
}
