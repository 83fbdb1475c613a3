/** What files mostly are, by their names. */
import type { Kind } from "@shoal/swarm/catalogue/entry";
import type { FileState } from "../../protocol/state.ts";

const EXTENSIONS = {
  video: "mp4 m4v mov mkv webm ogv avi wmv flv mpg mpeg m2ts 3gp",
  audio: "mp3 m4a m4b aac ogg oga opus flac wav wma weba aiff aif alac mid",
  pictures: "jpg jpeg png apng gif webp avif bmp svg heic heif tif tiff raw cr2 nef dng psd xcf",
  documents:
    "pdf txt md rst csv tsv html htm doc docx odt rtf xls xlsx ods ppt pptx odp epub mobi azw3 djvu",
  software: "exe msi dmg pkg iso img apk ipa deb rpm appimage flatpak snap jar wasm js py sh",
  other: "",
} as const satisfies Record<Kind, string>;

const BY_EXTENSION = new Map(
  (Object.keys(EXTENSIONS) as Kind[]).flatMap((kind) =>
    EXTENSIONS[kind].split(" ").map((extension) => [extension, kind] as const),
  ),
);

/** The kind of which there are most bytes. */
export function guessKind(files: readonly FileState[]): Kind {
  const bytes = new Map<Kind, number>();
  for (const { path, sizeBytes } of files) {
    const kind = kindOf(path.at(-1) ?? "");
    bytes.set(kind, (bytes.get(kind) ?? 0) + sizeBytes);
  }
  const [most] = [...bytes].toSorted(([, one], [, other]) => other - one);
  return most?.[0] ?? "other";
}

const kindOf = (name: string): Kind =>
  BY_EXTENSION.get(/\.([^.]+)$/u.exec(name)?.[1]?.toLowerCase() ?? " ") ?? "other";
