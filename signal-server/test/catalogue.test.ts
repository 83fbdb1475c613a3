/** The catalogue as pages and people meet it: over HTTP, with peers in swarms. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Signed } from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CatalogueConfiguration } from "../src/configuration.ts";
import { SERVER_LIMITS } from "../src/limits.ts";
import { swarmNumber } from "./ids.ts";
import { memberOf, type TestPeer } from "./peer.ts";
import { startTestServer, type TestServer } from "./running.ts";
import { makeShare } from "./share.ts";

const ON: CatalogueConfiguration = {
  graceMs: 300_000,
  entriesPerAddress: 100,
  blocklistFile: null,
  reportsFile: null,
};
const HERE = "203.0.113.7";
const THERE = "198.51.100.7";

let server: TestServer;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "shoal-catalogue-"));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function start(fields: Partial<CatalogueConfiguration> = {}): Promise<void> {
  const metrics = { host: "127.0.0.1", port: 0 };
  server = await startTestServer({ trustedProxyHops: 1, metrics, catalogue: { ...ON, ...fields } });
  await expect.poll(async () => (await ask("")).status).toBe(200);
}

/** What is answered: the status, and the JSON if there is any. */
async function ask(
  address: string,
  init: RequestInit & { from?: string } = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const headers = new Headers(init.headers);
  headers.set("X-Forwarded-For", init.from ?? HERE);
  const response = await fetch(`${server.url}/api/v1/catalogue${address}`, { ...init, headers });
  const text = await response.text();
  const body: unknown = text === "" ? null : JSON.parse(text);
  return { status: response.status, body, headers: response.headers };
}

const put = (body: Uint8Array<ArrayBuffer>, from = HERE) =>
  ask("/entries", {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body,
    from,
  });

const report = (body: unknown, from = HERE) =>
  ask("/reports", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    from,
  });

const titlesFor = async (query: string, from = HERE) => {
  const { body } = await ask(`?${query}`, { from });
  return (body as { entries: { title: string }[] }).entries.map(({ title }) => title);
};

const sourcesOf = async (swarm: SwarmId, from = HERE) => {
  const { body } = await ask("", { from });
  const { entries } = body as { entries: { swarm: string; sources: number; isNear: boolean }[] };
  const entry = entries.find((one) => one.swarm === swarm);
  return entry && [entry.sources, entry.isNear];
};

const published = async (fields: Parameters<Awaited<ReturnType<typeof makeShare>>["entry"]>[0]) => {
  const share = await makeShare();
  const signed = await share.entry(fields);
  expect(await put(signed.bytes)).toMatchObject({ status: 200 });
  return { ...share, signed };
};

async function seeder(swarm: SwarmId, from: string): Promise<TestPeer> {
  const { peer } = await memberOf(server.port, swarm, { "X-Forwarded-For": from });
  await peer.announce(swarm, 0, "all");
  return peer;
}

