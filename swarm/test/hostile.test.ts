/** Peers that cheat: nothing wrong is stored, they are let go of, the others go on. */
import { expect, test } from "vitest";
import type { Bytes } from "../src/bytes.ts";
import { LIMITS } from "../src/limits.ts";
import { DATA_HEAD_BYTES, decodeFrame, encodeFrame, type Message } from "../src/wire/frame.ts";
import { spoilt } from "../simulator/hostile.ts";
import { content, type Member, Share, type Tamper, World } from "./harness.ts";

const KIB = 1024;

type Scene = { world: World; share: Share; sharer: Member; leecher: Member };

async function scene(bytes = 300 * KIB): Promise<Scene> {
  const world = new World();
  const share = await Share.of(world, content(bytes));
  return { world, share, sharer: await share.sharer(), leecher: await share.leecher() };
}

/** Changes messages of one type; others pass. */
function changing(type: Message["type"], change: (frame: Bytes) => Bytes | null): Tamper {
  return (frame) => {
    const decoded = decodeFrame(frame);
    const isOne = decoded.kind === "message" && decoded.message.type === type;
    return isOne ? change(frame) : frame;
  };
}

test("bytes that don't match their hash are never stored, and their sender is let go of", async () => {
  const { world, share, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing("data", spoilt) });
  leecher.driver.handle({ type: "download" });
  await world.until("the cheat is gone", () => leecher.state.peers.length === 0);
  expect(leecher.state.verifiedBytes).toBe(0);
  expect(leecher.files.files.every((file) => file.every((byte) => byte === 0))).toBe(true);

  const honest = await share.sharer();
  world.connect(leecher, honest);
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("a forged hash page is refused before any content is asked for, and its sender banned", async () => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing("page", spoilt) });
  leecher.driver.handle({ type: "download" });
  await world.until("they met", () => leecher.state.peers.length === 1);
  await world.until("the forger is gone", () => leecher.state.peers.length === 0);
  expect(leecher.state).toMatchObject({ hashedBytes: 0, receivedBytes: 0 });
  expect(await isBanned(world, leecher, sharer)).toBe(true);
});

test("a cheat among honest peers spoils nothing and costs it its connection", async () => {
  const { world, share, sharer, leecher } = await scene(4 * 1024 * KIB);
  const cheat = await share.leecher();
  world.connect(cheat, sharer);
  cheat.driver.handle({ type: "download" });
  await world.until("the cheat holds all", () => cheat.state.isComplete);
  world.connect(leecher, sharer);
  world.connect(leecher, cheat, { toA: changing("data", spoilt) });
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
  expect(leecher.state.peers.map((peer) => peer.peer)).toEqual([sharer.identity.peer]);
});

test.each<[string, Message["type"], boolean]>([
  ["manifest", "manifest-part", false],
  ["hash page", "page", true],
  ["end of the share", "end", true],
])("a forged %s is refused and its sender is let go of", async (_name, type, isManifestKnown) => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing(type, spoilt) });
  leecher.driver.handle({ type: "download" });
  if (type === "end") {
    await world.until("the files are known", () => leecher.state.manifest !== null);
    sharer.driver.handle({ type: "end-share", reason: "stopped" });
  }
  await world.until("the forger is gone", () => leecher.wires.size === 0);
  expect(leecher.state.status).toEqual({ kind: "running" });
  expect(leecher.state.manifest !== null).toBe(isManifestKnown);
});

test.each<[string, (frame: Bytes) => Bytes]>([
  ["truncated", (frame) => frame.slice(0, -1)],
  ["empty", () => new Uint8Array()],
  ["oversized", () => new Uint8Array(LIMITS.frameBytes + 1).fill(0x43)],
])("a frame that is %s ends its connection and no other", async (_name, change) => {
  const { world, share, sharer, leecher } = await scene();
  const other = await share.sharer();
  world.connect(leecher, sharer, { toA: changing("have-all", change) });
  world.connect(leecher, other);
  await world.until("one is gone", () => leecher.wires.size === 1);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("a frame of an unknown type is skipped", async () => {
  const { world, share, sharer, leecher } = await scene();
  let added = 0;
  world.connect(leecher, sharer, {
    toA: changing("page", (frame) => {
      added++;
      leecher.driver.handle({
        type: "frame",
        connection: [...leecher.wires.keys()][0] ?? 0,
        frame: new Uint8Array([0xee, 1, 2, 3]),
      });
      return frame;
    }),
  });
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(added).toBeGreaterThan(0);
  expect(share.isWhole(leecher)).toBe(true);
});

test.each<[string, Message]>([
  ["data that nobody asked for", { type: "data", piece: 0, offset: 0, payload: content(10) }],
  ["a have before it said what it holds twice", { type: "have-all" }],
  ["a request past the end", { type: "request", block: { piece: 9999, offset: 0, length: 1 } }],
  ["a block that is none", { type: "request", block: { piece: 0, offset: 1, length: 100 } }],
  ["a page nobody asked for", page()],
  ["a second greeting", { type: "hello", peerKey: content(32), nonce: content(32) }],
])("%s ends the connection", async (_name, message) => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer);
  await world.until("acquainted", () => leecher.state.manifest !== null);
  const [connection] = leecher.wires.keys();
  leecher.driver.handle({
    type: "frame",
    connection: connection ?? 0,
    frame: encodeFrame(message),
  });
  await world.until("gone", () => leecher.wires.size === 0);
  expect(leecher.state.status).toEqual({ kind: "running" });
});

