/**
 * Paths in a share are data from a stranger. They are made harmless when a share is made, when its
 * manifest is parsed, and so again before anything is written: doing it twice changes nothing.
 */
import { fromUtf8, utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { atOnce, type Steps } from "../steps.ts";

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

/** A text without what is invisible in it and may hide or reorder the rest. */
export const visible = (text: string): string =>
  text.replace(LONE_SURROGATE, "\ufffd").replace(INVISIBLE, "");

/** Letters of which nothing is seen, but which aren't taken away: scripts and emoji need some. */
const BLANK = /^[\s\p{M}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nothing of a text would be seen. */
export const isBlank = (text: string): boolean => BLANK.test(text);

/** One harmless file or folder name, of which something is seen: at most `LIMITS.pathNameBytes` of UTF-8. */
export function safeName(name: string): string {
  const plain = crop(trim(visible(name)))
    .normalize("NFC") // Only now: letters may meet when what stood between them goes.
    .replace(SPECIAL, "_");
  const shown = fittedName(plain, LIMITS.pathNameBytes);
  if (isBlank(shown)) return "_"; // Also what "." and ".." come to.
  return DEVICE.test(shown) ? fittedName(`_${shown}`, LIMITS.pathNameBytes) : shown;
}

/** A name cut between code points until it fits, its extension kept; neither spaces nor dots at its end. */
export const fittedName = (name: string, mostBytes: number): string =>
  trim(shorten(trim(name), mostBytes));

/** Windows drops dots and spaces at a name's end; spaces at its start mislead the eye. */
function trim(name: string): string {
  let end = name.length; // A loop, as a pattern would search anew from each of a name's dots.
  while (end > 0 && /[\s.]/u.test(name.charAt(end - 1))) end--;
  return name.slice(0, end).trimStart();
}

/** What is seen of a long name's start, in UTF-16 units: composed, 300 bytes at least. */
const CROPPED_START_UNITS = 400;
/** What is seen of its end: the longest extension that stays, each letter of it in four pieces. */
const CROPPED_END_UNITS = 64;

/**
 * Leaves out what `shorten` would cut anyway. Unicode's normal forms sort the marks on a letter, in
 * time that grows with their square: 65,535 bytes of them, which a manifest's name may have, take a
 * fifth of a second.
 */
function crop(name: string): string {
  if (name.length <= CROPPED_START_UNITS + CROPPED_END_UNITS) return name;
  const end = isLowSurrogate(name, CROPPED_START_UNITS)
    ? CROPPED_START_UNITS - 1
    : CROPPED_START_UNITS;
  const again = name.length - CROPPED_END_UNITS;
  return name.slice(0, end) + name.slice(isLowSurrogate(name, again) ? again + 1 : again);
}

const isLowSurrogate = (text: string, at: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Cuts between code points, and keeps a short extension, until it fits. */
function shorten(name: string, mostBytes: number): string {
  if (name.length * 3 <= mostBytes) return name; // A unit has three bytes at most.
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
    const placed = atOnce(places.place(path));
    if (placed === null) return null;
    safe.push(placed);
  }
  return safe;
}

/** Work in a step: measured as 50 ns for each, and 200 ns where names are all marks. */
const STEP_WORK = 65_536;
/** A name costs this much, and as much again as it has letters. */
const NAME_WORK = 64;
/** Folding one name of 255 bytes to look whether it is taken. */
const TRY_WORK = 256;

/** Names at one depth: no more than there are files, so that no map ever takes long to grow. */
class Level {
  /** By the parent folder's number and the folded name: a folder's number, or 0 for a file. */
  readonly taken = new Map<string, number>();
  /** The next number to try for a taken name, so that 20,000 equal names stay linear. */
  readonly nextCopy = new Map<string, number>();
}

/** The paths of one share, as `safePaths` describes them, one after the other. */
export class Places {
  readonly #levels: Level[] = [];
  /** Their names by their numbers; 0 is the root. */
  readonly #folders: string[] = [""];
  /** Since the last step. */
  #work = 0;

  /** Where a file goes; null for a path that is empty, too deep or too long. */
  *place(path: Path): Steps<Path | null> {
    if (path.length === 0 || path.length > LIMITS.pathDepth) return null;
    const placed: string[] = [];
    let parent = 0;
    for (const [depth, name] of path.entries()) {
      if (this.#isStepOver(NAME_WORK + name.length)) yield;
      const kind = depth === path.length - 1 ? "file" : "folder";
      const level = (this.#levels[depth] ??= new Level());
      const free = yield* this.#freeName(level, parent, safeName(name), kind);
      const key = fold(`${parent}/${free}`);
      parent = kind === "file" ? 0 : (level.taken.get(key) ?? this.#folders.push(free) - 1);
      level.taken.set(key, parent);
      // The same string where it can be, so that all paths through a folder hold its name once.
      const known = this.#folders[parent];
      placed.push(known === free ? known : free);
    }
    if (utf8(placed.join("/")).length > LIMITS.pathBytes) return null;
    return placed.slice(); // One that has grown keeps room for 16 names more.
  }

  *#freeName(level: Level, parent: number, name: string, kind: "file" | "folder"): Steps<string> {
    if (isFree(level, fold(`${parent}/${name}`), kind)) return name;
    // Names that differ only in what is cut off share a counter, as they share numbered names.
    const { stem, extension } = cut(name);
    const counter = `${kind}:${parent}/${fold(stem)}/${fold(extension)}`;
    const numbered = (copy: number): string => `${stem} (${copy})${extension}`;
    let copy = level.nextCopy.get(counter) ?? 2;
    // A folder is shared by its files: only past a file of its name does it take a number.
    while (!isFree(level, fold(`${parent}/${numbered(copy)}`), kind)) {
      copy++;
      if (this.#isStepOver(TRY_WORK)) yield;
    }
    level.nextCopy.set(counter, kind === "file" ? copy + 1 : copy);
    return numbered(copy);
  }

  #isStepOver(work: number): boolean {
    this.#work += work;
    if (this.#work < STEP_WORK) return false;
    this.#work = 0;
    return true;
  }
}

function isFree(level: Level, key: string, kind: "file" | "folder"): boolean {
  const holder = level.taken.get(key);
  return holder === undefined || (kind === "folder" && holder > 0);
}

/** Names that a case-insensitive file system takes for the same. */
const fold = (name: string): string => name.toUpperCase().toLowerCase().normalize("NFC");

/** Room for the largest number that a share's files can need, in brackets and behind a space. */
const NUMBER_BYTES = 8;

/** A name as it is told apart from others like it: `report (2).pdf`. `copy` counts from 2. */
export function numberedName(name: string, copy: number): string {
  const { stem, extension } = cut(name);
  return `${stem} (${copy})${extension}`;
}

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