describe("entries", () => {
  test("are found by their words as soon as they were taken, with all that is told of them", async () => {
    await start();
    const { swarm, link, signed } = await published({});
    expect((await put(signed.bytes, THERE)).body).toEqual({ swarm, state: "listed" });
    const answer = await ask("?q=lisbon+trams&kind=pictures&minBytes=1&maxBytes=&page=0");
    expect(answer).toMatchObject({
      status: 200,
      body: {
        total: 1,
        page: 0,
        pageSize: 20,
        entries: [
          {
            swarm,
            title: "Lisbon in May",
            description: "Trams, towers and one recipe.",
            tags: ["holiday", "portugal"],
            kind: "pictures",
            fileCount: 6,
            totalBytes: 207_000_000,
            link,
            listedMs: expect.any(Number) as unknown,
            sources: 0,
            isNear: false,
          },
        ],
      },
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "cache-control": "no-store",
      "content-type": "application/json; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(await titlesFor("q=nothing+such")).toEqual([]);
    expect(await ask("/suggestions?q=lis")).toMatchObject({
      body: { suggestions: ["Lisbon in May"] },
    });
  });

  test("that were withdrawn aren't found, nor taken again", async () => {
    await start();
    const { swarm, withdrawal, signed } = await published({});
    const { bytes } = await withdrawal();
    expect((await put(bytes)).body).toEqual({ swarm, state: "withdrawn" });
    expect(await titlesFor("q=lisbon")).toEqual([]);
    expect(await put(signed.bytes)).toMatchObject({ status: 409, body: { error: "outdated" } });
  });

  test("are refused by name where they can't be taken", async () => {
    await start({ entriesPerAddress: 1 });
    const { entry, signed } = await published({});
    const refusals: [Promise<Signed> | Uint8Array<ArrayBuffer>, number, string][] = [
      [new Uint8Array(0), 400, "malformed"],
      [signed.bytes.with(3, (signed.bytes[3] ?? 0) ^ 1), 400, "malformed"],
      [entry({ expiresMs: Date.now() - 1 }), 410, "expired"],
      [entry({ expiresMs: Date.now() + 48 * 3_600_000 }), 400, "malformed"],
      [new Uint8Array(LIMITS.entryBytes + 1), 413, "too-large"],
      [(await makeShare()).entry(), 429, "too-many"],
    ];
    for (const [what, status, error] of refusals) {
      const bytes = what instanceof Uint8Array ? what : (await what).bytes;
      expect(await put(bytes)).toMatchObject({ status, body: { error } });
    }
    const other = await (await makeShare()).entry();
    expect(await put(other.bytes, THERE)).toMatchObject({ status: 200 });
  });
});

describe("sources", () => {
  test("are who holds all, once for each address; near ones are told of to who is there", async () => {
    await start();
    const { swarm } = await published({});
    const inPart = await memberOf(server.port, swarm, { "X-Forwarded-For": HERE });
    await inPart.peer.announce(swarm, 0, "part");
    const [one] = [await seeder(swarm, THERE), await seeder(swarm, THERE)];
    await expect.poll(() => sourcesOf(swarm)).toEqual([1, false]);
    expect(await sourcesOf(swarm, THERE)).toEqual([1, true]);
    await inPart.peer.announce(swarm, 0, "all");
    await expect.poll(() => sourcesOf(swarm)).toEqual([2, true]);
    one.socket.disconnect();
    await inPart.peer.leave(swarm);
    await expect.poll(() => sourcesOf(swarm)).toEqual([1, false]);
  });

  test("an entry whose last one has gone goes after the grace time, and is back with it", async () => {
    await start({ graceMs: 500 });
    const { swarm, signed } = await published({});
    const peer = await seeder(swarm, THERE);
    await expect.poll(() => sourcesOf(swarm)).toEqual([1, false]);
    peer.socket.disconnect();
    await expect.poll(() => titlesFor("q=lisbon"), { timeout: 10_000 }).toEqual([]);
    await seeder(swarm, THERE);
    expect((await put(signed.bytes)).body).toEqual({ swarm, state: "listed" });
    await expect.poll(() => sourcesOf(swarm)).toEqual([1, false]);
  });
});

describe("nothing can be learned of a share that isn't published", () => {
  test("over the whole API a swarm with peers in it looks as one that never was", async () => {
    await start({ reportsFile: path.join(folder, "reports") });
    await published({ title: "Something else" });
    const share = await makeShare();
    await seeder(share.swarm, HERE);
    const requests: ((swarm: SwarmId) => ReturnType<typeof ask>)[] = [
      (swarm) => ask(`?q=${swarm}`),
      (swarm) => ask(`?q=${swarm.slice(0, 8)}`),
      (swarm) => ask(`/suggestions?q=${swarm}`),
      (swarm) => ask(`?swarm=${swarm}`),
      (swarm) => ask(`/entries?swarm=${swarm}`),
      (swarm) => ask(`/entries/${swarm}`),
      (swarm) => ask(`/${swarm}`),
      (swarm) => ask(`/${swarm}`, { method: "DELETE" }),
      (swarm) => put(new TextEncoder().encode(swarm)),
      (swarm) => report({ swarm, reason: "illegal" }),
      (swarm) => ask(`/reports?swarm=${swarm}`),
      () => ask(""),
    ];
    const told = async (request: (typeof requests)[number], swarm: SwarmId) => {
      const { status, body } = await request(swarm);
      // How old the entry of the other share is goes on while this asks.
      return JSON.stringify({ status, body }).replaceAll(/"listedMs":\d+/g, "");
    };
    const never = (await makeShare()).swarm;
    for (const request of requests) {
      expect(await told(request, share.swarm)).toBe(await told(request, never));
    }
    await expect(readFile(path.join(folder, "reports"), "utf8")).rejects.toThrow("ENOENT");
    const metrics = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
    expect(metrics).not.toContain("shoal_catalogue_reports_total{");
  });

  test("whoever has been withdrawn is such a share again", async () => {
    await start();
    const { swarm, withdrawal } = await published({});
    await seeder(swarm, HERE);
    await expect.poll(() => sourcesOf(swarm)).toEqual([1, true]);
    await put((await withdrawal()).bytes);
    expect((await ask("")).body).toMatchObject({ total: 0, entries: [] });
    expect(await ask(`?q=${swarm}`)).toMatchObject({ body: { total: 0 } });
  });
});

describe("where there is no catalogue", () => {
  test("every address answers that it is off", async () => {
    server = await startTestServer();
    const off = { status: 404, body: { error: "off" } };
    for (const address of ["", "?q=a", "/suggestions", "/nothing"]) {
      expect(await ask(address)).toMatchObject(off);
    }
    expect(await put(new Uint8Array(10))).toMatchObject(off);
    expect(await report({})).toMatchObject(off);
    expect((await fetch(`${server.url}/api/v1/cataloguesque`)).status).toBe(404);
  });
});

describe("what a stranger sends", () => {
  test.each([
    `?q=${"x".repeat(SERVER_LIMITS.catalogue.queryLetters + 1)}`,
    `/suggestions?q=${"x".repeat(SERVER_LIMITS.catalogue.queryLetters + 1)}`,
    "?kind=everything",
    "?kind=__proto__",
    "?minBytes=-1",
    "?maxBytes=1e9",
    "?maxBytes=1234567890123456",
    "?page=x",
    `?page=${SERVER_LIMITS.catalogue.pages}`,
  ])("%s is malformed", async (address) => {
    await start();
    expect(await ask(address)).toMatchObject({ status: 400, body: { error: "malformed" } });
  });

  test("has the right method and type, and the right size whatever it says of it", async () => {
    await start();
    expect(await ask("/entries")).toMatchObject({ status: 405 });
    const deleted = await ask("", { method: "DELETE" });
    expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await ask("", { method: "HEAD" })).status).toBe(200);
    const { bytes } = await (await makeShare()).entry();
    expect(await ask("/entries", { method: "PUT", body: bytes })).toMatchObject({ status: 400 });
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    });
    const sent = ask("/entries", {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream" },
      body: endless,
      duplex: "half",
    });
    await expect(
      sent.then(
        ({ status }) => status,
        () => "cut",
      ),
    ).resolves.toBeOneOf([413, "cut"]);
    await expect(titlesFor("q=lisbon")).resolves.toEqual([]);
    expect(await answers()).toContain(
      'shoal_catalogue_requests_total{request="entries",outcome="too-large"} 1',
    );
  });

  test("from another site's page is refused, and so is its question whether it may", async () => {
    await start();
    const { bytes } = await (await makeShare()).entry();
    const foreign = { status: 403, body: { error: "foreign" } };
    const type = { "Content-Type": "application/octet-stream" };
    const from = (headers: Record<string, string>) =>
      ask("/entries", { method: "PUT", headers: { ...type, ...headers }, body: bytes });
    expect(await from({ Origin: "https://evil.example" })).toMatchObject(foreign);
    expect(await from({ Origin: "null" })).toMatchObject(foreign);
    expect(await ask("", { headers: { Origin: "https://evil.example" } })).toMatchObject(foreign);
    const preflight = await ask("/entries", { method: "OPTIONS" });
    expect(preflight.status).toBe(405);
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    expect(await from({ Origin: server.url })).toMatchObject({ status: 200 });
  });

  test("is answered busy where it is too much, and others aren't", async () => {
    await start();
    const { burst } = SERVER_LIMITS.perSource.searches;
    const asked = Array.from({ length: burst + 20 }, () =>
      ask("/suggestions?q=a", { from: THERE }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(await ask("?q=a", { from: "198.51.100.8" })).toMatchObject({ status: 200 });
  });
});