function page(): Message {
  return { type: "page", page: 0, signature: content(64), hashes: content(32) };
}

test("nothing but the greeting is heard before a proof", async () => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer, {
    toB: changing("proof", () => encodeFrame({ type: "manifest-request", offset: 0 })),
  });
  await world.until("gone", () => leecher.wires.size === 0);
  expect(leecher.state.manifest).toBeNull();
});

test("a proof that is reflected fails", async () => {
  const { world, sharer, leecher } = await scene();
  // Whatever the leecher sends comes back to it, as if the other end had said it.
  world.connect(leecher, sharer, {
    toB: (frame) => {
      world.soon(() => {
        const [connection] = leecher.wires.keys();
        if (connection !== undefined) leecher.driver.handle({ type: "frame", connection, frame });
      });
      return null;
    },
  });
  await world.until("gone", () => leecher.wires.size === 0);
  expect(leecher.state.peers).toEqual([]);
});

test("someone between two peers, with fingerprints of its own, is found out by both", async () => {
  const { world, sharer, leecher } = await scene();
  // Frames pass unchanged, but each end sees the certificate of the one in the middle.
  const [a, b] = [77, 78];
  leecher.wires.set(a, { to: sharer, connection: b, tamper: (frame) => frame });
  sharer.wires.set(b, { to: leecher, connection: a, tamper: (frame) => frame });
  const { peer: leecherId } = leecher.identity;
  const { peer: sharerId } = sharer.identity;
  leecher.driver.connected(a, sharerId, "initiator", "sha-256 LEECHER", "sha-256 MIDDLE");
  sharer.driver.connected(b, leecherId, "responder", "sha-256 SHARER", "sha-256 MIDDLE");
  await world.until("gone", () => leecher.wires.size === 0 && sharer.wires.size === 0);
  expect(leecher.state.manifest).toBeNull();
});

test("an outsider, who doesn't know the link, is refused", async () => {
  const { world, share, sharer } = await scene();
  const otherShare = await Share.of(world, content(10));
  const outsider = await otherShare.leecher();
  world.connect(outsider, sharer);
  await world.until("gone", () => sharer.wires.size === 0);
  expect(sharer.state.sentBytes).toBe(0);
  expect(outsider.state.manifest).toBeNull();
  expect(share.manifest.files).toHaveLength(1);
});

test("who knows the link, but not its password, is refused", async () => {
  const { world, share } = await scene();
  const right = await share.withPassword(new Uint8Array(32).fill(1));
  const wrong = await share.withPassword(new Uint8Array(32).fill(2));
  for (const other of [wrong, share]) {
    const [sharer, outsider] = [await right.sharer(), await other.leecher()];
    world.connect(outsider, sharer);
    await world.until("gone", () => sharer.wires.size === 0);
    expect(sharer.state.sentBytes).toBe(0);
    expect(outsider.state.manifest).toBeNull();
  }
  const [sharer, member] = [await right.sharer(), await right.leecher()];
  world.connect(member, sharer);
  member.driver.handle({ type: "download" });
  await world.until("complete", () => member.state.isComplete);
  expect(share.isWhole(member)).toBe(true);
});

