import { beforeEach, describe, expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { fromBase64url, toBase64url } from "../bytes.ts";
import { parsePeerId, swarmIdOf } from "../ids.ts";
import { type Identity, makeIdentity } from "../signal/identity.ts";
import { LIMITS } from "../limits.ts";
import { mergeAnnounces, TrackerClient } from "./client.ts";
import type { IceServer } from "./ice.ts";
import { type AnnounceReply, decodeJoin, joinStatement } from "./messages.ts";

const crypto = webCrypto();
const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const challenge = { version: 1, challenge: toBase64url(new Uint8Array(32).fill(2)) };
const later = { version: 1, challenge: toBase64url(new Uint8Array(32).fill(3)) };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Asked = {
  readonly event: string;
  readonly message: unknown;
  readonly answer: (value: unknown) => void;
  readonly fail: () => void;
};

let identity: Identity;
let client: TrackerClient;
let asked: Asked[];
beforeEach(async () => {
  asked = [];
  identity = await makeIdentity(swarm, crypto);
  client = new TrackerClient("shoal.example", identity, {
    request: (event: string, message: unknown) =>
      new Promise((resolve, reject) => {
        asked.push({ event, message, answer: resolve, fail: () => reject(new Error("timeout")) });
      }),
  });
});

/** The request number `index`, once it was made. */
async function request(index: number): Promise<Asked> {
  for (;;) {
    const made = asked[index];
    if (made !== undefined) return made;
    await turn();
  }
}

async function join(): Promise<void> {
  const joined = client.challenged(challenge);
  (await request(asked.length)).answer({ ok: true });
  expect(await joined).toBe(true);
}

describe("joining", () => {
  test("answers the challenge with a proof for this tracker and swarm", async () => {
    const joined = client.challenged(challenge);
    const { event, message, answer } = await request(0);
    expect(event).toBe("join");
    const sent = decodeJoin(message);
    const drawn = fromBase64url(challenge.challenge) ?? new Uint8Array(0);
    const stated = joinStatement("shoal.example", drawn, swarm);
    const proof = fromBase64url(sent?.proof ?? "") ?? new Uint8Array(0);
    expect(await crypto.verify(identity.signing.publicKey, stated, proof)).toBe(true);
    expect(client.isJoined).toBe(false);
    answer({ ok: true });
    expect(await joined).toBe(true);
    expect(client.isJoined).toBe(true);
  });

  test.each([{ ok: false, error: "unproven" }, { ok: "yes" }, null, "?"])(
    "%j is a refusal",
    async (reply) => {
      const joined = client.challenged(challenge);
      (await request(0)).answer(reply);
      expect(await joined).toBe(false);
      expect(client.isJoined).toBe(false);
    },
  );

  test("no answer is a refusal", async () => {
    const joined = client.challenged(challenge);
    (await request(0)).fail();
    expect(await joined).toBe(false);
  });

  test.each([
    null,
    {},
    { version: 2, challenge: challenge.challenge },
    { version: 1, challenge: "AA" },
  ])("%j is no challenge, and nothing is signed for it", async (value) => {
    expect(await client.challenged(value)).toBe(false);
    await turn();
    expect(asked).toEqual([]);
  });

  test("a late answer to an older socket's challenge is dropped", async () => {
    const first = client.challenged(challenge);
    const old = await request(0);
    const second = client.challenged(later);
    const current = await request(1);
    old.answer({ ok: true });
    expect(await first).toBe(false);
    expect(client.isJoined).toBe(false);
    current.answer({ ok: true });
    expect(await second).toBe(true);
    expect(client.isJoined).toBe(true);
  });

  test("an answer that comes when the socket is gone is dropped", async () => {
    const joined = client.challenged(challenge);
    const { answer } = await request(0);
    client.disconnected();
    answer({ ok: true });
    expect(await joined).toBe(false);
    expect(client.isJoined).toBe(false);
  });

  test("a new socket has to join anew", async () => {
    await join();
    client.disconnected();
    expect(client.isJoined).toBe(false);
    await join();
    expect(client.isJoined).toBe(true);
  });
});

describe("announcing", () => {
  test("says what is held and decodes the answer", async () => {
    await join();
    const announced = client.announce("part", 7, null);
    const { event, message, answer } = await request(1);
    expect([event, message]).toEqual(["announce", { swarm, held: "part", numWant: 7 }]);
    answer({ ok: true, peers: [identity.introduction], seeders: 1, leechers: 2, intervalMs: 3 });
    expect(await announced).toMatchObject({ ok: true, seeders: 1, peers: [identity.introduction] });
  });

  test("tells how dials ended, where there were any", async () => {
    await join();
    const dials = { direct: 2, relayed: 1, failed: 0 };
    void client.announce("part", 7, dials);
    expect((await request(1)).message).toEqual({ swarm, held: "part", numWant: 7, dials });
  });

  test("without a socket asks nothing", async () => {
    expect(await client.announce("all", 0, null)).toEqual({ ok: false, error: "unproven" });
    await join();
    client.disconnected();
    expect(await client.announce("all", 0, null)).toEqual({ ok: false, error: "unproven" });
    expect(asked).toHaveLength(1);
  });

  test("after leaving joins again, by the same socket's challenge", async () => {
    await join();
    const left = client.leave();
    (await request(1)).answer({ ok: true });
    await left;
    const announced = client.announce("all", 0, null);
    const { event, answer } = await request(2);
    expect(event).toBe("join");
    answer({ ok: true });
    (await request(3)).answer({ ok: true, peers: [], seeders: 0, leechers: 0, intervalMs: 1 });
    expect(await announced).toMatchObject({ ok: true });
  });

  test.each([{ ok: true }, null, { ok: true, peers: {}, seeders: 0, leechers: 0, intervalMs: 0 }])(
    "the answer %j makes no sense",
    async (reply) => {
      await join();
      const announced = client.announce("all", 0, null);
      (await request(1)).answer(reply);
      expect(await announced).toEqual({ ok: false, error: "malformed" });
    },
  );
});

describe("signals", () => {
  const to = parsePeerId(toBase64url(new Uint8Array(32).fill(9)));
  const carry = (): Promise<boolean> => {
    if (to === null) throw new Error("32 bytes are an id");
    return client.carry({
      swarm,
      to,
      kind: "offer",
      exchange: toBase64url(new Uint8Array(16)),
      body: "AAAA",
    });
  };

  test("are carried once joined, and it is known whether they were", async () => {
    expect(await carry()).toBe(false);
    await join();
    const replies = [{ ok: true }, { ok: false, error: "unreachable" }, null];
    const outcomes: boolean[] = [];
    for (const reply of replies) {
      const carried = carry();
      (await request(asked.length - 1)).answer(reply);
      outcomes.push(await carried);
    }
    expect(outcomes).toEqual([true, false, false]);
    const carried = carry();
    (await request(asked.length - 1)).fail();
    expect(await carried).toBe(false);
  });
});

describe("several trackers", () => {
  const reply = (
    peers: Identity["introduction"][],
    intervalMs: number,
    seeders: number,
  ): AnnounceReply => ({
    ok: true,
    peers,
    seeders,
    leechers: 1,
    intervalMs,
    iceServers: [],
  });

  test("that all refuse have said nothing", () => {
    expect(mergeAnnounces([])).toBeNull();
    expect(mergeAnnounces([{ ok: false, error: "busy" }])).toBeNull();
  });

  test("that answer are taken as one: each peer once, the larger count, the shorter wait", async () => {
    const [one, two] = [await makeIdentity(swarm, crypto), await makeIdentity(swarm, crypto)];
    const merged = mergeAnnounces([
      reply([one.introduction], 60_000, 3),
      { ok: false, error: "busy" },
      reply([{ ...one.introduction }, two.introduction], 120_000, 1),
    ]);
    const peers = [one.introduction, two.introduction];
    expect(merged).toEqual({ peers, swarmPeerCount: 4, intervalMs: 60_000, iceServers: [] });
  });

  test("that name STUN and TURN servers: each once, with the last credentials, within a bound", () => {
    const naming = (...iceServers: readonly IceServer[]): AnnounceReply => ({
      ok: true,
      peers: [],
      seeders: 0,
      leechers: 1,
      intervalMs: 1,
      iceServers,
    });
    const turn = (credential: string) => ({ urls: ["turn:a"], username: "1:a", credential });
    const stun = { urls: ["stun:b"] };
    const merged = mergeAnnounces([naming(turn("old"), stun), naming(turn("new"))]);
    expect(merged?.iceServers).toEqual([turn("new"), stun]);
    const many = ["c", "d", "e", "f", "g"].map((host) => ({ urls: [`stun:${host}`] }));
    const bounded = mergeAnnounces(many.map((one) => naming(one)));
    expect(bounded?.iceServers).toHaveLength(LIMITS.iceServers);
  });

  test("one that spoils a peer's introduction doesn't hide what another has of it", async () => {
    const { introduction } = await makeIdentity(swarm, crypto);
    const spoilt = { ...introduction, agreementSignature: toBase64url(new Uint8Array(64)) };
    for (const replies of [
      [reply([introduction], 1, 1), reply([spoilt], 1, 1)],
      [reply([spoilt], 1, 1), reply([introduction], 1, 1)],
    ]) {
      expect(mergeAnnounces(replies)?.peers).toContainEqual(introduction);
    }
  });
});
