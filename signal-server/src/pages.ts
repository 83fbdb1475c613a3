/** What answers plain HTTP requests: the health checks and the web app's files. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import path from "node:path";
import sirv from "sirv";
import type { Configuration } from "./configuration.ts";
import type { StoreState } from "./swarms.ts";

/**
 * Serves `webRoot`, whose files are listed once, now: a request can only name one of that list, so
 * no path leads outside it, and files that begin with a dot aren't in it.
 */
export function pages(
  {
    webRoot,
    otherTrackers,
    catalogue,
  }: Pick<Configuration, "webRoot" | "otherTrackers" | "catalogue">,
  state: () => State,
): RequestListener {
  // Hosts, checked as such: no letter of theirs means anything in HTML.
  const trackers = otherTrackers.length === 0 ? null : meta("trackers", otherTrackers.join(","));
  const metas = [trackers, catalogue && meta("catalogue", "on")].filter((one) => one !== null);
  const index = metas.length === 0 ? null : indexWith(webRoot, metas.join(""));
  const files = sirv(webRoot, {
    etag: true,
    extensions: ["html"],
    brotli: true,
    gzip: true,
    setHeaders: setCaching,
  });

  const file: RequestListener = (request, response) => {
    // sirv throws for a range that ends before it starts and leaves read errors unheard: either
    // would end the process. Nothing here needs ranges.
    delete request.headers.range;
    response.on("pipe", (read) => read.on("error", () => response.destroy()));
    files(request, response, () => answer(response, 404, "not found"));
  };

  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      answer(response, 405, "method not allowed");
      return;
    }
    switch (pathOf(request)) {
      case "/health":
        answer(response, 200, "ok");
        return;
      case "/ready":
        answer(response, 200, readyText(state()));
        return;
      case "/":
      case "/index.html":
        (index ?? file)(request, response);
        return;
      default:
        file(request, response);
    }
  };
}

const meta = (name: string, content: string): string =>
  `<meta name="shoal-${name}" content="${content}" />`;

/** The page with what it is to know of its host: trackers that its links are to name, and a catalogue. */
function indexWith(webRoot: string, metas: string): RequestListener {
  const html = readFileSync(path.join(webRoot, "index.html"), "utf8");
  const body = html.includes("</head>") ? html.replace("</head>", `${metas}</head>`) : metas + html;
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  return (request, response) => {
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("ETag", etag);
    response.setHeader("Content-Type", "text/html;charset=utf-8");
    response.statusCode = request.headers["if-none-match"] === etag ? 304 : 200;
    response.end(response.statusCode === 304 || request.method === "HEAD" ? undefined : body);
  };
}

/** What `/ready` tells of. */
type State = {
  readonly store: StoreState;
  /** What peers will miss; null where there is nothing. */
  readonly note: string | null;
};

const readyText = ({ store, note }: State): string =>
  note === null ? READY[store] : `${READY[store]}\n${note}`;

/** What `/ready` says first: with or without all its parts, it serves. */
const READY: Record<StoreState, string> = {
  memory: "ready",
  shared: "ready",
  "cut-off": "ready, degraded: Redis is away, so peers meet those of this process only",
};

/** Names under `/assets/` hold a hash of their content; everything else is asked for each time. */
function setCaching(response: ServerResponse, pathname: string): void {
  const isHashed = pathname.startsWith("/assets/");
  const caching = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
  response.setHeader("Cache-Control", caching);
}

const pathOf = (request: IncomingMessage): string | undefined => request.url?.split("?")[0];

function answer(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(text);
}
