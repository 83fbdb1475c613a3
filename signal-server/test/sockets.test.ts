import type { SigningKey } from "@shoal/swarm/crypto";
import { type PeerId, peerIdOf, type SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { decodeStopping } from "@shoal/swarm/tracker/messages";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { swarmNumber } from "./ids.ts";
import { crypto, makeJoin, memberOf, TestPeer } from "./peer.ts";
import { startTestServer, type TestServer } from "./running.ts";
import { SERVER_LIMITS } from "../src/limits.ts";

let server: TestServer;
let swarm: SwarmId;
let lastSwarm = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  lastSwarm += 1;
  swarm = swarmNumber(lastSwarm);
});

const member = () => memberOf(server.port, swarm);

test("two peers find each other and exchange signals, each once", async () => {
  const a = await member();
  const b = await member();
  const announced = await b.peer.announce(swarm, 50, "all");
  expect(announced).toMatchObject({ ok: true, seeders: 1, leechers: 1 });
  if (!announced.ok) throw new Error("checked above");
  const keys = announced.peers.map((peer) => peer.peerKey);
  expect(keys).toEqual([(await makeJoin(swarm, a.key, a.peer)).peerKey]);

  expect(await b.peer.signal(swarm, a.id, "b2ZmZXI")).toEqual({ ok: true });
  expect(await a.peer.signal(swarm, b.id, "YW5zd2Vy")).toEqual({ ok: true });
  await vi.waitFor(() => {
    expect(a.peer.signals).toEqual([expect.objectContaining({ from: b.id, body: "b2ZmZXI" })]);
    expect(b.peer.signals).toEqual([expect.objectContaining({ from: a.id, body: "YW5zd2Vy" })]);
  });
});

test("the largest signal fits", async () => {
  const a = await member();
  const b = await member();
  const body = "A".repeat(LIMITS.signalBodyLetters);
  expect(await a.peer.signal(swarm, b.id, body)).toEqual({ ok: true });
  await vi.waitFor(() => expect(b.peer.signals).toEqual([expect.objectContaining({ body })]));
});

test("a peer that has left or gone is found no more, and cannot be reached", async () => {
  const a = await member();
  const b = await member();
  const c = await member();
  expect(await b.peer.leave(swarm)).toEqual({ ok: true });
  c.peer.socket.disconnect();
  await vi.waitFor(async () => {
    expect(await a.peer.announce(swarm)).toMatchObject({ ok: true, peers: [], leechers: 1 });
  });
  expect(await a.peer.signal(swarm, b.id)).toEqual({ ok: false, error: "unreachable" });
  expect(await a.peer.signal(swarm, c.id)).toEqual({ ok: false, error: "unreachable" });
});

test("a swarm that never was looks as one that is empty", async () => {
  const a = await member();
  const b = await member();
  expect(await a.peer.leave(swarm)).toEqual({ ok: true });
  expect(await b.peer.leave(swarm)).toEqual({ ok: true });
  const never = swarmNumber(200);
  for (const one of [swarm, never]) {
    expect(await a.peer.announce(one)).toEqual({ ok: false, error: "unproven" });
    expect(await a.peer.join(one, a.key)).toEqual({ ok: true });
    expect(await a.peer.announce(one)).toMatchObject({ peers: [], seeders: 0, leechers: 1 });
  }
});

describe("signals", () => {
  test("a peer of another swarm is unreachable, and hears nothing", async () => {
    const a = await member();
    const b = await memberOf(server.port, swarmNumber(201));
    expect(await a.peer.signal(swarm, b.id)).toEqual({ ok: false, error: "unreachable" });
    expect(await a.peer.signal(swarmNumber(201), b.id)).toEqual({ ok: false, error: "unproven" });
    await b.peer.announce(swarmNumber(201)); // A signal would have come before this answer.
    expect(b.peer.signals).toEqual([]);
  });

  test("a socket that has proven nothing reaches nobody", async () => {
    const a = await member();
    const stranger = await TestPeer.connect(server.port);
    expect(await stranger.signal(swarm, a.id)).toEqual({ ok: false, error: "unproven" });
    await a.peer.announce(swarm);
    expect(a.peer.signals).toEqual([]);
  });

  test("a signal carries its sender's proven id, whatever the sender claims", async () => {
    const a = await member();
    const b = await member();
    const signal = { swarm, to: b.id, from: b.id, kind: "offer", body: "AAAA", extra: "x" };
    const exchange = "A".repeat(22);
    expect(await a.peer.ask("signal", { ...signal, exchange })).toEqual({ ok: true });
    await vi.waitFor(() => {
      expect(b.peer.signals).toEqual([
        { swarm, from: a.id, kind: "offer", body: "AAAA", exchange },
      ]);
    });
  });
});