test("a peer that never answers is let go of, and another one serves", async () => {
  const { world, share, sharer, leecher } = await scene();
  const silent = await share.sharer();
  world.connect(leecher, silent, { toA: changing("data", () => null) });
  leecher.driver.handle({ type: "download" });
  await world.until("it was asked", () => silent.state.sentBytes > 0);
  world.connect(leecher, sharer);
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("a manifest that comes too slowly is asked of another peer", async () => {
  const { world, share, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing("manifest-part", () => null) });
  await world.until("asked in vain", () => leecher.state.peers.length === 1);
  await world.rest(1000);
  world.connect(leecher, await share.sharer());
  await world.until("the files are known", () => leecher.state.manifest !== null);
  expect(world.nowMs).toBeLessThanOrEqual(20_000);
});

test("HAVEs without end, before the manifest is known, end the connection", async () => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing("manifest-part", () => null) });
  await world.until("it said what it holds", () => leecher.state.isMissingHeld);
  const [connection = 0] = leecher.wires.keys();
  const pieces = Array.from({ length: LIMITS.haveCount }, (_, index) => index);
  const frame = encodeFrame({ type: "have", pieces });
  for (let sent = 0; sent < LIMITS.earlyHaveCount; sent += LIMITS.haveCount) {
    leecher.driver.handle({ type: "frame", connection, frame });
  }
  expect(leecher.wires.size).toBe(1);
  leecher.driver.handle({ type: "frame", connection, frame });
  expect(leecher.wires.size).toBe(0);
});

test("a connection that says nothing ends by itself", async () => {
  const { world, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: () => null, toB: () => null });
  await world.until("gone", () => leecher.wires.size === 0);
  expect(world.nowMs).toBeLessThanOrEqual(15_000);
});

test("a flood of requests is bounded, and answered", async () => {
  const { world, share, sharer } = await scene();
  const greedy = await share.leecher();
  world.connect(greedy, sharer);
  await world.until("acquainted", () => greedy.state.manifest !== null);
  const [connection] = sharer.wires.keys();
  const frame = encodeFrame({ type: "request", block: { piece: 0, offset: 0, length: 64 * KIB } });
  for (let i = 0; i < 10_000; i++) {
    sharer.driver.handle({ type: "frame", connection: connection ?? 0, frame });
  }
  await world.rest(1000);
  // It isn't interested, so it is choked: every request ends in a reject, nothing is queued.
  expect(sharer.sentTo.get(greedy.identity.peer) ?? 0).toBe(0);
});

/** Sharers that have hashed everything, so that they reject nothing for want of a hash. */
async function sharers(world: World, ...shares: Share[]): Promise<Member[]> {
  const members = await Promise.all(shares.map((share) => share.sharer()));
  for (const member of members) member.driver.handle({ type: "wake" });
  await world.until("hashed", () =>
    members.every(({ state }) => state.hashedBytes === state.manifest?.layout.totalBytes),
  );
  return members;
}

/** Connects two once more: one that was banned isn't heard. */
async function isBanned(world: World, by: Member, whom: Member): Promise<boolean> {
  world.connect(by, whom);
  await world.rest(1_000);
  return !by.state.peers.some((peer) => peer.peer === whom.identity.peer);
}

test("a cheat that spoils blocks only in company is found out, and its helpers stay", async () => {
  const world = new World();
  const share = await Share.inPieces(world, 8 * LIMITS.blockBytes, content(4 * 1024 * KIB));
  const [cheat, ...helpers] = await sharers(world, share, share, share);
  if (cheat === undefined) throw new Error("there are three");
  const leecher = await share.leecher();
  // Who knows of another full copy suggests nothing, so that the first pieces are shared.
  for (const helper of helpers) world.connect(cheat, helper);
  await world.until("they know each other", () => cheat.state.peers.length === 2);
  const inCompany = new Set<number>();
  let spoiltCount = 0;
  for (const helper of helpers) {
    world.connect(leecher, helper, {
      toB: (frame) => {
        const decoded = decodeFrame(frame);
        const isRequest = decoded.kind === "message" && decoded.message.type === "request";
        if (isRequest) inCompany.add(pieceOf(frame));
        return frame;
      },
    });
  }
  world.connect(leecher, cheat, {
    toA: changing("data", (frame) => {
      if (!inCompany.has(pieceOf(frame))) return frame;
      spoiltCount++;
      return spoilt(frame);
    }),
  });
  await world.until("acquainted", () => leecher.state.hashedBytes > 0);
  await world.until("all are met", () => leecher.state.peers.length === 3);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
  expect(spoiltCount).toBeGreaterThan(0);
  await world.until("found out", () => leecher.state.peers.length === 2, 1_000);
  const stayed = new Set(leecher.state.peers.map((peer) => peer.peer));
  expect(stayed).toEqual(new Set(helpers.map((helper) => helper.identity.peer)));
  expect(await isBanned(world, leecher, cheat)).toBe(true);
});

/** Of DATA, REQUEST, REJECT and CANCEL. */
function pieceOf(frame: Bytes): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(1, true);
}

