/** What somebody looks for, as it stands in the page's address. */
import type { Kind } from "@shoal/swarm/catalogue/entry";
import { isKind, MOST_WORDS_LETTERS } from "../../session/catalogue.ts";
import type { Sought } from "../../session/catalogue.ts";

const MB = 1_000_000;

/** Bounds in bytes, by the name that stands in the address. */
export const SIZES = {
  small: { minBytes: null, maxBytes: 10 * MB },
  medium: { minBytes: 10 * MB, maxBytes: 1000 * MB },
  large: { minBytes: 1000 * MB, maxBytes: null },
} as const satisfies Record<string, Pick<Sought, "minBytes" | "maxBytes">>;
export type Size = keyof typeof SIZES;

export type Query = {
  /** "": nothing in particular. */
  readonly words: string;
  /** Null: any. */
  readonly kind: Kind | null;
  readonly size: Size | null;
};

export const isSize = (value: unknown): value is Size =>
  typeof value === "string" && Object.hasOwn(SIZES, value);

/** Reads what follows the `?` of the page's fragment; whatever can't be read asks for nothing. */
export function queryIn(parameters: string): Query {
  const read = new URLSearchParams(parameters);
  const [kind, size] = [read.get("kind"), read.get("size")];
  return {
    words: (read.get("q") ?? "").slice(0, MOST_WORDS_LETTERS).trim(),
    kind: isKind(kind) ? kind : null,
    size: isSize(size) ? size : null,
  };
}

/** The same, written; "" where nothing is asked for. */
export function parametersOf({ words, kind, size }: Query): string {
  const written = new URLSearchParams();
  if (words.trim() !== "") written.set("q", words.trim());
  if (kind !== null) written.set("kind", kind);
  if (size !== null) written.set("size", size);
  return written.toString();
}

/** What the catalogue is asked. */
export function soughtBy({ words, kind, size }: Query): Sought {
  const bounds = size === null ? { minBytes: null, maxBytes: null } : SIZES[size];
  return { words, kind, ...bounds };
}
