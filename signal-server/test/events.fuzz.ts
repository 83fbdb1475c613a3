/**
 * Generated events, such as no honest peer sends, to a server in a process of its own: it lives, and
 * holds as much afterwards as before. `FUZZ_RUNS` says how many.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { toBase64url } from "@shoal/swarm/bytes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "vite";
import type { WebSocket } from "ws";
import { peerNumber, swarmNumber } from "./ids.ts";
import type { Asked, Told } from "./measured-server.ts";
import { crypto, makeJoin, memberOf } from "./peer.ts";
import { seededRandom } from "./random.ts";
import { ended, nextMessage, openGreeted } from "./raw.ts";
import { makeWebRoot } from "./running.ts";

const EVENTS = Number(process.env["FUZZ_RUNS"] ?? 50_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
/** Beyond 600 at once they are answered `busy`. */
const EVENTS_PER_SOCKET = 700;
const SOCKETS_AT_ONCE = 10;
const PACKAGE = path.resolve(import.meta.dirname, "..");
const S = swarmNumber(1);

let built: string;
let webRoot: string;
let server: ChildProcess;
let port: number;
let metricsPort: number | null;

async function told(): Promise<Told> {
  const [message] = (await once(server, "message")) as [Told];
  return message;
}

beforeAll(async () => {
  webRoot = await makeWebRoot();
  built = await mkdtemp(path.join(PACKAGE, "node_modules", ".fuzz-"));
  const options = { ssr: "test/measured-server.ts", outDir: built, emptyOutDir: true };
  await build({ root: PACKAGE, logLevel: "error", build: options });
  server = fork(path.join(built, "measured-server.js"), {
    execArgv: ["--expose-gc"],
    env: { ...process.env, WEB_ROOT: webRoot },
  });
  const first = await told();
  if (!("port" in first)) throw new Error("it says its port first");
  ({ port, metricsPort } = first);
});
afterAll(async () => {
  server.kill("SIGKILL");
  await rm(built, { recursive: true });
  await rm(path.dirname(webRoot), { recursive: true });
});

async function heldBytes(): Promise<number> {
  const answer = told();
  server.send("measure" satisfies Asked);
  const message = await answer;
  return "heldBytes" in message ? message.heldBytes : NaN;
}

/** Events that the server has answered, by how, since its start. */
async function answered(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const [, outcome = "", count] of text.matchAll(
    /^shoal_events_total\{.*outcome="(.*)"\} (\d+)$/gm,
  )) {
    counts.set(outcome, (counts.get(outcome) ?? 0) + Number(count));
  }
  return counts;
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

const random = seededRandom(SEED);
const below = (count: number): number => Math.floor(random() * count);
const oneOf = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;

const NAMES = [
  "join",
  "announce",
  "leave",
  "signal",
  "__proto__",
  "constructor",
  "toString",
  "error",
  "challenge",
  "",
  "\0",
];
/** Socket.IO's own, which it takes from nobody. */
const RESERVED_NAMES = ["connect", "connect_error", "disconnect", "disconnecting", "newListener"];
const id = toBase64url(new Uint8Array(32));
const GOOD: readonly Record<string, unknown>[] = [
  {
    peerKey: id,
    agreementKey: id,
    agreementSignature: "A".repeat(86),
    swarm: S,
    proof: "A".repeat(86),
  },
  { swarm: S, held: "part", numWant: 50 },
  { swarm: S },
  { swarm: S, to: peerNumber(1), kind: "offer", exchange: "A".repeat(22), body: "AAAA" },
];

/** Any JSON, a little of it large. */
function anything(depth = 0): unknown {
  switch (below(depth > 3 ? 8 : 12)) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return oneOf([0, -1, 1.5, 2 ** 53, 1e308, -0]);
    case 3:
      return "";
    case 4:
      return toBase64url(Uint8Array.from({ length: below(64) }, () => below(256)));
    case 5:
      return oneOf(["\u0000", "\u202e", "🐟", "__proto__", S, id]);
    case 6:
      return random() < 0.01 ? "x".repeat(below(50_000)) : "x".repeat(below(50));
    case 7:
      return random() < 0.01 ? Array.from({ length: 10_000 }, () => 0) : [];
    case 8:
      return Array.from({ length: below(5) }, () => anything(depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: below(5) }, () => [
          oneOf(["swarm", "held", "numWant", "__proto__", "toJSON", "to", "kind", "length", "x"]),
          anything(depth + 1),
        ]),
      );
  }
}

