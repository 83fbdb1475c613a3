import { describe, expect, it, vi } from "vitest";
import { AppCache, type BuiltApp } from "./app-cache.ts";
import { builtFiles, pageOf, Server, Shelves } from "./fake-app.ts";

const OLD = builtFiles("1");
const NEW = builtFiles("2");

const cacheOf = (app: BuiltApp, server: Server, caches: Shelves): AppCache =>
  new AppCache(app, { caches, fetch: (path, options) => server.fetch(path, options) });

describe("filling", () => {
  it("keeps all of a version, the page last", async () => {
    const caches = new Shelves();
    const cache = cacheOf(OLD, new Server(OLD), caches);
    await cache.fill();
    expect(caches.pathsIn("shoal-app:1").toSorted()).toEqual(OLD.paths.toSorted());
    expect(caches.pathsIn("shoal-app:1").at(-1)).toBe("/");
    expect(await (await cache.find("/icon.svg"))?.text()).toBe("/icon.svg of 1");
  });

  it("asks for nothing again", async () => {
    const server = new Server(OLD);
    const caches = new Shelves();
    await cacheOf(OLD, server, caches).fill();
    const asked = server.asked.length;
    await cacheOf(OLD, server, caches).fill();
    expect(server.asked).toHaveLength(asked);
  });

  it("takes hashed files from the browser's own cache, and asks anew for what has no hash", async () => {
    const server = new Server(OLD);
    await cacheOf(OLD, server, new Shelves()).fill();
    const modes = Object.fromEntries(server.asked.map(({ path, cache }) => [path, cache]));
    expect(modes).toEqual({
      "/": "no-cache",
      "/assets/index-1.js": "default",
      "/assets/search-1.js": "default",
      "/icon.svg": "no-cache",
    });
    expect(server.asked.every(({ redirect }) => redirect === "error")).toBe(true);
  });

  const page = pageOf(OLD);
  it.each<[string, string, Response | null]>([
    ["one file is missing", "/icon.svg", new Response("not found", { status: 404 })],
    ["one file doesn't come", "/assets/search-1.js", null],
    ["a page stands in for a file", "/assets/search-1.js", page.clone()],
    ["the server sends a part", "/icon.svg", new Response("of", { status: 206 })],
    ["the page is of another version", "/", pageOf(NEW)],
    ["the page names nothing of ours", "/", pageOf({ version: "", paths: [] })],
    ["the page is something else", "/", new Response("/assets/index-1.js")],
    ["the way to a file was redirected", "/icon.svg", redirected(new Response("?"))],
  ])("keeps nothing where %s", async (_what, path, answer) => {
    const server = new Server(OLD);
    server.answers.set(path, answer);
    const caches = new Shelves();
    const cache = cacheOf(OLD, server, caches);
    await expect(cache.fill()).rejects.toThrow();
    expect(await caches.keys()).toEqual([]);
    server.answers.clear();
    await cache.fill();
    expect(await cache.find("/")).not.toBeNull();
  });

  it("keeps nothing where the disk is full", async () => {
    const caches = new Shelves();
    caches.mostFiles = 3;
    await expect(cacheOf(OLD, new Server(OLD), caches).fill()).rejects.toThrow("full");
    expect(await caches.keys()).toEqual([]);
  });

  it("begins anew where it was stopped half-way, and is answered from only when it is whole", async () => {
    const caches = new Shelves();
    await (await caches.open("shoal-app:1")).put("/assets/index-1.js", new Response("half"));
    const cache = cacheOf(OLD, new Server(OLD), caches);
    expect(await cache.find("/")).toBeNull();
    await cache.fill();
    expect(await (await cache.find("/assets/index-1.js"))?.text()).toBe("/assets/index-1.js of 1");
  });
});

describe("a page that the server sends", () => {
  it("takes the place of the kept one, with its headers", async () => {
    const cache = cacheOf(OLD, new Server(OLD), new Shelves());
    await cache.fill();
    const policy = { "Content-Security-Policy": "default-src 'none'" };
    await cache.renew(pageOf(OLD, "with a catalogue", policy));
    const kept = await cache.find("/");
    expect(await kept?.text()).toContain("with a catalogue");
    expect(kept?.headers.get("Content-Security-Policy")).toBe("default-src 'none'");
  });

  it.each([
    ["of another version", pageOf(NEW)],
    [
      "that names nothing of ours",
      new Response("ok", { headers: { "Content-Type": "text/html" } }),
    ],
    ["that was redirected", redirected(pageOf(OLD, "elsewhere"))],
  ])("isn't kept where it is one %s", async (_what, page) => {
    const cache = cacheOf(OLD, new Server(OLD), new Shelves());
    await cache.fill();
    await cache.renew(page);
    expect(await (await cache.find("/"))?.text()).toBe(await pageOf(OLD).text());
  });

  it("brings back the rest where the browser has removed it", async () => {
    const caches = new Shelves();
    const cache = cacheOf(OLD, new Server(OLD), caches);
    await cache.fill();
    await caches.delete("shoal-app:1");
    expect(await cache.find("/")).toBeNull();
    await cache.renew(pageOf(OLD));
    expect(await cache.find("/assets/search-1.js")).not.toBeNull();
  });
});

describe("older versions", () => {
  async function updated(): Promise<{ caches: Shelves; cache: AppCache }> {
    const caches = new Shelves();
    await caches.open("somebody else's");
    await cacheOf(OLD, new Server(OLD), caches).fill();
    const cache = cacheOf(NEW, new Server(NEW), caches);
    await cache.fill();
    return { caches, cache };
  }

  it("stay for pages that are open, and what these have yet to load is found", async () => {
    const { caches, cache } = await updated();
    await cache.tidy(["/assets/index-2.js", "/assets/index-1.js"]);
    expect(await caches.keys()).toEqual(["somebody else's", "shoal-app:1", "shoal-app:2"]);
    const lazy = await cache.findHashed("/assets/search-1.js");
    expect(await lazy?.text()).toBe("/assets/search-1.js of 1");
  });

  it("go when no page needs them, and nothing else does", async () => {
    const { caches, cache } = await updated();
    await cache.tidy(["/assets/index-2.js"]);
    expect(await caches.keys()).toEqual(["somebody else's", "shoal-app:2"]);
  });

  it("stay as they were where a newer one can't be had", async () => {
    const caches = new Shelves();
    const old = cacheOf(OLD, new Server(OLD), caches);
    await old.fill();
    await expect(cacheOf(NEW, new Server(OLD), caches).fill()).rejects.toThrow();
    expect(await caches.keys()).toEqual(["shoal-app:1"]);
    expect(await old.find("/")).not.toBeNull();
  });

  it("don't remove a newer one that is on its way", async () => {
    const { caches } = await updated();
    await cacheOf(OLD, new Server(OLD), caches).tidy([]);
    expect(await caches.keys()).toContain("shoal-app:2");
  });
});

it("finds nothing where the browser lets it read nothing", async () => {
  const caches = new Shelves();
  vi.spyOn(caches, "match").mockRejectedValue(new DOMException("blocked", "SecurityError"));
  expect(await cacheOf(OLD, new Server(OLD), caches).find("/")).toBeNull();
});

function redirected(response: Response): Response {
  return Object.defineProperty(response, "redirected", { value: true });
}
