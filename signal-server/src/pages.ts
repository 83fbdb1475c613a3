/** What answers plain HTTP requests: the health checks and the web app's files. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import sirv from "sirv";
import type { StoreState } from "./swarms.ts";

/**
 * Serves `webRoot`, whose files are listed once, now: a request can only name one of that list, so
 * no path leads outside it, and files that begin with a dot aren't in it.
 */
export function pages(webRoot: string, state: () => StoreState): RequestListener {
  const files = sirv(webRoot, { etag: true, extensions: ["html"], setHeaders: setCaching });

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
        answer(response, 200, READY[state()]);
        return;
      default:
        // sirv throws for a range that ends before it starts and leaves read errors unheard: either
        // would end the process. Nothing here needs ranges.
        delete request.headers.range;
        response.on("pipe", (file) => file.on("error", () => response.destroy()));
        files(request, response, () => answer(response, 404, "not found"));
    }
  };
}

/** What `/ready` says: with or without all its parts, it serves. */
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
