/** Limits of a source, over real sockets. */
import { afterEach, expect, test, vi } from "vitest";
import { swarmNumber } from "./ids.ts";
import { memberOf, TestPeer } from "./peer.ts";
import { startTestServer, type TestServer } from "./running.ts";
import { SERVER_LIMITS } from "../src/limits.ts";

const { perSource, perProcess, sources } = SERVER_LIMITS;
const FLOW = { burst: 40, perSec: 0.001 };

let server: TestServer;
afterEach(() => server.stop());

const from = (address: string) => TestPeer.connect(server.port, { "X-Forwarded-For": address });

test("one address has so many sockets, and another is let in all the same", async () => {
  const bounds = { perSource: { ...perSource, sockets: 2 }, perProcess, sources };
  server = await startTestServer({ trustedProxyHops: 1 }, bounds);
  const first = await from("203.0.113.7");
  const second = await from("203.0.113.7");
  await expect(from("203.0.113.7")).rejects.toThrow();
  await from("203.0.113.8");
  await from("2001:db8::1");
  await from("2001:db8::2");
  await expect(from("2001:db8::3")).rejects.toThrow();

  first.socket.disconnect();
  await vi.waitFor(async () => expect(await from("203.0.113.7")).toBeInstanceOf(TestPeer));
  expect(second.socket.connected).toBe(true);
});

test("without a proxy nobody can pretend to be somewhere else", async () => {
  const bounds = { perSource: { ...perSource, sockets: 1 }, perProcess, sources };
  server = await startTestServer({}, bounds);
  await from("203.0.113.7");
  await expect(from("203.0.113.8")).rejects.toThrow();
});

test("the process has so many sockets", async () => {
  const bounds = { perSource, perProcess: { ...perProcess, sockets: 2 }, sources };
  server = await startTestServer({ trustedProxyHops: 1 }, bounds);
  await from("203.0.113.1");
  await from("203.0.113.2");
  await expect(from("203.0.113.3")).rejects.toThrow();
});

test("sockets of one address that send too many frames are cut, others aren't", async () => {
  const bounds = { perSource: { ...perSource, frames: FLOW }, perProcess, sources };
  server = await startTestServer({ trustedProxyHops: 1 }, bounds);
  const [one, two] = [await from("203.0.113.7"), await from("203.0.113.7")];
  const honest = await from("203.0.113.8");
  const swarm = swarmNumber(1);
  for (let count = 0; count < FLOW.burst / 2; count++) {
    for (const peer of [one, two]) peer.socket.emit("announce", {});
  }
  await Promise.race([one.ended(), two.ended()]);
  expect(await honest.announce(swarm)).toEqual({ ok: false, error: "unproven" });
});

test("joins of one address are answered busy, those of another aren't", async () => {
  const joins = { burst: 1, perSec: 0.001 };
  const bounds = { perSource: { ...perSource, joins }, perProcess, sources };
  server = await startTestServer({ trustedProxyHops: 1 }, bounds);
  const swarm = swarmNumber(1);
  await memberOf(server.port, swarm, { "X-Forwarded-For": "203.0.113.7" });
  await expect(memberOf(server.port, swarm, { "X-Forwarded-For": "203.0.113.7" })).rejects.toThrow(
    "an honest peer is let in",
  );
  await memberOf(server.port, swarm, { "X-Forwarded-For": "203.0.113.8" });
});
