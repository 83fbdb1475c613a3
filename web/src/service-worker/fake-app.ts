/** For tests: versions of an app, a server of one, and a browser's caches in memory. */
import type { AppCachePorts, BuiltApp } from "./app-cache.ts";

/** A page, its script, one more that is loaded when it is needed, and an icon. */
export const builtFiles = (version: string): BuiltApp => ({
  version,
  paths: ["/", `/assets/index-${version}.js`, `/assets/search-${version}.js`, "/icon.svg"],
});

/** The page of a version as its server sends it. */
export function pageOf(
  { paths }: BuiltApp,
  words = "",
  headers: Readonly<Record<string, string>> = {},
): Response {
  const script = paths.find((path) => path.startsWith("/assets/index-"));
  const html = `<!doctype html><script type="module" src="${script ?? ""}"></script>${words}`;
  return new Response(html, { headers: { "Content-Type": "text/html;charset=utf-8", ...headers } });
}

export class Server {
  readonly #app: BuiltApp;
  readonly asked: ({ readonly path: string } & RequestInit)[] = [];
  /** In place of what it has; null: it can't be reached for it. */
  readonly answers = new Map<string, Response | null>();

  constructor(app: BuiltApp) {
    this.#app = app;
  }

  async fetch(path: string, options: RequestInit = {}): Promise<Response> {
    this.asked.push({ path, ...options });
    const answer = this.answers.get(path);
    if (answer === null) throw new TypeError("it can't be reached");
    if (answer !== undefined) return answer;
    if (!this.#app.paths.includes(path)) return new Response("not found", { status: 404 });
    return path === "/" ? pageOf(this.#app) : new Response(`${path} of ${this.#app.version}`);
  }
}

/** As browsers' caches, as far as the service worker uses them. */
export class Shelves implements Pick<CacheStorage, keyof AppCachePorts["caches"]> {
  readonly #shelves = new Map<string, Map<string, Response>>();
  mostFiles = Infinity;

  async open(name: string): Promise<Cache> {
    const shelf = this.#shelves.get(name) ?? new Map<string, Response>();
    this.#shelves.set(name, shelf);
    const put = async (path: string, response: Response): Promise<void> => {
      if (shelf.size >= this.mostFiles) throw new DOMException("full", "QuotaExceededError");
      await response.clone().arrayBuffer(); // Takes its time, as a disk does.
      shelf.set(path, response);
    };
    return { put } as Partial<Cache> as Cache;
  }

  async match(
    path: RequestInfo | URL,
    { cacheName }: MultiCacheQueryOptions = {},
  ): Promise<Response | undefined> {
    const names = cacheName === undefined ? [...this.#shelves.keys()] : [cacheName];
    if (typeof path !== "string") throw new TypeError("paths alone are asked for");
    const found = names.map((name) => this.#shelves.get(name)?.get(path));
    return found.find((response) => response !== undefined)?.clone();
  }

  async delete(name: string): Promise<boolean> {
    return this.#shelves.delete(name);
  }

  async keys(): Promise<string[]> {
    return [...this.#shelves.keys()];
  }

  /** In the order in which they were put. */
  pathsIn(name: string): string[] {
    return [...(this.#shelves.get(name)?.keys() ?? [])];
  }
}
