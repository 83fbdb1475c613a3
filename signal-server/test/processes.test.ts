/** Several processes around a Redis that comes, goes, hangs and forgets. */
import { toBase64url } from "@shoal/swarm/bytes";
import { beforeEach, describe, expect, test } from "vitest";
import { openLog } from "../src/log.ts";
import { linkRedis } from "../src/redis.ts";
import { swarmNumber } from "./ids.ts";
import { memberOf, TestPeer } from "./peer.ts";
import { isShared, Processes, readiness, SOON } from "./processes.ts";
import type { TestServer } from "./running.ts";

const S = swarmNumber(1);
let processes: Processes;
beforeEach(async () => {
  processes = await Processes.around();
  return () => processes.close();
});

const isCutOff = (server: TestServer) =>
  expect.poll(() => readiness(server), SOON).toMatch(/^ready, degraded: Redis is away/);

/** How many others a peer is told of. */
async function othersOf(peer: TestPeer): Promise<number> {
  const reply = await peer.announce(S);
  return reply.ok ? reply.peers.length : -1;
}

const sees = (peer: TestPeer, count: number) => expect.poll(() => othersOf(peer), SOON).toBe(count);

describe("peers of different processes", () => {
  test("find each other and reach each other, there and back", async () => {
    const [one, other] = await processes.startTwo();
    const [a, b] = [await memberOf(one.port, S), await memberOf(other.port, S)];
    expect(await b.peer.announce(S, 50, "all")).toMatchObject({
      peers: [{ peerKey: toBase64url(a.key.publicKey) }],
      seeders: 1,
      leechers: 1,
    });
    expect(await a.peer.signal(S, b.id)).toEqual({ ok: true });
    await expect.poll(() => b.peer.signals).toHaveLength(1);
    expect(b.peer.signals[0]).toMatchObject({ from: a.id, kind: "offer" });
    const [{ exchange } = { exchange: "" }] = b.peer.signals;
    const answer = { swarm: S, to: a.id, kind: "answer", exchange, body: "c2VhbGVk" };
    expect(await b.peer.ask("signal", answer)).toEqual({ ok: true });
    await expect.poll(() => a.peer.signals).toMatchObject([{ from: b.id, kind: "answer" }]);
    const unasked = { ...answer, exchange: "Q".repeat(22) };
    expect(await b.peer.ask("signal", unasked)).toEqual({ ok: false, error: "unmatched" });
  });

  test("who has left is gone, and can't be reached, which is told at once", async () => {
    const [one, other] = await processes.startTwo();
    const [a, b] = [await memberOf(one.port, S), await memberOf(other.port, S)];
    await sees(a.peer, 1);
    await b.peer.leave(S);
    await sees(a.peer, 0);
    expect(await a.peer.signal(S, b.id)).toEqual({ ok: false, error: "unreachable" });
  });

  test("a peer that comes back at another process is there, and no longer where it was", async () => {
    const [one, other] = await processes.startTwo();
    const [a, b] = [await memberOf(one.port, S), await memberOf(one.port, S)];
    const again = await TestPeer.connect(other.port);
    expect(await again.join(S, b.key)).toEqual({ ok: true });
    expect(await a.peer.signal(S, b.id)).toEqual({ ok: true });
    await expect.poll(() => again.signals).toHaveLength(1);
    expect(b.peer.signals).toEqual([]);
    expect(await b.peer.announce(S)).toEqual({ ok: false, error: "unproven" });
    b.peer.socket.disconnect();
    expect(await again.announce(S)).toMatchObject({ ok: true });
    await sees(a.peer, 1);
  });
});

describe("without Redis", () => {
  test("a process that starts serves its own peers, says so, and joins the others later", async () => {
    await processes.redis.kill();
    const [one, other] = [await processes.start(), await processes.start()];
    await Promise.all([one, other].map(isCutOff));
    const [a, b] = [await memberOf(one.port, S), await memberOf(one.port, S)];
    const c = await memberOf(other.port, S);
    await sees(b.peer, 1);
    expect(await a.peer.signal(S, b.id)).toEqual({ ok: true });
    expect(await a.peer.signal(S, c.id)).toEqual({ ok: false, error: "unreachable" });
    await processes.redis.start();
    await Promise.all([one, other].map(isShared));
    await sees(a.peer, 2);
    expect(await a.peer.signal(S, c.id)).toEqual({ ok: true });
  });

  test.each(["killed", "hanging"])(
    "%s while peers are there, it harms none of them",
    async (how) => {
      const [one, other] = await processes.startTwo();
      const [a, b] = [await memberOf(one.port, S), await memberOf(one.port, S)];
      const c = await memberOf(other.port, S);
      await sees(a.peer, 2);
      if (how === "killed") await processes.redis.kill();
      else processes.redis.freeze();
      await sees(a.peer, 1);
      expect(await a.peer.signal(S, b.id)).toEqual({ ok: true });
      await isCutOff(one);
      // Who leaves meanwhile isn't there when it is back, and who comes is.
      b.peer.socket.disconnect();
      await memberOf(one.port, S);
      if (how === "killed") await processes.redis.start();
      else processes.redis.thaw();
      await Promise.all([one, other].map(isShared));
      await sees(c.peer, 2);
      await sees(a.peer, 2);
      expect(await c.peer.signal(S, a.id)).toEqual({ ok: true });
    },
  );

  test("one that forgets everything is told again", async () => {
    const [one, other] = await processes.startTwo();
    const [a, c] = [await memberOf(one.port, S), await memberOf(other.port, S)];
    await sees(a.peer, 1);
    const link = linkRedis(processes.redis.url, openLog("silent"));
    await new Promise<void>((resolve) => link.onReady(resolve));
    await link.command(["FLUSHALL"]);
    await link.command(["SCRIPT", "FLUSH"]);
    link.close();
    await sees(a.peer, 1);
    await sees(c.peer, 1);
  });

  test("one that forgets its scripts alone is told them again, and nobody is lost", async () => {
    const [one, other] = await processes.startTwo();
    const [a, c] = [await memberOf(one.port, S), await memberOf(other.port, S)];
    await sees(a.peer, 1);
    const link = linkRedis(processes.redis.url, openLog("silent"));
    await new Promise<void>((resolve) => link.onReady(resolve));
    await link.command(["SCRIPT", "FLUSH"]);
    link.close();
    await sees(a.peer, 1);
    await sees(c.peer, 1);
    await c.peer.leave(S);
    await sees(a.peer, 0);
  });
});

test("a process that stops takes its peers with it at once", async () => {
  const [one, other] = await processes.startTwo();
  const a = await memberOf(one.port, S);
  await memberOf(other.port, S);
  await sees(a.peer, 1);
  await processes.stop(other);
  expect(await othersOf(a.peer)).toBe(0);
});
