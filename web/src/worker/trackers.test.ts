import { toBase64url } from "@shoal/swarm/bytes";
import { swarmIdOf } from "@shoal/swarm/ids";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import type { AnnounceReply, Introduction, OutgoingSignal } from "@shoal/swarm/tracker/messages";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, describe, expect, test } from "vitest";
import { type Company, Trackers } from "./trackers.ts";

const crypto = webCrypto();
const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const challenge = { version: 1, challenge: toBase64url(new Uint8Array(32).fill(2)) };

/** What a tracker does with an event, by its host. */
type Behaviour = (event: string) => Promise<unknown>;

const never = (): Promise<never> => new Promise(() => undefined);

let behaviours: Record<string, Behaviour>;
let requests: string[];
let told: Company[];
let joined: string[];
let trackers: Trackers;
beforeEach(async () => {
  requests = [];
  told = [];
  joined = [];
  behaviours = { a: async () => ({ ok: true }), b: async () => ({ ok: true }) };
  const identity = await makeIdentity(swarm, crypto);
  trackers = new Trackers(["a", "b"], identity, crypto, {
    request: (host, event) => {
      requests.push(`${host} ${event}`);
      return behaviours[host]?.(event) ?? never();
    },
    connected: () => undefined,
    joined: (host) => joined.push(host),
    answers: () => undefined,
  });
  for (const host of ["a", "b"]) await trackers.challenged(host, challenge);
});

async function somebody() {
  const { peer: id, introduction } = await makeIdentity(swarm, crypto);
  return { id, introduction };
}

const naming = (...peers: readonly Introduction[]): AnnounceReply => ({
  ok: true,
  peers,
  seeders: 0,
  leechers: peers.length + 1,
  intervalMs: 1000,
  iceServers: [],
});

const announce = () => trackers.announce("part", 50, null, (company) => told.push(company));

const signalTo = (to: OutgoingSignal["to"]): OutgoingSignal => ({
  swarm,
  to,
  kind: "offer",
  exchange: "A".repeat(22),
  body: "AAAA",
});

describe("announcing to several", () => {
  test("tells of each answer as it comes, with what the ones before it said", async () => {
    const [one, other] = [await somebody(), await somebody()];
    let answer = (_value: unknown): void => undefined;
    behaviours["a"] = () => new Promise((resolve) => (answer = resolve));
    behaviours["b"] = async () => naming(one.introduction);
    const announced = announce();
    // Without waiting for the first, which hangs.
    await expect.poll(() => told).toMatchObject([{ ids: [one.id], swarmPeerCount: 2 }]);
    answer(naming(one.introduction, other.introduction));
    expect(await announced).toBe(true);
    expect(told[1]).toMatchObject({ ids: [one.id, other.id], swarmPeerCount: 3 });
    expect(told).toHaveLength(2);
  });

  test("fails where none takes it", async () => {
    behaviours["a"] = async () => ({ ok: false, error: "busy" });
    behaviours["b"] = () => Promise.reject(new Error("no acknowledgement"));
    expect(await announce()).toBe(false);
    expect(told).toEqual([]);
  });
});

describe("a signal", () => {
  test("goes first by the tracker that named its receiver", async () => {
    const peer = await somebody();
    behaviours["b"] = async (event) =>
      event === "announce" ? naming(peer.introduction) : { ok: true };
    await announce();
    requests = [];
    expect(await trackers.carry(signalTo(peer.id))).toBe(true);
    expect(requests).toEqual(["b signal"]);
  });

  test("goes by the other where that one knows the receiver no longer", async () => {
    const peer = await somebody();
    behaviours["b"] = async (event) =>
      event === "announce" ? naming(peer.introduction) : { ok: false, error: "unreachable" };
    await announce();
    requests = [];
    expect(await trackers.carry(signalTo(peer.id))).toBe(true);
    expect(requests).toEqual(["b signal", "a signal"]);
  });

  test("goes last by one that left a request without an answer, until it answers again", async () => {
    const peer = await somebody();
    let isSilent = false;
    behaviours["a"] = async (event) => {
      if (isSilent) throw new Error("no acknowledgement");
      return event === "announce" ? naming(peer.introduction) : { ok: true };
    };
    await announce();
    isSilent = true;
    await trackers.carry(signalTo(peer.id)); // Finds out.
    requests = [];
    await trackers.carry(signalTo(peer.id));
    expect(requests).toEqual(["b signal"]);
    isSilent = false;
    await announce();
    requests = [];
    await trackers.carry(signalTo(peer.id));
    expect(requests).toEqual(["a signal"]);
  });
});

describe("trackers that are added", () => {
  test("are announced to once they are there, and named signals go by them", async () => {
    const peer = await somebody();
    behaviours["a"] = behaviours["b"] = async () => ({ ok: false, error: "busy" });
    behaviours["c"] = async (event) =>
      event === "announce" ? naming(peer.introduction) : { ok: true };
    trackers.add(["c"]);
    expect(await announce()).toBe(false);
    await trackers.challenged("c", challenge);
    expect(await announce()).toBe(true);
    expect(told).toMatchObject([{ ids: [peer.id] }]);
    requests = [];
    expect(await trackers.carry(signalTo(peer.id))).toBe(true);
    expect(requests).toEqual(["c signal"]);
  });

  test("are there once, and the others stay as they were", async () => {
    behaviours["c"] = async () => ({ ok: false, error: "busy" });
    trackers.add(["a", "c", "c"]);
    requests = [];
    await announce();
    expect(requests).toEqual(["a announce", "b announce"]);
    await trackers.challenged("c", challenge);
    expect(requests).toEqual(["a announce", "b announce", "c join"]);
  });
});

test("each tracker that takes this peer in is told of, one that refuses isn't", async () => {
  expect(joined).toEqual(["a", "b"]);
  behaviours["a"] = async () => ({ ok: false, error: "unproven" });
  await trackers.challenged("a", challenge);
  await trackers.challenged("b", challenge);
  expect(joined).toEqual(["a", "b", "b"]);
});
