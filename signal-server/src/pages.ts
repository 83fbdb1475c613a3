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
  { webRoot, otherTrackers }: Pick<Configuration, "webRoot" | "otherTrackers">,
  state: () => State,
): RequestListener {
  const index = otherTrackers.length === 0 ? null : indexNaming(webRoot, otherTrackers);
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

/** The page with the trackers that its links are to name; the app's `session/open.ts` reads them. */
function indexNaming(webRoot: string, trackers: readonly string[]): RequestListener {
  const html = readFileSync(path.join(webRoot, "index.html"), "utf8");
  // Hosts, checked as such: no letter of theirs means anything in HTML.
  const meta = `<meta name="shoal-trackers" content="${trackers.join(",")}" />`;
  const body = html.includes("</head>") ? html.replace("</head>", `${meta}</head>`) : meta + html;
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
