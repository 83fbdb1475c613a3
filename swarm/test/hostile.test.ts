/** Peers that cheat: nothing wrong is stored, they are let go of, the others go on. */
import { expect, test } from "vitest";
import type { Bytes } from "../src/bytes.ts";
import { LIMITS } from "../src/limits.ts";
import { decodeFrame, encodeFrame, type Message } from "../src/wire/frame.ts";
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

const flipLast = (frame: Bytes): Bytes => {
  const changed = frame.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
};

test("bytes that don't match their hash are never stored, and their sender is let go of", async () => {
  const { world, share, sharer, leecher } = await scene();
  world.connect(leecher, sharer, { toA: changing("data", flipLast) });
  leecher.driver.handle({ type: "download" });
  await world.until("the cheat is gone", () => leecher.state.peers.length === 0);
  expect(leecher.state.verifiedBytes).toBe(0);
  expect(leecher.files.files.every((file) => file.every((byte) => byte === 0))).toBe(true);

  const honest = await share.sharer();
  world.connect(leecher, honest);
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("a cheat among honest peers spoils nothing and costs it its connection", async () => {
  const { world, share, sharer, leecher } = await scene(4 * 1024 * KIB);
  const cheat = await share.leecher();
  world.connect(cheat, sharer);
  cheat.driver.handle({ type: "download" });
  await world.until("the cheat holds all", () => cheat.state.isComplete);
  world.connect(leecher, sharer);
  world.connect(leecher, cheat, { toA: changing("data", flipLast) });
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
  world.connect(leecher, sharer, { toA: changing(type, flipLast) });
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