/** What a good message becomes by changing a field. */
function nearlyGood(): unknown {
  const fields = { ...oneOf(GOOD) };
  if (random() < 0.5) fields[oneOf(Object.keys(fields))] = anything();
  if (random() < 0.2) fields["swarm"] = swarmNumber(below(200));
  return fields;
}

/** One frame: mostly an event of Socket.IO's, with or without a number to answer to. */
function frame(): string | Buffer {
  const dice = random();
  // These end the socket, mostly, and what follows is never read.
  if (dice < 0.0005) return `42${JSON.stringify([oneOf(RESERVED_NAMES), anything()])}`;
  if (dice < 0.001) return Buffer.from(Array.from({ length: below(100) }, () => below(256)));
  if (dice < 0.002) return `4${below(10)}${JSON.stringify(anything())}`;
  if (dice < 0.003) return `451-["signal",{"_placeholder":true,"num":${below(3)}}]`;
  const args = Array.from({ length: 1 + below(2) }, () =>
    random() < 0.5 ? nearlyGood() : anything(),
  );
  return `42${random() < 0.5 ? below(1000) : ""}${JSON.stringify([oneOf(NAMES), ...args])}`;
}

/** A socket that is in a swarm, so that good messages do something. */
async function member(): Promise<WebSocket> {
  const { raw, challenge } = await openGreeted(port);
  const key = await crypto.generateSigningKey();
  const join = await makeJoin(S, key, { host: `127.0.0.1:${port}`, challenge });
  const joined = nextMessage(raw, "43");
  raw.send(`421${JSON.stringify(["join", join])}`);
  expect(await joined).toContain('"ok":true');
  return raw;
}

/** Sends until the server has answered so many events, on new sockets as it has enough of one. */
async function send(isEnough: () => Promise<boolean>): Promise<void> {
  while (!(await isEnough())) {
    const raw = await member();
    const end = ended(raw);
    const isHasty = below(10) === 0; // And is answered `busy`.
    for (let sent = 0; sent < EVENTS_PER_SOCKET && raw.readyState === raw.OPEN; sent++) {
      raw.send(frame());
      if (!isHasty && sent % 20 === 19) await new Promise(setImmediate);
    }
    // Asked last, answered last: by then it has read everything.
    const last = Promise.race([nextMessage(raw, "439999"), end]);
    if (raw.readyState === raw.OPEN) raw.send('429999["last"]');
    await last;
    raw.close();
    await end;
  }
}

async function flood(eventCount: number): Promise<void> {
  const before = sum(await answered());
  const isEnough = async () => sum(await answered()) >= before + eventCount;
  await Promise.all(Array.from({ length: SOCKETS_AT_ONCE }, () => send(isEnough)));
}

test(`${EVENTS} events leave the server alive, with as much memory as before; seed ${SEED}`, async ({
  annotate,
}) => {
  // What is compiled and cached at the first time is there for good.
  await flood(10_000);
  const alice = await memberOf(port, S);
  const bob = await memberOf(port, S);
  const before = await heldBytes();
  await flood(EVENTS);
  expect(await alice.peer.signal(S, bob.id)).toEqual({ ok: true });
  expect(await bob.peer.announce(S)).toMatchObject({ ok: true, leechers: 2 });
  await expect.poll(heldBytes, { timeout: 90_000, interval: 500 }).toBeLessThan(before * 1.1);
  const after = await heldBytes();
  const megabytes = [before, after].map((bytes) => (bytes / 1e6).toFixed(1)).join(" -> ");
  const outcomes = [...(await answered())].map(([outcome, count]) => `${count} ${outcome}`);
  await annotate(`${megabytes} MB; ${outcomes.join(", ")}`);
  expect(server.exitCode).toBeNull();
}, 3_600_000);
