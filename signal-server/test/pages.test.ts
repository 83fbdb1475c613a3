import { rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import path from "node:path";
import { TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCRIPT, startTestServer, type TestServer } from "./running.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Answer = { status: number | undefined; headers: IncomingHttpHeaders; body: string };

/** Sends the path exactly as it is written: `fetch` would tidy it. */
function get(path: string, method = "GET", headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port: server.port, host: "127.0.0.1", path, method, headers };
    const sent = request(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("it says that it is alive, and that it can serve", async () => {
  expect(await get("/health")).toMatchObject({ status: 200, body: "ok" });
  expect(await get("/health?x=1")).toMatchObject({ status: 200, body: "ok" });
  expect(await get("/ready")).toMatchObject({ status: 200, body: "ready" });
});

test("it says that it has no relay to offer", async () => {
  const plain = await startTestServer({ ice: { stunUrls: ["stun:shoal.example"], turn: null } });
  const body = await (await fetch(`${plain.url}/ready`)).text();
  await plain.stop();
  expect(body).toMatch(/^ready\nno TURN_URLS: only peers who can reach each other directly /);
});

test("other trackers that links are to name stand in the page, which is a new one then", async () => {
  const other = await startTestServer({ otherTrackers: ["b.example", "c.example:8443"] });
  for (const path of ["/", "/index.html", "/?utm=1"]) {
    const page = await fetch(`${other.url}${path}`);
    expect(await page.text()).toBe(
      '<meta name="shoal-trackers" content="b.example,c.example:8443" /><!doctype html><title>Shoal</title>',
    );
    expect(page.headers.get("content-type")).toBe("text/html;charset=utf-8");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const etag = page.headers.get("etag") ?? "";
    const again = await fetch(`${other.url}${path}`, { headers: { "If-None-Match": etag } });
    expect(again.status).toBe(304);
    const plain = await fetch(`${server.url}${path}`, { headers: { "If-None-Match": etag } });
    expect(plain.status).toBe(200);
  }
  const head = await fetch(other.url, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  await other.stop();
});

test("whether there is a catalogue stands in the page, and nothing of one where there is none", async () => {
  const catalogue = {
    graceMs: 1000,
    entriesPerAddress: 1,
    blocklistFile: null,
    reportsFile: null,
  };
  const other = await startTestServer({ otherTrackers: ["b.example"], catalogue });
  expect(await (await fetch(other.url)).text()).toBe(
    '<meta name="shoal-trackers" content="b.example" /><meta name="shoal-catalogue" content="on" />' +
      "<!doctype html><title>Shoal</title>",
  );
  await other.stop();
  expect((await get("/")).body).not.toContain("catalogue");
});

describe("the web app", () => {
  test("the page is asked for each time", async () => {
    for (const path of ["/", "/index.html", "/?utm=1"]) {
      const page = await get(path);
      expect(page).toMatchObject({ status: 200, body: "<!doctype html><title>Shoal</title>" });
      expect(page.headers["cache-control"]).toBe("no-cache");
      expect(page.headers["content-type"]).toBe("text/html;charset=utf-8");
    }
  });

  test("an asset, whose name holds its hash, is kept for good", async () => {
    const asset = await get("/assets/app-1a2b3c.js");
    expect(asset).toMatchObject({ status: 200, body: SCRIPT });
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(asset.headers["content-type"]).toBe("text/javascript");
  });

  test("a page that the browser has already isn't sent again", async () => {
    const { headers } = await get("/");
    const again = await get("/", "GET", { "If-None-Match": headers.etag ?? "" });
    expect(again).toMatchObject({ status: 304, body: "" });
  });

  test("HEAD brings the headers alone", async () => {
    const head = await get("/assets/app-1a2b3c.js", "HEAD");
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(head.headers["content-length"]).toBe(String(SCRIPT.length));
    expect(await get("/health", "HEAD")).toMatchObject({ status: 200, body: "" });
  });
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is refused", async (method) => {
  const refused = await get("/", method);
  expect(refused.status).toBe(405);
  expect(refused.headers.allow).toBe("GET, HEAD");
});

test.each([
  "/nothing",
  "/assets",
  "/assets/",
  "/api/v1/nothing",
  "/.env",
  "/%2eenv",
  "/.git/config",
  "/.git%2fconfig",
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/%2e%2e%2fsecret.txt",
  "/..%5csecret.txt",
  "/..\\secret.txt",
  "/assets/../../secret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/assets/%252e%252e/%252e%252e/secret.txt",
  "//etc/passwd",
  "/%00",
  "/index.html%00.js",
  "/%E0%A4%A",
  "/__proto__",
  "/constructor",
  `/${"a".repeat(8000)}`,
])("%s isn't there", async (path) => {
  const answer = await get(path);
  expect(answer).toMatchObject({ status: 404, body: "not found" });
});

describe("security headers", () => {
  const everything: [string, string, string][] = [
    ["GET", "/", "the page"],
    ["GET", "/assets/app-1a2b3c.js", "an asset"],
    ["GET", "/nothing", "what isn't there"],
    ["GET", "/health", "the health check"],
    ["POST", "/", "a refused method"],
    ["GET", `${TRACKER_PATH}/?EIO=4&transport=polling`, "a refused transport"],
  ];
  test.each(everything)("%s %s: %s carries them", async (method, path) => {
    const { headers } = await get(path, method);
    expect(headers).toMatchObject({
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
        "media-src 'self' blob:; font-src 'self'; connect-src 'self' wss:; " +
        "frame-src 'self'; worker-src 'self'; " +
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["x-powered-by"]).toBeUndefined();
  });
});

// Either of these ended the process: sirv throws for the range, and leaves the stream's error unheard.
test.each(["bytes=5-2", "bytes=-5", "bytes=99999-", "bytes=a-b", "nonsense"])(
  "Range: %s gets the whole file, and the server lives",
  async (range) => {
    expect(await get("/", "GET", { Range: range })).toMatchObject({
      status: 200,
      body: "<!doctype html><title>Shoal</title>",
    });
  },
);

test("a file that vanished since the start costs its request alone", async () => {
  const other = await startTestServer();
  await rm(path.join(other.webRoot, "index.html"));
  await expect(fetch(other.url)).rejects.toThrow("fetch failed");
  expect((await fetch(`${other.url}/health`)).status).toBe(200);
  await other.stop();
});

test("what was compressed at build is sent so to whoever takes it", async () => {
  const address = "/assets/app-1a2b3c.js";
  const plain = await get(address);
  expect(plain).toMatchObject({ status: 200, body: SCRIPT });
  expect(plain.headers["content-encoding"]).toBeUndefined();
  const asked = { "Accept-Encoding": "gzip, br" };
  const small = await get(address, "GET", asked);
  expect(small.headers).toMatchObject({
    "content-encoding": "br",
    "content-type": plain.headers["content-type"],
    "cache-control": plain.headers["cache-control"],
    vary: "Accept-Encoding",
  });
  const fetched = await fetch(`${server.url}${address}`);
  expect(await fetched.text()).toBe(SCRIPT);
  // Where there is no such file, as it is.
  const page = await get("/", "GET", asked);
  expect(page.headers["content-encoding"]).toBeUndefined();
});
