import { beforeEach, describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { type PeerId, parsePeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { Layout } from "../share/layout.ts";
import { decodeFrame } from "../wire/frame.ts";
import { Bitfield } from "./bitfield.ts";
import { Core } from "./core.ts";
import { Peer } from "./peer.ts";
import { Turnover } from "./turnover.ts";

const MINUTE_MS = 60_000;

function idOf(number: number): PeerId {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  const id = parsePeerId(toBase64url(bytes));
  if (id === null) throw new Error("32 bytes are an id");
  return id;
}

let core: Core;
let turnover: Turnover;

beforeEach(() => {
  const config = {
    self: idOf(0),
    peerKey: new Uint8Array(32),
    swarm: swarmIdOf(new Uint8Array(32)),
    peerCount: LIMITS.peers,
    openPieceBytes: 0,
    sendBufferBytes: 0,
    share: null,
  };
  core = new Core(config, () => 0.5);
  const layout = new Layout([LIMITS.pieceBytesLeast], LIMITS.pieceBytesLeast);
  core.content = {
    manifest: { files: [], layout },
    signed: new Uint8Array(),
    had: new Bitfield(1),
  };
  turnover = new Turnover(core);
});

/** Connected and proven now. */
function connect(number: number): Peer {
  const [id, nonce] = [idOf(number), new Uint8Array(32)];
  const ends = { role: "initiator", localFingerprint: "", remoteFingerprint: "" } as const;
  const peer = new Peer({ connection: number, id, nonce, ...ends }, core.nowMs, 0);
  peer.trust = { step: "proven" };
  peer.has = new Bitfield(1);
  core.peers.set(number, peer);
  core.acquaintances.connected(id);
  return peer;
}

/** All places that are dialled for are taken, and somebody else could be met. */
function crowd(): Peer[] {
  const peers = Array.from({ length: LIMITS.dialledPeers }, (_, index) => connect(index + 1));
  core.acquaintances.met(idOf(1_000), 0);
  return peers;
}

/** Each peer but these moves something, while time passes and the turnover is woken. */
function pass(forMs: number, ...idle: readonly Peer[]): void {
  const endMs = core.nowMs + forMs;
  while (core.nowMs < endMs) {
    core.nowMs = Math.min(endMs, core.nowMs + 1_000);
    for (const peer of core.peers.values()) {
      if (!idle.includes(peer)) peer.download.add(1_000 + peer.connection, core.nowMs);
    }
    if (turnover.nextWakeMs() <= core.nowMs) turnover.wake();
  }
}

const gone = (peers: readonly Peer[]): number[] =>
  peers.filter((peer) => !core.peers.has(peer.connection)).map((peer) => peer.connection);

test("who moved the least goes after a minute, one a minute", () => {
  const peers = crowd();
  pass(MINUTE_MS - 1_000);
  expect(gone(peers)).toEqual([]);
  pass(2_000);
  expect(gone(peers)).toEqual([1]);
  connect(500);
  pass(MINUTE_MS);
  expect(gone(peers)).toEqual([1, 2]);
});

test("who goes hears that all places are taken, and may come back", () => {
  const [worst] = crowd();
  pass(MINUTE_MS + 1_000);
  const frames = core.takeEffects().flatMap((effect) => (effect.type === "send" ? [effect] : []));
  expect(frames.map(({ connection, frame }) => [connection, decodeFrame(frame)])).toEqual([
    [worst?.connection, { kind: "message", message: { type: "goodbye", reason: "full" } }],
  ]);
  expect(core.acquaintances.isBanned(idOf(1))).toBe(false);
});

test("of two that both have everything nothing is to be had: such a one goes first", () => {
  const peers = crowd();
  core.content?.had.add(0);
  peers[9]?.has?.add(0);
  pass(MINUTE_MS + 1_000, ...peers.slice(0, 3));
  expect(gone(peers)).toEqual([10]);
});

describe("nobody goes", () => {
  test("while there is a free place", () => {
    const peers = crowd();
    core.forget(peers[0] ?? connect(99));
    pass(5 * MINUTE_MS);
    expect(gone(peers)).toEqual([1]);
    expect(turnover.nextWakeMs()).toBe(Infinity);
  });

  test("while there is nobody new to meet", () => {
    const peers = Array.from({ length: LIMITS.dialledPeers }, (_, index) => connect(index + 1));
    pass(5 * MINUTE_MS);
    expect(gone(peers)).toEqual([]);
  });

  test("who has been here for less than a minute", () => {
    const peers = crowd();
    pass(30_000);
    core.forget(peers[5] ?? connect(99));
    const young = connect(500);
    pass(45_000, young);
    expect(gone([...peers, young])).toEqual([1, 6]);
  });

  test("if it is the sharer", () => {
    const peers = crowd();
    for (const peer of peers.slice(0, 2)) peer.isSharer = true;
    pass(MINUTE_MS + 1_000, ...peers.slice(0, 2));
    expect(gone(peers)).toEqual([3]);
  });

  test("where the engine doesn't run", () => {
    const peers = crowd();
    core.status = { kind: "ended", reason: "stopped" };
    pass(5 * MINUTE_MS);
    expect(gone(peers)).toEqual([]);
  });
});
