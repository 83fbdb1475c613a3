/** The program as it is run: bundled, started from another folder, and stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { build } from "vite";
import { swarmNumber } from "./ids.ts";
import { memberOf } from "./peer.ts";
import { startRedis } from "./redis.ts";
import { makeWebRoot } from "./running.ts";
import { makeShare } from "./share.ts";

const PACKAGE = path.resolve(import.meta.dirname, "..");

let built: string;
let webRoot: string;
let running: ChildProcess[] = [];
beforeAll(async () => {
  webRoot = await makeWebRoot();
  // Within the package, so that the packages that stay outside the bundle are found.
  built = await mkdtemp(path.join(PACKAGE, "node_modules", ".test-"));
  const options = { outDir: built, emptyOutDir: true };
  await build({ root: PACKAGE, logLevel: "error", build: options });
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running = [];
});
afterAll(async () => {
  await rm(built, { recursive: true });
  await rm(path.dirname(webRoot), { recursive: true });
});

type Program = {
  readonly child: ChildProcess;
  /** Resolves with the first line of standard output. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
};

function run(environment: Record<string, string>): Program {
  const child = spawn(process.execPath, [path.join(built, "main.js")], {
    cwd: tmpdir(),
    env: { PORT: "0", WEB_ROOT: webRoot, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let stdout = "";
  let stderr = "";
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const [line, ...more] = stdout.split("\n");
      if (line !== undefined && more.length > 0) resolve(line);
    });
    child.once("close", () => reject(new Error(`it ended: ${stderr}`)));
  });
  firstLine.catch(() => {}); // Safe: a test that wants the line awaits it.
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, firstLine, ended };
}

const portIn = (line: string): number => Number(/:(\d+)$/.exec(line)?.[1]);

test("it prints where it is once it answers there", async () => {
  const { firstLine } = run({});
  const line = await firstLine;
  expect(line).toMatch(/^Shoal is at http:\/\/127\.0\.0\.1:\d+$/);
  const health = await fetch(`http://127.0.0.1:${portIn(line)}/health`);
  expect(await health.text()).toBe("ok");
});

test.each([
  ["0.0.0.0", "127.0.0.1"],
  ["localhost", "localhost"],
])("listening on %s, it gives an address that a browser here can open", async (host, shown) => {
  const line = await run({ HOST: host }).firstLine;
  expect(line).toContain(`http://${shown}:`);
  expect((await fetch(line.replace("Shoal is at ", ""))).status).toBe(200);
});

describe.each(["SIGINT", "SIGTERM"] as const)("%s", (signal) => {
  test("stops it, with sockets open, and with exit code 0", async () => {
    const program = run({});
    const { peer } = await memberOf(portIn(await program.firstLine), swarmNumber(1));
    program.child.kill(signal);
    await peer.ended();
    expect((await program.ended).code).toBe(0);
  });
});

describe("the catalogue", () => {
  const SOON = { timeout: 20_000 };

  /** The titles of all entries, and how many sources each has; the status where there are none. */
  const listedAt = async (port: number): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/catalogue`);
    if (!response.ok) return response.status;
    const { entries } = (await response.json()) as {
      entries: { title: string; sources: number }[];
    };
    return entries.map(({ title, sources }) => [title, sources]);
  };
  const publish = async (port: number, body: Uint8Array<ArrayBuffer>) => {
    const headers = { "Content-Type": "application/octet-stream" };
    const address = `http://127.0.0.1:${port}/api/v1/catalogue/entries`;
    expect((await fetch(address, { method: "PUT", headers, body })).status).toBe(200);
  };

  test("is searched on the thread that was built beside the program", async () => {
    const port = portIn(await run({ CATALOGUE: "on" }).firstLine);
    await expect.poll(() => listedAt(port), SOON).toEqual([]);
    await publish(port, (await (await makeShare()).entry()).bytes);
    await expect.poll(() => listedAt(port), SOON).toEqual([["Lisbon in May", 0]]);
  });

  test("outlives each of two processes, whichever is killed", async () => {
    const redis = await startRedis();
    const environment = { CATALOGUE: "on", CATALOGUE_GRACE_S: "20", REDIS_URL: redis.url };
    const start = async () => {
      const program = run(environment);
      const port = portIn(await program.firstLine);
      const ready = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).text();
      await expect.poll(ready, SOON).toMatch(/^ready\n/);
      return { ...program, port };
    };
    const [one, other] = [await start(), await start()];
    const share = await makeShare();
    await publish(one.port, (await share.entry()).bytes);
    const seed = async (port: number) => {
      const { peer } = await memberOf(port, share.swarm);
      await peer.announce(share.swarm, 0, "all");
    };
    const isThere = (port: number) =>
      expect.poll(() => listedAt(port), SOON).toEqual([["Lisbon in May", 1]]);
    await seed(other.port);
    await isThere(one.port);
    one.child.kill("SIGKILL");
    await one.ended;
    await isThere(other.port);
    const third = await start();
    await isThere(third.port);
    // Its peers come back to one that is left.
    other.child.kill("SIGKILL");
    await seed(third.port);
    await isThere(third.port);
    await redis.stop();
  });
});

test("the log is JSON, a line per event, and holds nothing about peers", async () => {
  const program = run({ LOG_LEVEL: "debug" });
  const port = portIn(await program.firstLine);
  const { peer, id, key } = await memberOf(port, swarmNumber(1));
  const socketId = peer.socket.id ?? "";
  peer.socket.emit("announce", "x".repeat(100_000));
  await peer.ended();
  program.child.kill("SIGTERM");
  const { stderr } = await program.ended;
  const lines = stderr.trimEnd().split("\n");
  const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messages).toContain("started");
  expect(messages).toContain("stopped");
  expect(messages).toContainEqual(expect.stringMatching(/^no STUN_URLS and no TURN_URLS: only /));
  const peerKey = Buffer.from(key.publicKey).toString("base64url");
  for (const secret of [id, swarmNumber(1), peerKey, socketId, "127.0.0.1"]) {
    expect(secret).not.toBe("");
    expect(stderr).not.toContain(secret);
  }
});

describe("a wrong start is one clear line and exit code 1", () => {
  test.each([
    [{ PORT: "eighty" }, 'PORT is "eighty": it must be a number from 0 to 65535'],
    [{ HOST: "" }, "HOST is"],
    [{ HOST: "192.0.2.1" }, "Shoal cannot listen: 192.0.2.1 isn't an address of this machine"],
    [{ HOST: "name.invalid" }, "Shoal cannot listen: name.invalid isn't an address"],
    [{ WEB_ROOT: "/nowhere" }, "The web app isn't in"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL is"],
  ])("%j", async (environment: Record<string, string>, line) => {
    const { code, stdout, stderr } = await run(environment).ended;
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(line);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test("a port of the metrics that is taken", async () => {
    const port = portIn(await run({}).firstLine);
    const { code, stderr } = await run({ METRICS_PORT: String(port) }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(
      `Shoal cannot listen: port ${port} of 127.0.0.1 is taken. Choose another one with METRICS_PORT\n`,
    );
  });

  test("a port that is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const { code, stderr } = await run({ PORT: String(port) }).ended;
    expect(stderr).toBe(
      `Shoal cannot listen: port ${port} of 127.0.0.1 is taken. Choose another one with PORT\n`,
    );
    expect(code).toBe(1);
    other.close();
  });
});