describe("the host", () => {
  test("blocks what its list names, as soon as it does", async () => {
    const blocklistFile = path.join(folder, "blocked");
    await writeFile(blocklistFile, `${swarmNumber(1)} # a remark\n`);
    await start({ blocklistFile });
    const { swarm, signed } = await published({});
    await published({ title: "Lisbon in June" });
    await appendFile(blocklistFile, `${swarm}\n`);
    await expect.poll(() => titlesFor("q=lisbon"), { timeout: 10_000 }).toEqual(["Lisbon in June"]);
    expect(await put(signed.bytes)).toMatchObject({ status: 403, body: { error: "blocked" } });
    await rm(blocklistFile);
    await writeFile(blocklistFile, "no swarm at all\n# nothing\n");
    await expect
      .poll(async () => (await titlesFor("q=lisbon")).toSorted(), { timeout: 10_000 })
      .toEqual(["Lisbon in June", "Lisbon in May"]);
  });

  test("gets reports, each person's once, and nothing else comes of them", async () => {
    const reportsFile = path.join(folder, "reports");
    await start({ reportsFile });
    const { swarm } = await published({});
    const said = { swarm, reason: "misleading", words: "No\u202e\ntrams" };
    for (const from of [HERE, HERE, THERE]) {
      expect(await report(said, from)).toMatchObject({ status: 204, body: null });
    }
    const lines = async () => (await readFile(reportsFile, "utf8")).trimEnd().split("\n");
    await expect.poll(async () => (await lines()).length).toBe(2);
    const [first, second] = (await lines()).map((line) => JSON.parse(line) as unknown);
    const told = { swarm, reason: "misleading", title: "Lisbon in May", words: "No trams" };
    expect(first).toMatchObject({ ...told, count: 1 });
    expect(second).toMatchObject({ ...told, count: 2 });
    expect(await readFile(reportsFile, "utf8")).not.toContain(HERE);
    expect(await titlesFor("q=lisbon")).toEqual(["Lisbon in May"]);
    expect(await answers()).toContain('shoal_catalogue_reports_total{reason="misleading"} 2');
  });

  test.each(["", "{", "null", "[]", "{}", '{"swarm":"x","reason":"illegal"}'])(
    "gets no report that is %j",
    async (body) => {
      await start();
      expect(await report(body)).toMatchObject({ status: 400, body: { error: "malformed" } });
    },
  );

  test("sees in the metrics what there is and what was asked", async () => {
    await start();
    const { signed } = await published({});
    await put(signed.bytes.slice(1));
    await ask("?q=lisbon");
    const lines = await answers();
    expect(lines).toContain("shoal_catalogue_entries 1");
    expect(lines).toContain("shoal_catalogue_index_away 0");
    const requests = "shoal_catalogue_requests_total";
    expect(lines).toContain(`${requests}{request="entries",outcome="listed"} 1`);
    expect(lines).toContain(`${requests}{request="entries",outcome="malformed"} 1`);
  });
});

async function answers(): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`);
  return (await response.text()).split("\n");
}
