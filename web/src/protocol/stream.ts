/**
 * How an opened file's bytes come to what shows them: it asks a path, which the service worker
 * answers. That asks all pages whose file it is, and the engine's worker of the one that knows sends
 * the bytes over a port, a part for each `pull`.
 */

const PREFIX = "/stream/";

/** The path of an opened file. The token is 22 letters of base64url; the name is for people alone. */
export function streamPath(token: string, name: string): string {
  return `${PREFIX}${token}/${encodeURIComponent(name)}`;
}

/** The token in a path, "" in one that is a stream's but has none; null: no stream's path. */
export function tokenOf(pathname: string): string | null {
  if (!pathname.startsWith(PREFIX)) return null;
  return /^([\w-]{22})\/[^/]+$/.exec(pathname.slice(PREFIX.length))?.[1] ?? "";
}

/** The service worker asks every page, a port with it. `range` is the request's header. */
export type StreamQuestion = {
  readonly type: "stream";
  readonly token: string;
  readonly range: string | null;
};

/** The first message on that port. */
export type StreamAnswer =
  /** It isn't open here. */
  | { readonly type: "unknown" }
  | {
      readonly type: "head";
      /** One of the allow-list's. */
      readonly mime: string;
      readonly sizeBytes: number;
      /** Bytes `[start, end)` follow; null: the range that was asked for isn't in the file. */
      readonly part: { readonly start: number; readonly end: number } | null;
      /** `part` answers a range; else it is the whole file. */
      readonly isRange: boolean;
    };

/** What the service worker says on the port from then on; `cancel` is the last. */
export type StreamCommand = "pull" | "cancel";

/** The answer to a `pull`; after the last two nothing follows. */
export type StreamPart =
  | { readonly type: "bytes"; readonly bytes: ArrayBuffer }
  | { readonly type: "end" }
  | { readonly type: "broken" };

/** What a page says to the service worker. */
export type PageWord =
  /** Answers this page's requests from now on, also where it was loaded past the service worker. */
  | "claim"
  /** This page has loaded, and holds the lock of its version. */
  | "loaded"
  /** Something is open: whatever the browser does to idle ones, this one isn't. */
  | "stay";
