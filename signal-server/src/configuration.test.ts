import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, readConfiguration } from "./configuration.ts";

let webRoot: string;
let blocklist: string;
beforeAll(async () => {
  webRoot = await mkdtemp(path.join(tmpdir(), "shoal-web-"));
  blocklist = path.join(webRoot, "blocked");
  await writeFile(blocklist, "# none yet\n");
  await writeFile(path.join(webRoot, "wrong"), "not a swarm\n");
  await writeFile(path.join(webRoot, "index.html"), "");
});
afterAll(() => rm(webRoot, { recursive: true }));

const read = (environment: Record<string, string>) => readConfiguration(environment, webRoot);

function complaintsAbout(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
  return [];
}

test("an empty environment gives the documented defaults", () => {
  expect(read({})).toEqual({
    host: "127.0.0.1",
    port: 3000,
    webRoot,
    allowedOrigins: null,
    allowedHosts: null,
    otherTrackers: [],
    trustedProxyHops: 0,
    metrics: null,
    redisUrl: null,
    ice: { stunUrls: [], turn: null },
    catalogue: null,
    logLevel: "info",
  });
});

test("every variable is taken", () => {
  const configuration = read({
    HOST: "::",
    PORT: "0",
    WEB_ROOT: webRoot,
    ALLOWED_ORIGINS: "https://shoal.example, http://localhost:5173",
    ALLOWED_HOSTS: "Shoal.example,[::1]:3000",
    TRACKERS: "b.shoal.example, c.shoal.example:8443",
    TRUST_PROXY: "2",
    METRICS_HOST: "0.0.0.0",
    METRICS_PORT: "9100",
    REDIS_URL: "rediss://user:word@redis.example:6380/1",
    STUN_URLS: "stun:shoal.example:3478",
    TURN_URLS: "turn:shoal.example, turns:shoal.example:443?transport=tcp",
    TURN_SECRET: "sixteen letters.",
    CATALOGUE: "on",
    CATALOGUE_GRACE_S: "60",
    CATALOGUE_ENTRIES_PER_ADDRESS: "7",
    CATALOGUE_BLOCKLIST: blocklist,
    CATALOGUE_REPORTS: path.join(webRoot, "reports"),
    LOG_LEVEL: "silent",
  });
  expect(configuration).toEqual({
    host: "::",
    port: 0,
    webRoot,
    allowedOrigins: new Set(["https://shoal.example", "http://localhost:5173"]),
    allowedHosts: new Set(["shoal.example", "[::1]:3000"]),
    otherTrackers: ["b.shoal.example", "c.shoal.example:8443"],
    trustedProxyHops: 2,
    metrics: { host: "0.0.0.0", port: 9100 },
    redisUrl: "rediss://user:word@redis.example:6380/1",
    ice: {
      stunUrls: ["stun:shoal.example:3478"],
      turn: {
        urls: ["turn:shoal.example", "turns:shoal.example:443?transport=tcp"],
        secret: "sixteen letters.",
      },
    },
    catalogue: {
      graceMs: 60_000,
      entriesPerAddress: 7,
      blocklistFile: blocklist,
      reportsFile: path.join(webRoot, "reports"),
    },
    logLevel: "silent",
  });
});

