import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppCache } from "./app-cache.ts";
import { AppShell } from "./app-shell.ts";
import { builtFiles, pageOf, Server, Shelves } from "./fake-app.ts";

const ORIGIN = "https://shoal.example";
const APP = builtFiles("1");

type Asked = Pick<Request, "url" | "method" | "mode">;

let server: Server;
let caches: Shelves;
let cache: AppCache;
let shell: AppShell<Asked>;
/** How the network answers the browser's requests. */
let network: (path: string) => Promise<Response>;
let later: Promise<unknown>[];

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server(APP);
  network = (path) => server.fetch(path);
  caches = new Shelves();
  cache = new AppCache(APP, { caches, fetch: (path, options) => server.fetch(path, options) });
  later = [];
  shell = new AppShell(cache, {
    origin: ORIGIN,
    fetch: ({ url }) => network(new URL(url).pathname),
  });
  await cache.fill();
});
afterEach(() => void vi.useRealTimers());

const answer = (path: string, mode: RequestMode = "navigate", method = "GET") =>
  shell.answer({ url: new URL(path, ORIGIN).href, mode, method }, (work) => later.push(work));

const gone = (): Promise<never> => Promise.reject(new TypeError("it can't be reached"));
const silent = (): Promise<never> => new Promise(() => undefined);
const says = (status: number) => async (): Promise<Response> => new Response("said", { status });

describe("a page's request", () => {
  it("is answered by the server that is there, and what it says is kept", async () => {
    network = async () => pageOf(APP, "newer words");
    expect(await (await answer("/"))?.text()).toContain("newer words");
    await Promise.all(later);
    network = gone;
    expect(await (await answer("/"))?.text()).toContain("newer words");
  });

  it.each(["/", "/?from=mail", "/index.html", "/index"])(
    "for %s is answered from what is kept where the server is gone",
    async (path) => {
      network = gone;
      expect(await (await answer(path))?.text()).toBe(await pageOf(APP).text());
    },
  );

  it("is answered from what is kept once the server has been silent for 4 s", async () => {
    network = silent;
    const answered = vi.fn();
    const asked = answer("/")?.then(answered);
    await vi.advanceTimersByTimeAsync(3_999);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(answered).toHaveBeenCalledOnce();
  });

  it.each([500, 502, 503, 504, 521])(
    "is answered from what is kept where a proxy says %i for the server",
    async (status) => {
      network = says(status);
      expect((await answer("/"))?.status).toBe(200);
    },
  );

  it.each([401, 403, 404, 429])("is refused where the server does, with %i", async (status) => {
    network = says(status);
    expect((await answer("/"))?.status).toBe(status);
    network = gone;
    await Promise.all(later);
    expect((await answer("/"))?.status).toBe(200);
  });

  it("follows the server elsewhere, and keeps nothing of it", async () => {
    const elsewhere = { status: 0, type: "opaqueredirect" } as Response;
    network = async () => elsewhere;
    expect(await answer("/")).toBe(elsewhere);
    expect(later).toEqual([]);
  });

  it("fails as without us where nothing is kept", async () => {
    await caches.delete("shoal-app:1");
    network = gone;
    await expect(answer("/")).rejects.toThrow("can't be reached");
    network = says(502);
    expect((await answer("/"))?.status).toBe(502);
    let arrive = (_page: Response): void => undefined;
    network = () => new Promise((resolve) => (arrive = resolve));
    const slow = answer("/");
    await vi.advanceTimersByTimeAsync(60_000);
    arrive(new Response("late"));
    expect(await (await slow)?.text()).toBe("late");
  });
});

describe("a request", () => {
  it("for what has a hash in its name is answered from what is kept, and by the server else", async () => {
    network = async (path) => new Response(`the server's ${path}`);
    const kept = await answer("/assets/search-1.js", "cors");
    expect(await kept?.text()).toBe("/assets/search-1.js of 1");
    const newer = await answer("/assets/search-2.js", "cors");
    expect(await newer?.text()).toBe("the server's /assets/search-2.js");
  });

  it("for what else belongs to the app is answered by the server, and from what is kept else", async () => {
    network = async () => new Response("newer icon");
    expect(await (await answer("/icon.svg", "no-cors"))?.text()).toBe("newer icon");
    network = gone;
    expect(await (await answer("/icon.svg", "no-cors"))?.text()).toBe("/icon.svg of 1");
  });

  it.each<[string, RequestMode, string]>([
    ["/health", "cors", "GET"],
    ["/api/v1/catalogue?q=song", "cors", "GET"],
    ["/elsewhere", "navigate", "GET"],
    ["/index.html/more", "navigate", "GET"],
    ["/assets/search-1.js", "navigate", "GET"],
    ["/assets/search-1.js", "cors", "HEAD"],
    ["/", "navigate", "POST"],
    ["/", "cors", "GET"],
    ["/service-worker.js", "same-origin", "GET"],
    ["https://other.example/", "navigate", "GET"],
    ["https://other.example/assets/search-1.js", "cors", "GET"],
  ])("for %s (%s, %s) is left to the browser", (path, mode, method) => {
    expect(answer(path, mode, method)).toBeNull();
  });
});