test("who sent a bad piece and doesn't show the page that it goes by is banned after 10 s", async () => {
  const { world, sharer, leecher } = await scene();
  let pageCount = 0;
  world.connect(leecher, sharer, {
    toA: (frame) => {
      if (frame[0] === 0x43) return spoilt(frame);
      return frame[0] === 0x13 && ++pageCount > 1 ? null : frame;
    },
  });
  leecher.driver.handle({ type: "download" });
  await world.until("on trial", () => pageCount === 2);
  expect(leecher.state.peers).toHaveLength(1);
  await world.rest(9_900);
  expect(leecher.state.peers).toHaveLength(1);
  await world.rest(200);
  expect(leecher.state.peers).toEqual([]);
  expect(await isBanned(world, leecher, sharer)).toBe(true);
});

/** Refuses every block, as if it didn't have the piece. */
const refusing: Tamper = changing("data", (frame) => {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const [piece, offset] = [view.getUint32(1, true), view.getUint32(5, true)];
  const length = frame.length - DATA_HEAD_BYTES;
  return encodeFrame({ type: "reject", block: { piece, offset, length } });
});

test("a peer that refuses more of what it said it has than the bound is let go of", async () => {
  const { world, share, sharer, leecher } = await scene(66 * 64 * KIB);
  world.connect(leecher, await share.sharer(), { toA: refusing });
  leecher.driver.handle({ type: "download" });
  await world.until("gone", () => leecher.wires.size === 0, 10_000);
  expect(leecher.state.verifiedBytes).toBe(0);
  world.connect(leecher, sharer);
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("a peer that refuses less than the bound stays, and isn't asked for the same again", async () => {
  const { world, share, leecher } = await scene(60 * 64 * KIB);
  const [liar, sharer] = await sharers(world, share, share);
  if (liar === undefined || sharer === undefined) throw new Error("there are two");
  world.connect(leecher, liar, { toA: refusing });
  leecher.driver.handle({ type: "download" });
  await world.until("refused all", () => liar.sentTo.get(leecher.identity.peer) === 60);
  await world.rest(30_000);
  expect(liar.sentTo.get(leecher.identity.peer)).toBe(60);
  world.connect(leecher, sharer);
  await world.until("complete", () => leecher.state.isComplete);
  expect(leecher.state.peers).toHaveLength(2);
});

const contradiction = { kind: "failed", code: "contradiction" };

/** Two sharers with one key that share different bytes as the same file. */
async function twins(): Promise<{ world: World; share: Share; one: Member; other: Member }> {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB, 1));
  const twin = share.twin(content(2 * 1024 * KIB, 2));
  const [one, other] = await sharers(world, share, twin);
  if (one === undefined || other === undefined) throw new Error("there are two");
  return { world, share, one, other };
}

test("a sharer that signs two things for one slot is found out by who meets both", async () => {
  const { world, share, one, other } = await twins();
  const leecher = await share.leecher();
  world.connect(leecher, one);
  world.connect(leecher, other);
  await world.until("both are met", () => leecher.state.peers.length === 2);
  leecher.driver.handle({ type: "download" });
  await world.until("found out", () => leecher.state.status.kind === "failed");
  expect(leecher.state.status).toEqual(contradiction);
});

test("leechers of a sharer that signed two things find it out among themselves, and stop", async () => {
  const { world, share, one, other } = await twins();
  const [first, second] = [await share.leecher(), await share.leecher()];
  world.connect(first, one);
  first.driver.handle({ type: "download" });
  await world.until("the first is complete", () => first.state.isComplete);
  world.connect(second, other);
  await world.until("the second knows a page", () => second.state.hashedBytes > 0);
  for (const sharer of [one, other]) sharer.vanish();
  world.connect(first, second);
  second.driver.handle({ type: "download" });
  const leechers = [first, second];
  await world.until("both stopped", () =>
    leechers.every((leecher) => leecher.state.status.kind === "failed"),
  );
  const statuses = leechers.map((leecher) => leecher.state.status);
  expect(statuses).toEqual([contradiction, contradiction]);
});

test("a proof that the sharer signed two things is passed on, also to who comes later", async () => {
  const { world, share, one, other } = await twins();
  const [finder, neighbour] = [await share.leecher(), await share.leecher()];
  world.connect(finder, neighbour);
  world.connect(finder, one);
  world.connect(finder, other);
  await world.until("all are met", () => finder.state.peers.length === 3);
  finder.driver.handle({ type: "download" });
  await world.until("the neighbour knows", () => neighbour.state.status.kind === "failed");
  expect(neighbour.state.status).toEqual(contradiction);
  for (const sharer of [one, other]) sharer.vanish();
  finder.vanish();
  const late = await share.leecher();
  world.connect(late, neighbour);
  await world.until("told", () => late.state.status.kind === "failed");
  expect(late.state.status).toEqual(contradiction);
});