describe("a wrong value is one line that names the variable", () => {
  test.each([
    ["HOST", ""],
    ["HOST", "http://here"],
    ["HOST", "a b"],
    ["PORT", ""],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "3000.5"],
    ["PORT", "0x10"],
    ["PORT", "80\n90"],
    ["WEB_ROOT", ""],
    ["ALLOWED_ORIGINS", ""],
    ["ALLOWED_ORIGINS", "shoal.example"],
    ["ALLOWED_ORIGINS", "https://shoal.example/"],
    ["ALLOWED_ORIGINS", "https://shoal.example,*"],
    ["ALLOWED_HOSTS", ""],
    ["ALLOWED_HOSTS", "https://shoal.example"],
    ["ALLOWED_HOSTS", "shoal.example:443"],
    ["ALLOWED_HOSTS", "shoal.example/path"],
    ["METRICS_HOST", ""],
    ["METRICS_PORT", "on"],
    ["TRACKERS", ""],
    ["TRACKERS", "https://shoal.example"],
    ["TRACKERS", 'shoal.example"><script'],
    ["TRACKERS", "a,b,c,d"],
    ["TRUST_PROXY", ""],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "10"],
    ["LOG_LEVEL", "loud"],
    ["STUN_URLS", ""],
    ["STUN_URLS", "shoal.example"],
    ["STUN_URLS", "turn:shoal.example"],
    ["STUN_URLS", "stun:a,stun:b,stun:c,stun:d,stun:e"],
    ["TURN_URLS", "stun:shoal.example"],
    ["CATALOGUE", ""],
    ["CATALOGUE", "yes"],
    ["CATALOGUE_GRACE_S", "0"],
    ["CATALOGUE_GRACE_S", "86401"],
    ["CATALOGUE_GRACE_S", "1.5"],
    ["CATALOGUE_ENTRIES_PER_ADDRESS", "-1"],
    ["CATALOGUE_BLOCKLIST", ""],
    ["CATALOGUE_BLOCKLIST", "/nowhere/at/all"],
    ["CATALOGUE_REPORTS", ""],
    ["CATALOGUE_REPORTS", "/nowhere/at/all"],
    ["CATALOGUE_REPORTS", tmpdir()],
  ])("%s=%j", (name, value) => {
    const lines = complaintsAbout({ [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} is ".*": .+$`));
  });
});

test("the catalogue is off unless it is on, with what it needs set by itself", () => {
  const limits = { CATALOGUE_GRACE_S: "60" };
  expect(read({ ...limits, CATALOGUE: "off" }).catalogue).toBeNull();
  expect(read(limits).catalogue).toBeNull();
  expect(read({ CATALOGUE: "on" }).catalogue).toEqual({
    graceMs: 300_000,
    entriesPerAddress: 100,
    blocklistFile: null,
    reportsFile: null,
  });
});

test("a blocklist with a line that names no swarm is refused", () => {
  const file = path.join(webRoot, "wrong");
  expect(complaintsAbout({ CATALOGUE_BLOCKLIST: file })).toEqual([
    `CATALOGUE_BLOCKLIST is ${JSON.stringify(file)}: it must be a file of swarm ids, one a line, with # before remarks`,
  ]);
});

test.each([
  "redis.example",
  "http://127.0.0.1:6379",
  "redis://",
  "redis://secret@",
  "redis://127.0.0.1/swarms",
  "redis://127.0.0.1?db=1",
])("REDIS_URL=%j is refused without being printed: it may hold a password", (url) => {
  expect(complaintsAbout({ REDIS_URL: url })).toEqual([
    "REDIS_URL is not usable: it must be as redis://127.0.0.1:6379, with rediss:// for TLS",
  ]);
});

test("a TURN server needs its secret, which has some length and isn't printed", () => {
  expect(complaintsAbout({ TURN_URLS: "turn:a", TURN_SECRET: "short" })).toEqual([
    "TURN_SECRET is not usable: it must have at least 16 letters, and be coturn's static-auth-secret",
  ]);
  const both = ["TURN_URLS and TURN_SECRET need each other: one of them isn't set"];
  expect(complaintsAbout({ TURN_URLS: "turn:a" })).toEqual(both);
  expect(complaintsAbout({ TURN_SECRET: "sixteen letters." })).toEqual(both);
});

test("several wrong values are all named at once", () => {
  expect(complaintsAbout({ PORT: "x", LOG_LEVEL: "x" })).toHaveLength(2);
});

test("a folder without the web app is refused", () => {
  expect(complaintsAbout({ WEB_ROOT: path.dirname(webRoot) })).toEqual([
    expect.stringContaining("The web app isn't in"),
  ]);
});
