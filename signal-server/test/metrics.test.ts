import { afterEach, beforeEach, expect, test } from "vitest";
import { swarmNumber } from "./ids.ts";
import { SERVER_LIMITS } from "../src/limits.ts";
import { memberOf, TestPeer } from "./peer.ts";
import { ended, openGreeted } from "./raw.ts";
import { startTestServer, type TestServer } from "./running.ts";

const S = swarmNumber(1);

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({
    allowedHosts: null,
    metrics: { host: "127.0.0.1", port: 0 },
    trustedProxyHops: 1,
  });
});
afterEach(() => server.stop());

async function metrics(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  return response.text();
}

test("the metrics count sockets, swarms and events", async () => {
  const { peer } = await memberOf(server.port, S, { "X-Forwarded-For": "203.0.113.77" });
  const other = await TestPeer.connect(server.port);
  await other.ask("announce", { nothing: true });
  await other.ask("no such event");
  expect(await peer.announce(S)).toMatchObject({ ok: true });
  const lines = (await metrics()).split("\n");
  expect(lines).toContain("shoal_sockets 2");
  expect(lines).toContain("shoal_sources 2");
  expect(lines).toContain("shoal_swarms 1");
  expect(lines).toContain("shoal_members 1");
  expect(lines).toContain('shoal_events_total{event="join",outcome="ok"} 1');
  expect(lines).toContain('shoal_events_total{event="announce",outcome="ok"} 2');
  expect(lines).toContain('shoal_events_total{event="announce",outcome="malformed"} 1');
  expect(lines).toContain('shoal_events_total{event="other",outcome="malformed"} 1');
  expect(lines).toContain("shoal_announce_seconds_count 3");
});

test("and how connections came about", async () => {
  const { peer } = await memberOf(server.port, S);
  const announce = { swarm: S, held: "nothing", numWant: 0 };
  const dials = { direct: 3, relayed: 2, failed: 1 };
  await peer.ask("announce", { ...announce, dials });
  await peer.ask("announce", announce);
  await peer.ask("announce", { ...announce, dials });
  const lines = (await metrics()).split("\n");
  expect(lines).toContain('shoal_dials_total{end="direct"} 6');
  expect(lines).toContain('shoal_dials_total{end="relayed"} 4');
  expect(lines).toContain('shoal_dials_total{end="failed"} 2');
});

test("and signals by their answers, who was cut and why, and whether Redis is away", async () => {
  const [a, b] = [await memberOf(server.port, S), await memberOf(server.port, S)];
  expect(await a.peer.signal(S, b.id)).toEqual({ ok: true });
  await b.peer.leave(S);
  expect(await a.peer.signal(S, b.id)).toEqual({ ok: false, error: "unreachable" });
  const { raw } = await openGreeted(server.port);
  const end = ended(raw);
  for (let count = 0; count < 2 * SERVER_LIMITS.framesBurst; count++) raw.send("3");
  await end;
  const { raw: oversized } = await openGreeted(server.port);
  const oversizedEnd = ended(oversized);
  oversized.send("x".repeat(SERVER_LIMITS.messageBytes + 1));
  expect(await oversizedEnd).toBe(1009);
  const lines = (await metrics()).split("\n");
  expect(lines).toContain('shoal_cuts_total{reason="broken"} 1');
  expect(lines).toContain('shoal_events_total{event="signal",outcome="ok"} 1');
  expect(lines).toContain('shoal_events_total{event="signal",outcome="unreachable"} 1');
  expect(lines).toContain('shoal_cuts_total{reason="too-many-frames"} 1');
  expect(lines).toContain("shoal_store_cut_off 0");
});

test("they say nothing of who is here", async () => {
  const { id } = await memberOf(server.port, S, { "X-Forwarded-For": "203.0.113.77" });
  const text = await metrics();
  for (const secret of [S, id, "203.0.113"]) expect(text).not.toContain(secret);
});

test("they are on a port of their own, where nothing else is", async () => {
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${server.metricsPort}/`)).status).toBe(404);
  const posted = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`, { method: "POST" });
  expect(posted.status).toBe(404);
});

test("a port that is taken stops the start", async () => {
  const port = server.port;
  const taken = startTestServer({ metrics: { host: "127.0.0.1", port } });
  await expect(taken).rejects.toMatchObject({
    cause: { code: "EADDRINUSE" },
    prefix: "METRICS_",
  });
});
