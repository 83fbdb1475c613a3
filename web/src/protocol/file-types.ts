/**
 * What may be opened in the page, and as what: an allow-list over the name's extension, and a check
 * of the first bytes. The type of an answer comes from here, never from a stranger; HTML, SVG and
 * other languages are text. What a file is besides doesn't matter: it is only ever shown as this.
 */

/** What shows it. */
export type Kind = "image" | "audio" | "video" | "pdf" | "text";

export type FileType = { readonly kind: Kind; readonly mime: string };

/** So many of a file's first bytes tell whether it is what it says. */
export const HEAD_BYTES = 4096;

type Check = (head: Uint8Array) => boolean;

const begins =
  (offset: number, ...signatures: readonly string[]): Check =>
  (head) =>
    signatures.some((signature) =>
      [...signature].every((letter, index) => head[offset + index] === letter.charCodeAt(0)),
    );

const all =
  (...checks: readonly Check[]): Check =>
  (head) =>
    checks.every((check) => check(head));

/** Text has no zeros, unless it says that its letters take two bytes each. */
const isText: Check = (head) => begins(0, "\xff\xfe", "\xfe\xff")(head) || !head.includes(0);

/** MPEG audio: eleven set bits, then a version and a layer that aren't the reserved ones. */
const isMpegFrame: Check = ([first = 0, second = 0]) =>
  first === 0xff && second >= 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0;

/** An AAC frame of its own framing: twelve set bits, layer 0. */
const isAdtsFrame: Check = ([first = 0, second = 0]) => first === 0xff && (second & 0xf6) === 0xf0;

const isMp3: Check = (head) => begins(0, "ID3")(head) || isMpegFrame(head);
const isAac: Check = (head) => begins(0, "ID3")(head) || isAdtsFrame(head);
const isMp4 = begins(4, "ftyp");
const isMov = begins(4, "ftyp", "moov", "mdat", "wide", "free", "skip");
const isMatroska = begins(0, "\x1a\x45\xdf\xa3");
const isOgg = begins(0, "OggS");
const isRiff = (form: string): Check => all(begins(0, "RIFF"), begins(8, form));

const TEXT: FileType = { kind: "text", mime: "text/plain; charset=utf-8" };

/** By extension. The last entry of each line says what the first bytes must be. */
const TYPES: readonly (readonly [extensions: string, type: FileType, check: Check])[] = [
  ["png apng", { kind: "image", mime: "image/png" }, begins(0, "\x89PNG\r\n\x1a\n")],
  ["jpg jpeg jpe jfif", { kind: "image", mime: "image/jpeg" }, begins(0, "\xff\xd8\xff")],
  ["gif", { kind: "image", mime: "image/gif" }, begins(0, "GIF87a", "GIF89a")],
  ["webp", { kind: "image", mime: "image/webp" }, isRiff("WEBP")],
  ["avif", { kind: "image", mime: "image/avif" }, all(isMp4, begins(8, "avif", "avis", "mif1"))],
  ["bmp", { kind: "image", mime: "image/bmp" }, begins(0, "BM")],

  ["mp3", { kind: "audio", mime: "audio/mpeg" }, isMp3],
  ["m4a m4b", { kind: "audio", mime: "audio/mp4" }, isMp4],
  ["aac", { kind: "audio", mime: "audio/aac" }, isAac],
  ["ogg oga opus", { kind: "audio", mime: "audio/ogg" }, isOgg],
  ["flac", { kind: "audio", mime: "audio/flac" }, begins(0, "fLaC")],
  ["wav wave", { kind: "audio", mime: "audio/wav" }, isRiff("WAVE")],
  ["weba", { kind: "audio", mime: "audio/webm" }, isMatroska],

  ["mp4 m4v", { kind: "video", mime: "video/mp4" }, isMp4],
  // Browsers that can play it at all take it for what it nearly is.
  ["mov", { kind: "video", mime: "video/mp4" }, isMov],
  ["webm", { kind: "video", mime: "video/webm" }, isMatroska],
  ["mkv", { kind: "video", mime: "video/x-matroska" }, isMatroska],
  ["ogv", { kind: "video", mime: "video/ogg" }, isOgg],

  ["pdf", { kind: "pdf", mime: "application/pdf" }, begins(0, "%PDF-")],

  ["txt text md markdown rst log nfo csv tsv srt vtt ass lrc tex bib diff patch", TEXT, isText],
  ["json jsonl json5 geojson yaml yml toml ini cfg conf env properties", TEXT, isText],
  ["html htm xhtml svg xml xsl rss atom gpx kml plist css scss less", TEXT, isText],
  ["js mjs cjs jsx ts mts tsx vue svelte py rb php pl lua r jl sql", TEXT, isText],
  ["c h cc cpp hpp cs m java kt swift go rs zig sh bash zsh fish ps1 bat cmd", TEXT, isText],
];

const BY_EXTENSION = new Map(
  TYPES.flatMap(([extensions, type, check]) =>
    extensions.split(" ").map((extension) => [extension, { type, check }] as const),
  ),
);

const MIMES: ReadonlySet<string> = new Set(TYPES.map(([, { mime }]) => mime));

const entryOf = (name: string) =>
  BY_EXTENSION.get(/\.([^.]+)$/u.exec(name)?.[1]?.toLowerCase() ?? "");

/** As what a file of this name may be opened, if its bytes agree; null: not at all. */
export function typeOf(name: string): FileType | null {
  return entryOf(name)?.type ?? null;
}

/** The same, now that its first `HEAD_BYTES`, or all of a shorter one, are known. */
export function typeOfContent(name: string, head: Uint8Array): FileType | null {
  const entry = entryOf(name);
  return entry?.check(head) === true ? entry.type : null;
}

/** Whether an answer may be of this type. */
export function isAllowed(mime: string): boolean {
  return MIMES.has(mime);
}