test("a share that contradicts itself can't be downloaded on", async () => {
  const { world, share, one, other } = await twins();
  const leecher = await share.leecher();
  world.connect(leecher, one);
  world.connect(leecher, other);
  await world.until("both are met", () => leecher.state.peers.length === 2);
  leecher.driver.handle({ type: "download" });
  await world.until("found out", () => leecher.state.status.kind === "failed");
  await world.rest(1_000); // What was on its way still comes.
  const { receivedBytes } = leecher.state;
  leecher.driver.handle({ type: "download" });
  await world.rest(30_000);
  expect(leecher.state.status).toEqual(contradiction);
  expect(leecher.state.receivedBytes).toBe(receivedBytes);
});

test.each([
  "with two forged pages",
  "with a forged page beside a signed one",
  "with one page twice",
])("a proof of contradiction %s gets its sender banned, and stops nothing", async (what) => {
  const { world, share, sharer, leecher } = await scene();
  let signed: Bytes = new Uint8Array();
  const seen = changing("page", (frame) => (signed = frame));
  world.connect(leecher, sharer, { toA: seen });
  const liar = await share.leecher();
  world.connect(leecher, liar);
  await world.until("both are met", () => leecher.state.peers.length === 2);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  const decoded = decodeFrame(signed);
  if (decoded.kind !== "message" || decoded.message.type !== "page") throw new Error("a page");
  const { page, signature, hashes } = decoded.message;
  const forged = { signature: content(64, 3), hashes: content(hashes.length, 4) };
  const mine = what === "with two forged pages" ? { ...forged, hashes } : { signature, hashes };
  const second = what === "with one page twice" ? mine : forged;
  const message = { type: "contradiction", page, first: mine, second } as const;
  const [, connection = 0] = leecher.wires.keys();
  leecher.driver.handle({ type: "frame", connection, frame: encodeFrame(message) });
  await world.until("the liar is gone", () => leecher.state.peers.length === 1);
  expect(leecher.state.status).toEqual({ kind: "running" });
  expect(leecher.state.peers[0]?.peer).toBe(sharer.identity.peer);
  expect(await isBanned(world, leecher, liar)).toBe(true);
});

test.each<[string, (frame: Bytes) => Bytes]>([
  ["longer than it may be", () => new Uint8Array(3 + LIMITS.personNameBytes).fill(0x04)],
  ["no UTF-8", (frame) => frame.with(frame.length - 1, 0xff)],
])("a name that is %s gets its sender banned, and nobody else", async (_what, change) => {
  const { world, share, sharer, leecher } = await scene();
  const liar = await share.leecher();
  for (const member of [sharer, liar, leecher]) {
    member.driver.handle({ type: "introduce", person: { name: "Ada", device: null } });
  }
  world.connect(leecher, sharer);
  world.connect(leecher, liar, { toA: changing("person", change) });
  await world.until("the liar is gone", () => leecher.wires.size === 1);
  await world.until("acquainted", () => leecher.state.manifest !== null);
  expect(leecher.state.peers).toMatchObject([
    { peer: sharer.identity.peer, person: { name: "Ada", device: null } },
  ]);
  expect(await isBanned(world, leecher, liar)).toBe(true);
});

test.each(["signed by another key", "of another share", "that says nothing"])(
  "what comes for catalogues, %s, gets its sender banned, and is passed on to nobody",
  async (what) => {
    const { world, share, sharer, leecher } = await scene();
    const [liar, next] = [await share.leecher(), await share.leecher()];
    for (const member of [liar, sharer, next]) world.connect(leecher, member);
    await world.until("all are met", () => leecher.state.peers.length === 3);
    const { bytes } = await share.state(1, "Lisbon");
    const other = await Share.of(world, content(10));
    const statements = {
      "signed by another key": spoilt(bytes),
      "of another share": (await other.state(1, "Lisbon")).bytes,
      "that says nothing": bytes.slice(0, -1),
    };
    const statement = statements[what as keyof typeof statements];
    const [connection = 0] = leecher.wires.keys();
    const frame = encodeFrame({ type: "catalogue", statement });
    leecher.driver.handle({ type: "frame", connection, frame });
    await world.until("the liar is gone", () => leecher.state.peers.length === 2);
    expect(leecher.driver.stated).toBeNull();
    expect(next.driver.stated).toBeNull();
    expect(await isBanned(world, leecher, liar)).toBe(true);
  },
);