describe("who is who", () => {
  const reached = async (sender: TestPeer, receiver: TestPeer, id: PeerId) => {
    const before = receiver.signals.length;
    expect(await sender.signal(swarm, id)).toEqual({ ok: true });
    await vi.waitFor(() => expect(receiver.signals.length).toBe(before + 1));
  };

  test("an id cannot be taken over without its key", async () => {
    const a = await member();
    const b = await member();
    const thief = await TestPeer.connect(server.port);
    const thiefsKey = await crypto.generateSigningKey();
    const honest = await makeJoin(swarm, a.key, thief);
    const own = await makeJoin(swarm, thiefsKey, thief);
    for (const forged of [
      { ...own, peerKey: honest.peerKey },
      { ...honest, proof: own.proof },
      { ...honest, agreementKey: own.agreementKey, agreementSignature: own.agreementSignature },
    ]) {
      expect(await thief.ask("join", forged)).toEqual({ ok: false, error: "unproven" });
    }
    await reached(b.peer, a.peer, a.id);
    expect(thief.signals).toEqual([]);
  });

  test("a proof overheard on one socket is worth nothing on another", async () => {
    const a = await member();
    const overheard = await makeJoin(swarm, a.key, a.peer);
    expect(await a.peer.ask("join", overheard)).toEqual({ ok: true });
    const thief = await TestPeer.connect(server.port);
    expect(await thief.ask("join", overheard)).toEqual({ ok: false, error: "unproven" });
  });

  test("a proof made for another tracker is refused", async () => {
    const peer = await TestPeer.connect(server.port);
    const key = await crypto.generateSigningKey();
    const elsewhere = { host: "tracker.example", challenge: peer.challenge };
    const join = await makeJoin(swarm, key, elsewhere);
    expect(await peer.ask("join", join)).toEqual({ ok: false, error: "unproven" });
  });

  test("the holder of the key takes its place on a newer socket", async () => {
    const b = await member();
    const key: SigningKey = await crypto.generateSigningKey();
    const id = await peerIdOf(key.publicKey, crypto);
    const older = await TestPeer.connect(server.port);
    expect(await older.join(swarm, key)).toEqual({ ok: true });
    await reached(b.peer, older, id);
    const newer = await TestPeer.connect(server.port);
    expect(await newer.join(swarm, key)).toEqual({ ok: true });
    await reached(b.peer, newer, id);
    expect(older.signals).toHaveLength(1);
    expect(await older.announce(swarm)).toEqual({ ok: false, error: "unproven" });
    older.socket.disconnect();
    const others = server.tracker.size.connections;
    await vi.waitFor(() => expect(server.tracker.size.connections).toBe(others));
    await reached(b.peer, newer, id);
  });

  test("a socket cannot be in more swarms than allowed", async () => {
    const peer = await TestPeer.connect(server.port);
    const key = await crypto.generateSigningKey();
    const answers = [];
    for (let number = 0; number <= SERVER_LIMITS.swarmsPerSocket; number++) {
      answers.push(await peer.join(swarmNumber(100 + number), key));
    }
    expect(answers.pop()).toEqual({ ok: false, error: "full" });
    expect(answers.every((answer) => answer.ok)).toBe(true);
    peer.socket.disconnect();
  });
});

describe("who may dial", () => {
  test("a tracker that knows its names refuses a socket that dialled another", async () => {
    // Else a tracker that a link names besides could pass on our challenge, and with the proof that
    // a peer makes for its own name dial here under that name.
    const strict = await startTestServer({ allowedHosts: new Set(["shoal.example"]) });
    await expect(TestPeer.connect(strict.port)).rejects.toThrow("websocket error");
    await expect(TestPeer.connect(strict.port, { Host: "evil.example" })).rejects.toThrow();
    const peer = await TestPeer.connect(strict.port, { Host: "Shoal.Example" });
    expect(await peer.join(swarm, await crypto.generateSigningKey())).toEqual({ ok: true });
    await strict.stop();
  });

  test("a tracker for certain pages refuses the others", async () => {
    const origin = "https://shoal.example";
    const strict = await startTestServer({ allowedOrigins: new Set([origin]) });
    await expect(TestPeer.connect(strict.port)).rejects.toThrow("websocket error");
    const foreign = { Origin: "https://evil.example" };
    await expect(TestPeer.connect(strict.port, foreign)).rejects.toThrow("websocket error");
    await TestPeer.connect(strict.port, { Origin: origin });
    await strict.stop();
  });
});

test("stopping asks every peer to come back, at times of their own", async () => {
  const other = await startTestServer();
  const peers = await Promise.all(Array.from({ length: 20 }, () => TestPeer.connect(other.port)));
  const farewells = peers.map(
    ({ socket }) => new Promise((resolve) => socket.once("stopping", resolve)),
  );
  await other.stop();
  const times = (await Promise.all(farewells)).map((value) => decodeStopping(value)?.afterMs ?? -1);
  for (const afterMs of times) {
    expect(afterMs).toBeGreaterThanOrEqual(0);
    expect(afterMs).toBeLessThan(SERVER_LIMITS.comeBackLeastMs);
  }
  expect(new Set(times).size).toBeGreaterThan(10);
});

test("stopping ends every socket in a way that lets clients come back", async () => {
  const other = await startTestServer();
  const peer = await TestPeer.connect(other.port);
  const reason = new Promise((resolve) => peer.socket.once("disconnect", resolve));
  await other.stop();
  // After "io server disconnect" Socket.IO's client would stay away.
  expect(await reason).toBe("transport close");
});
