/** What the requests of strangers to the catalogue say: each is decoded whole, or refused. */
import type { IncomingMessage } from "node:http";
import type { Bytes } from "@shoal/swarm/bytes";
import { KIND, type Kind } from "@shoal/swarm/catalogue/entry";
import { SERVER_LIMITS } from "../limits.ts";
import type { Wanted } from "./word-index.ts";

const { queryLetters, pages, pageSize } = SERVER_LIMITS.catalogue;
const KINDS = Object.keys(KIND) as Kind[];

/** What a search asks for, but for what is near. */
export type Search = Omit<Wanted, "near"> & { readonly page: number };

/** Null where it is malformed. What isn't known is passed over. */
export function decodeSearch(query: URLSearchParams): Search | null {
  const words = decodeWords(query);
  const kind = query.get("kind") ?? "";
  const known = KINDS.find((one) => one === kind);
  const page = wholeNumber(query.get("page"), 0);
  const minBytes = wholeNumber(query.get("minBytes"), 0);
  const maxBytes = wholeNumber(query.get("maxBytes"), Number.MAX_SAFE_INTEGER);
  if (words === null || (kind !== "" && known === undefined)) return null;
  if (page === null || page >= pages || minBytes === null || maxBytes === null) return null;
  const offset = page * pageSize;
  return { words, kind: known ?? null, minBytes, maxBytes, page, offset, count: pageSize };
}

/** The words of a search, "" for none; null where they are too many. */
export function decodeWords(query: URLSearchParams): string | null {
  const words = query.get("q") ?? "";
  return words.length > queryLetters ? null : words;
}

/** What isn't said, or is empty, is `fallback`; null for anything but a whole number. */
function wholeNumber(text: string | null, fallback: number): number | null {
  if (text === null || text === "") return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The body of a request, of that type. */
export async function bodyOf(
  request: IncomingMessage,
  type: string,
  mostBytes: number,
): Promise<Bytes | "malformed" | "too-large"> {
  if (request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() !== type) {
    return "malformed";
  }
  if (Number(request.headers["content-length"] ?? 0) > mostBytes) return "too-large";
  const parts: Uint8Array[] = [];
  let size = 0;
  // Where it stops reading, the request has to stay: it is still to be answered.
  const read: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
  for await (const part of read) {
    size += part.length;
    if (size > mostBytes) return "too-large";
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/**
 * Whether a page of another site has sent it. Browsers say so themselves; those that don't name the
 * page's origin with whatever isn't a plain GET. Programs that are no browsers say nothing.
 */
export function isForeign({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
