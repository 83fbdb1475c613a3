/**
 * Answers the requests for the app itself, so that it opens when its server is gone: the page and
 * what has no hash in its name from the server first, what has one from the cache first.
 */
import { type AppCache, HASHED, PAGE } from "./app-cache.ts";

/** What the server answers with the page. Nothing else is: a path that isn't there stays so. */
const PAGE_PATHS: ReadonlySet<string> = new Set([PAGE, "/index", "/index.html"]);

/** A server that is there answers sooner, and a network that swallows everything never: a guess. */
const PATIENCE_MS = 4_000;

/** What a proxy says for a server that is gone begins here. */
const SERVER_ERROR = 500;

/** What is needed of a request. */
type Asked = Pick<Request, "method" | "mode" | "url">;

export type AppShellPorts<Request extends Asked> = {
  readonly origin: string;
  fetch(request: Request): Promise<Response>;
};

export class AppShell<Request extends Asked> {
  readonly #cache: AppCache;
  readonly #ports: AppShellPorts<Request>;

  constructor(cache: AppCache, ports: AppShellPorts<Request>) {
    this.#cache = cache;
    this.#ports = ports;
  }

  /**
   * Null: the request is none of the app's, and the browser's to answer.
   * @param andThen Takes work that goes on after the answer.
   */
  answer(request: Request, andThen: (work: Promise<unknown>) => void): Promise<Response> | null {
    const { origin, pathname } = new URL(request.url);
    if (origin !== this.#ports.origin || request.method !== "GET") return null;
    if (request.mode === "navigate") {
      return PAGE_PATHS.has(pathname) ? this.#page(request, andThen) : null;
    }
    if (pathname.startsWith(HASHED)) return this.#hashed(request, pathname);
    const isOfTheApp = pathname !== PAGE && this.#cache.has(pathname);
    return isOfTheApp ? this.#serverFirst(request, pathname) : null;
  }

  #page(request: Request, andThen: (work: Promise<unknown>) => void): Promise<Response> {
    return this.#serverFirst(request, PAGE, (page) => {
      // Safe where it fails: what was kept stays, and the next visit tries again.
      andThen(this.#cache.renew(page).catch(() => undefined));
    });
  }

  async #hashed(request: Request, path: string): Promise<Response> {
    return (await this.#cache.findHashed(path)) ?? this.#ports.fetch(request);
  }

  /**
   * What the server says, also that it refuses; what is kept, where it is silent, gone or broken.
   * @param answered Is given a copy of what it said in time.
   */
  async #serverFirst(
    request: Request,
    path: string,
    answered: (response: Response) => void = () => undefined,
  ): Promise<Response> {
    const fromServer = this.#ports.fetch(request);
    const inTime = await withinPatience(fromServer);
    if (inTime !== null && inTime.status < SERVER_ERROR) {
      if (inTime.status === 200) answered(inTime.clone());
      return inTime;
    }
    return (await this.#cache.find(path)) ?? fromServer;
  }
}

/** Null where nothing comes in time, or nothing can. */
async function withinPatience(fromServer: Promise<Response>): Promise<Response | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([fromServer, late]);
  } catch {
    return null; // Safe: who asked gets what is kept, or the same error.
  } finally {
    clearTimeout(timer);
  }
}
