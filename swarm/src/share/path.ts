/**
 * Paths in a share are data from a stranger. They are made harmless when a share is made, when its
 * manifest is parsed, and so again before anything is written: doing it twice changes nothing.
 */
import { fromUtf8, utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";

/** Folders first, the file's name last; never empty. */
export type Path = readonly string[];

// Control characters, and formatting characters that reorder or hide text. Zero-width joiner and
// non-joiner stay: emoji and several scripts are written with them.
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** What separates or has a meaning in paths of some system. */
const SPECIAL = /[/\\:*?"<>|]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;
/** Names of devices in Windows, also with spaces or an extension behind and in any case. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)/iu;

/** One harmless file or folder name: not empty, at most `LIMITS.pathNameBytes` of UTF-8. */
export function safeName(name: string): string {
  const plain = name
    .replace(LONE_SURROGATE, "\ufffd")
    .replace(INVISIBLE, "")
    .normalize("NFC") // Only now: letters may meet when what stood between them goes.
    .replace(SPECIAL, "_");
  const shown = fit(plain);
  if (shown === "") return "_"; // Also what "." and ".." come to.
  return DEVICE.test(shown) ? fit(`_${shown}`) : shown;
}

const fit = (name: string): string => trim(shorten(trim(name), LIMITS.pathNameBytes));

/** Windows drops dots and spaces at a name's end; spaces at its start mislead the eye. */
function trim(name: string): string {
  let end = name.length; // A loop, as a pattern would search anew from each of a name's dots.
  while (end > 0 && /[\s.]/u.test(name.charAt(end - 1))) end--;
  return name.slice(0, end).trimStart();
}

/** Cuts between code points, and keeps a short extension, until it fits. */
function shorten(name: string, mostBytes: number): string {
  const bytes = utf8(name);
  if (bytes.length <= mostBytes) return name;
  const ending = /\.[^.\s]{1,15}$/u.exec(name)?.[0] ?? "";
  const extension = utf8(ending).length < mostBytes ? ending : "";
  let end = mostBytes - utf8(extension).length;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--; // Back to where a code point begins.
  const stem = fromUtf8(bytes.subarray(0, end)) ?? "";
  return stem.trimEnd() + extension;
}

/**
 * Harmless paths in the same order, no two of which meet on any file system: names that differ
 * only in case, or where one is a folder of another, get a number. Null where a path is empty,
 * deeper than `LIMITS.pathDepth` or longer than `LIMITS.pathBytes`.
 */
export function safePaths(paths: readonly Path[]): Path[] | null {
  const places = new Places();
  const safe: Path[] = [];
  for (const path of paths) {
    if (path.length === 0 || path.length > LIMITS.pathDepth) return null;
    const placed = places.place(path.map(safeName));
    if (utf8(placed.join("/")).length > LIMITS.pathBytes) return null;
    safe.push(placed);
  }
  return safe;
}

class Places {
  readonly #taken = new Map<string, "file" | "folder">();
  /** The next number to try for a taken name, so that 20,000 equal names stay linear. */
  readonly #nextCopy = new Map<string, number>();

  place(names: readonly string[]): Path {
    const placed: string[] = [];
    let parent = "";
    for (const [depth, name] of names.entries()) {
      const kind = depth === names.length - 1 ? "file" : "folder";
      const free = this.#freeName(parent, name, kind);
      parent += fold(free);
      this.#taken.set(parent, kind);
      parent += "/";
      placed.push(free);
    }
    return placed;
  }

  #freeName(parent: string, name: string, kind: "file" | "folder"): string {
    if (this.#isFree(parent + fold(name), kind)) return name;
    // Names that differ only in what is cut off share a counter, as they share numbered names.
    const { stem, extension } = cut(name);
    const counter = `${kind}:${parent}${fold(stem)}/${fold(extension)}`;
    const numbered = (copy: number): string => `${stem} (${copy})${extension}`;
    let copy = this.#nextCopy.get(counter) ?? 2;
    // A folder is shared by its files: only past a file of its name does it take a number.
    while (!this.#isFree(parent + fold(numbered(copy)), kind)) copy++;
    this.#nextCopy.set(counter, kind === "file" ? copy + 1 : copy);
    return numbered(copy);
  }

  #isFree(key: string, kind: "file" | "folder"): boolean {
    const holder = this.#taken.get(key);
    return holder === undefined || (kind === "folder" && holder === "folder");
  }
}

/** Names that a case-insensitive file system takes for the same. */
const fold = (name: string): string => name.toUpperCase().toLowerCase().normalize("NFC");

/** Room for the largest number that a share's files can need, in brackets and behind a space. */
const NUMBER_BYTES = 8;

/** A name in two, with room for a number between. An extension that is too long counts as none. */
function cut(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot) : "";
  const room = LIMITS.pathNameBytes - NUMBER_BYTES - utf8(extension).length;
  if (room < NUMBER_BYTES) {
    return { stem: shorten(name, LIMITS.pathNameBytes - NUMBER_BYTES), extension: "" };
  }
  return { stem: shorten(extension === "" ? name : name.slice(0, dot), room), extension };
}
