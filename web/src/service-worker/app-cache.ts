/**
 * The app as it was built, in the browser's cache: all of one version, or nothing of it.
 *
 * Invariants: a version's cache holds its page only if it holds everything else, so one that filling
 * left half-way is never answered from. The page in it names scripts and styles of that version alone.
 */

/** What the build consists of. */
export type BuiltApp = {
  /** Another one wherever a byte differs. */
  readonly version: string;
  /** On the page's origin; the page itself is `/`. */
  readonly paths: readonly string[];
};

/** What is needed of a service worker's globals. */
export type AppCachePorts = {
  readonly caches: Pick<CacheStorage, "open" | "match" | "delete" | "keys">;
  fetch(path: string, options: RequestInit): Promise<Response>;
};

export const PAGE = "/";
/** Names under it hold a hash of their content: whatever has one has the right one. */
export const HASHED = "/assets/";

const PREFIX = "shoal-app:";

export class AppCache {
  readonly #app: BuiltApp;
  readonly #ports: AppCachePorts;
  readonly #name: string;

  constructor(app: BuiltApp, ports: AppCachePorts) {
    this.#app = app;
    this.#ports = ports;
    this.#name = PREFIX + app.version;
  }

  has(path: string): boolean {
    return this.#app.paths.includes(path);
  }

  /**
   * Fetches all of this version, unless it is here.
   * @throws Where something of it can't be had or kept: nothing of it is kept then.
   */
  async fill(): Promise<void> {
    if ((await this.find(PAGE)) !== null) return;
    const { caches } = this.#ports;
    const cache = await caches.open(this.#name);
    try {
      const page = await this.#fetched(PAGE);
      if (!(await this.#isOfThisVersion(page))) throw new Error("the page is of another version");
      const others = this.#app.paths.filter((path) => path !== PAGE);
      await Promise.all(others.map(async (path) => cache.put(path, await this.#fetched(path))));
      await cache.put(PAGE, page);
    } catch (error) {
      await caches.delete(this.#name);
      throw error;
    }
  }

  /**
   * Keeps a page that the server has just sent: a host changes what the page says of it without
   * building another version. One of another version is left to the service worker that comes with it.
   */
  async renew(page: Response): Promise<void> {
    if ((await this.find(PAGE)) === null) return this.fill();
    if (!isGood(page, PAGE) || !(await this.#isOfThisVersion(page))) return;
    await (await this.#ports.caches.open(this.#name)).put(PAGE, page);
  }

  /** What is kept of this version under a path. */
  find(path: string): Promise<Response | null> {
    return this.#match(path, { cacheName: this.#name });
  }

  /** What is kept of any version: pages of an older one may still be open. */
  findHashed(path: string): Promise<Response | null> {
    return this.#match(path, {});
  }

  /**
   * Removes versions older than this one, but for those that an open page needs.
   * @param scripts The paths of the scripts that open pages began with.
   */
  async tidy(scripts: readonly string[]): Promise<void> {
    const { caches } = this.#ports;
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
    // In the order in which they were made: behind this one a newer version may be on its way.
    for (const name of names.slice(0, Math.max(0, names.indexOf(this.#name)))) {
      const needed = await Promise.all(
        scripts.map((script) => this.#match(script, { cacheName: name })),
      );
      if (needed.every((found) => found === null)) await caches.delete(name);
    }
  }

  async #match(path: string, where: MultiCacheQueryOptions): Promise<Response | null> {
    try {
      // What varies is the compression, which browsers have undone.
      const found = await this.#ports.caches.match(path, { ...where, ignoreVary: true });
      return found ?? null;
    } catch {
      return null; // Safe: what can't be read isn't kept; the server is asked.
    }
  }

  async #fetched(path: string): Promise<Response> {
    const response = await this.#ports.fetch(path, {
      cache: path.startsWith(HASHED) ? "default" : "no-cache",
      redirect: "error",
      priority: "low",
    });
    if (!isGood(response, path)) throw new Error(`${path} can't be had`);
    return response;
  }

  /** While a server is exchanged for another, page and service worker may come from different ones. */
  async #isOfThisVersion(page: Response): Promise<boolean> {
    const named = (await page.clone().text()).match(/\/assets\/[^"'<>\s]+/g) ?? [];
    return named.length > 0 && named.every((path) => this.has(path));
  }
}

/** Some servers and networks answer whatever isn't there with a page. */
function isGood({ status, redirected, headers }: Response, path: string): boolean {
  const isPage = headers.get("Content-Type")?.startsWith("text/html") === true;
  return status === 200 && !redirected && isPage === (path === PAGE);
}
