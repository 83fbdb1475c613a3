import { afterEach, expect, it, vi } from "vitest";
import { putStatement } from "./catalogue-server.ts";

afterEach(() => vi.unstubAllGlobals());

const BYTES = new Uint8Array([1, 2, 3]);

function serverAnswers(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => answer());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const json = (status: number, body: unknown) => Response.json(body, { status });

it("brings the bytes as they are to the page's own server", async () => {
  const fetch = serverAnswers(() => json(200, { swarm: "…", state: "listed" }));
  expect(await putStatement(BYTES)).toBe("taken");
  const [url, init] = fetch.mock.calls[0] ?? [];
  expect(url).toBe("/api/v1/catalogue/entries");
  expect(init).toMatchObject({ method: "PUT", body: BYTES });
});

it.each([
  [200, { state: "withdrawn" }, "taken"],
  [400, { error: "malformed" }, "refused"],
  [403, { error: "blocked" }, "blocked"],
  [404, { error: "off" }, "off"],
  [409, { error: "outdated" }, "outdated"],
  [410, { error: "expired" }, "expired"],
  [413, { error: "too-large" }, "refused"],
  [429, { error: "busy" }, "busy"],
  [429, { error: "too-many" }, "too-many"],
  [503, { error: "unavailable" }, "unreachable"],
  // What isn't the catalogue's.
  [200, null, "refused"],
  [200, { state: 7 }, "refused"],
  [429, [], "busy"],
])("reads %i with %j as %s", async (status, body, answer) => {
  serverAnswers(() => json(status, body));
  expect(await putStatement(BYTES)).toBe(answer);
});

it("doesn't take any page that answers for the catalogue's word", async () => {
  serverAnswers(() => new Response("<!doctype html>"));
  expect(await putStatement(BYTES)).toBe("refused");
});

it("counts a server that can't be reached, or breaks off, as unreachable", async () => {
  serverAnswers(() => Promise.reject(new TypeError("failed to fetch")));
  expect(await putStatement(BYTES)).toBe("unreachable");
});
