/** Which of the files that a person chose are files of a share. */
import type { Manifest } from "@shoal/swarm/share/manifest";
import { safePaths } from "@shoal/swarm/share/path";
import type { SharedFile } from "../protocol/messages.ts";

/** The chosen file that has a shared file's path, for each of them; null where there is none. */
export function byPath({ files }: Manifest, chosen: readonly SharedFile[]): (SharedFile | null)[] {
  const found = new Map<string, SharedFile>();
  // As when the manifest was made: names come out the same.
  const paths = safePaths(chosen.map(({ path }) => path)) ?? [];
  for (const [index, path] of paths.entries()) {
    const file = chosen[index];
    if (file !== undefined) found.set(keyOf(path), file);
  }
  return files.map(({ path }) => found.get(keyOf(path)) ?? null);
}

/**
 * What may be a copy of a shared file: by its path, whatever its size; else by name and size; and of
 * a single shared file by its size alone. By the shared file's index.
 */
export function likely(manifest: Manifest, chosen: readonly SharedFile[]): Map<number, File> {
  const copies = new Map<number, File>();
  const named = new Map<string, File>();
  for (const { file } of chosen) named.set(`${file.size}/${file.name.normalize()}`, file);
  const pathed = byPath(manifest, chosen);
  for (const [index, { path, sizeBytes }] of manifest.files.entries()) {
    const copy =
      pathed[index]?.file ??
      named.get(`${sizeBytes}/${path.at(-1)}`) ??
      (manifest.files.length === 1
        ? chosen.find(({ file }) => file.size === sizeBytes)?.file
        : null);
    if (copy) copies.set(index, copy);
  }
  return copies;
}

/** No name has a slash in it. */
const keyOf = (path: readonly string[]): string => path.join("/");
