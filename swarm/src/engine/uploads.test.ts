/** A sharer's engine, and peers whose every frame is chosen here. */
import { describe, expect, test } from "vitest";
import { seeded } from "../../simulator/random.ts";
import { type Bytes, toBase64url } from "../bytes.ts";
import { type PeerId, parsePeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { Layout } from "../share/layout.ts";
import { type Block, decodeFrame, encodeFrame, type Message } from "../wire/frame.ts";
import { Engine } from "./engine.ts";
import type { ConnectionId, Effect, Input } from "./io.ts";

const BLOCK = LIMITS.blockBytes;
const SEND_BUFFER_BYTES = 8 * BLOCK;

const filled = (count: number, value: number): Bytes => new Uint8Array(count).fill(value);

function idOf(number: number): PeerId {
  const id = parsePeerId(toBase64url(filled(32, number)));
  if (id === null) throw new Error("32 bytes are an id");
  return id;
}

const block = (piece: number, index: number): Block => ({
  piece,
  offset: index * BLOCK,
  length: BLOCK,
});

class Rig {
  readonly engine: Engine;
  readonly layout: Layout;
  nowMs = 0;
  /** What each peer was sent. */
  readonly sent = new Map<ConnectionId, Message[]>();
  /** Blocks that are to be read and sent, oldest first. */
  readonly reads: { readonly connection: ConnectionId; readonly block: Block }[] = [];

  constructor(pieces: number, blocksPerPiece = 4, rng = seeded(1)) {
    const pieceBytes = blocksPerPiece * BLOCK;
    this.layout = new Layout([pieces * pieceBytes], pieceBytes);
    const files = [{ path: ["a"], sizeBytes: this.layout.totalBytes }];
    const config = {
      self: idOf(0),
      peerKey: filled(32, 0),
      swarm: swarmIdOf(filled(32, 9)),
      peerCount: LIMITS.peers,
      openPieceBytes: 64 * 1024 * 1024,
      sendBufferBytes: SEND_BUFFER_BYTES,
      share: { manifest: { files, layout: this.layout }, signed: filled(70, 0) },
    };
    this.engine = new Engine(config, rng);
    for (let index = 0; index < this.layout.pageCount; index++) {
      const { first, end } = this.layout.piecesOfPage(index);
      const page = { index, signature: filled(64, 7), hashes: filled(32 * (end - first), 8) };
      this.give({ type: "page-made", page });
    }
  }

  give(input: Input): void {
    for (const effect of this.engine.handle(input, this.nowMs)) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    if (effect.type === "send-block") this.reads.push(effect);
    if (effect.type !== "send") return;
    const decoded = decodeFrame(effect.frame);
    if (decoded.kind !== "message") throw new Error("the engine sends whole messages");
    this.sent.set(effect.connection, [...this.all(effect.connection), decoded.message]);
  }

  all(connection: ConnectionId): readonly Message[] {
    return this.sent.get(connection) ?? [];
  }

  of<Type extends Message["type"]>(
    connection: ConnectionId,
    type: Type,
  ): Extract<Message, { type: Type }>[] {
    return this.all(connection).filter(
      (message): message is Extract<Message, { type: Type }> => message.type === type,
    );
  }

  hear(connection: ConnectionId, ...messages: Message[]): void {
    for (const message of messages) {
      this.give({ type: "frame", connection, frame: encodeFrame(message) });
    }
  }

  /** A peer greets, and holds these pieces. */
  join(connection: ConnectionId, pieces: readonly number[] = []): void {
    const peer = idOf(connection);
    const proof = { mac: filled(32, 5), signature: filled(64, 6), ownerSignature: null };
    const ends = { localFingerprint: "sha-256 AA", remoteFingerprint: "sha-256 BB" };
    const nonce = filled(32, 3);
    this.give({ type: "connected", connection, peer, role: "responder", nonce, ...ends });
    this.hear(connection, { type: "hello", peerKey: filled(32, connection), nonce });
    this.give({ type: "proof-made", connection, ...proof });
    this.hear(connection, { type: "proof", ...proof });
    this.give({ type: "proof-checked", connection, outcome: "member" });
    this.hear(connection, { type: "have-none" });
    if (pieces.length > 0) this.hear(connection, { type: "have", pieces });
  }

  request(connection: ConnectionId, ...blocks: Block[]): void {
    for (const one of blocks) this.hear(connection, { type: "request", block: one });
  }

  suggestedTo(connection: ConnectionId): number[] {
    return this.of(connection, "suggest").flatMap(({ pieces }) => pieces);
  }

  /** The oldest block goes out. Returns which one; `bufferedBytes` are in the send buffer then. */
  send(bufferedBytes = 0): Block {
    const read = this.reads.shift();
    if (read === undefined) throw new Error("nothing is being read");
    const { connection, block: sent } = read;
    this.give({ type: "block-sent", connection, block: sent, bufferedBytes });
    return sent;
  }

  /** Time passes; `between` acts before each moment at which the engine is woken. */
  pass(forMs: number, between: () => void = () => undefined): void {
    const endMs = this.nowMs + forMs;
    for (;;) {
      between();
      const next = this.engine.nextWakeMs() ?? Infinity;
      if (next > endMs) break;
      // A wake that is due at once and stays due would hang a browser.
      expect(next).toBeGreaterThanOrEqual(this.nowMs);
      this.nowMs = Math.max(next, this.nowMs);
      this.give({ type: "wake" });
      expect(this.engine.nextWakeMs() ?? Infinity).toBeGreaterThan(this.nowMs);
    }
    this.nowMs = endMs;
  }
}

const interested = { type: "interested" } as const;

describe("suggestions", () => {
  test("come before the UNCHOKE, so that the first request is a good one", () => {
    const rig = new Rig(16);
    rig.join(1);
    rig.hear(1, interested);
    const types = rig.all(1).map((message) => message.type);
    expect(types.slice(-2)).toEqual(["suggest", "unchoke"]);
  });

  test("of one piece go to one peer, while others are untouched", () => {
    const rig = new Rig(64);
    for (const peer of [1, 2, 3, 4]) {
      rig.join(peer);
      rig.hear(peer, interested);
    }
    for (let round = 0; round < 8; round++) {
      for (const peer of [1, 2, 3, 4]) {
        const piece = rig.suggestedTo(peer)[round];
        if (piece !== undefined) rig.request(peer, block(piece, 0));
        while (rig.reads.length > 0) rig.send();
      }
    }
    const suggested = [1, 2, 3, 4].flatMap((peer) => rig.suggestedTo(peer));
    expect(suggested.length).toBeGreaterThan(16);
    expect(new Set(suggested).size).toBe(suggested.length);
  });

  test("go through the files in order, whoever gets them", () => {
    const rig = new Rig(64);
    for (const peer of [1, 2]) {
      rig.join(peer);
      rig.hear(peer, interested);
    }
    for (let round = 0; round < 8; round++) {
      for (const peer of [1, 2]) {
        const piece = rig.suggestedTo(peer)[round];
        if (piece !== undefined) rig.request(peer, block(piece, 0));
        while (rig.reads.length > 0) rig.send();
      }
    }
    const suggested = [1, 2].flatMap((peer) => rig.suggestedTo(peer)).toSorted((a, b) => a - b);
    expect(suggested.length).toBeGreaterThan(16);
    expect(suggested).toEqual(suggested.map((_, index) => index));
  });

  test("are of nothing that the peer or anybody else has", () => {
    const rig = new Rig(8);
    rig.join(1, [0, 1, 2]);
    rig.join(2, [3, 4]);
    rig.hear(1, interested);
    const suggested = rig.suggestedTo(1);
    expect(suggested.length).toBeGreaterThan(0);
    for (const piece of suggested) expect([5, 6, 7]).toContain(piece);
  });

  test("end when everything is out", () => {
    const rig = new Rig(8);
    rig.join(1, [0, 1, 2, 3]);
    rig.join(2, [4, 5, 6, 7]);
    rig.hear(1, interested);
    expect(rig.suggestedTo(1)).toEqual([]);
    expect(rig.of(1, "unchoke")).toHaveLength(1);
  });

  test("keep ahead of what the peer asks for", () => {
    const rig = new Rig(64);
    rig.join(1);
    rig.hear(1, interested);
    for (let count = 0; count < 10; count++) {
      const piece = rig.suggestedTo(1)[count];
      if (piece === undefined) throw new Error("there is always another one");
      rig.request(1, block(piece, 0));
      rig.send();
    }
    expect(rig.suggestedTo(1).length).toBeGreaterThan(10);
  });

  test("to a peer that vanished are made to others", () => {
    const rig = new Rig(4);
    for (const peer of [1, 2]) {
      rig.join(peer);
      rig.hear(peer, interested);
    }
    const [lost, mine] = [rig.suggestedTo(1), rig.suggestedTo(2)];
    expect(new Set([...lost, ...mine])).toEqual(new Set([0, 1, 2, 3]));
    rig.give({ type: "disconnected", connection: 1 });
    for (const piece of mine) rig.request(2, block(piece, 0));
    expect(new Set(rig.suggestedTo(2))).toEqual(new Set([0, 1, 2, 3]));
  });

  test("that nobody came for are made to others", () => {
    const rig = new Rig(4);
    for (const peer of [1, 2, 3]) {
      rig.join(peer);
      rig.hear(peer, interested);
    }
    expect(rig.suggestedTo(3)).toEqual([]);
    rig.pass(25_000);
    rig.join(4);
    rig.hear(4, interested);
    expect(rig.suggestedTo(4).length).toBeGreaterThan(0);
  });

  test("go on at a sharer that chose files for itself", () => {
    const rig = new Rig(16);
    rig.give({ type: "choose-files", files: [] });
    rig.join(1);
    rig.hear(1, interested);
    expect(rig.suggestedTo(1).length).toBeGreaterThan(0);
  });
});

describe("a limit on uploads", () => {
  const LIMIT = 100_000;

  /** Bytes sent in so many seconds to two peers that asked for more than that. */
  function bytesIn(seconds: number, bytesPerSec: number): number {
    const rig = new Rig(8, 32);
    rig.give({ type: "limit-upload", bytesPerSec });
    for (const peer of [1, 2]) {
      rig.join(peer);
      rig.hear(peer, interested);
      rig.request(peer, ...Array.from({ length: 32 }, (_, index) => block(peer, index)));
    }
    let bytes = 0;
    rig.pass(seconds * 1_000, () => {
      while (rig.reads.length > 0) bytes += rig.send().length;
    });
    return bytes;
  }

  test("holds from the first moment on: what wasn't saved up yet isn't there", () => {
    expect(bytesIn(1, 10 * BLOCK)).toBeLessThanOrEqual(11 * BLOCK);
  });

  test("holds over time, a second's worth at once at most", () => {
    expect(bytesIn(60, LIMIT)).toBeLessThanOrEqual(61 * LIMIT + BLOCK);
  });

  test("is used up", () => {
    expect(bytesIn(60, LIMIT)).toBeGreaterThan(55 * LIMIT);
  });

  test("of less than a block a second lets whole blocks through, rarely", () => {
    const bytes = bytesIn(60, 10_000);
    expect(bytes).toBeLessThanOrEqual(60 * 10_000 + 2 * BLOCK);
    expect(bytes).toBeGreaterThanOrEqual(3 * BLOCK);
  });

  test("that is lifted holds nothing back", () => {
    const rig = new Rig(8);
    rig.give({ type: "limit-upload", bytesPerSec: 1 });
    rig.join(1);
    rig.hear(1, interested);
    rig.request(1, block(0, 0), block(0, 1), block(0, 2));
    while (rig.reads.length > 0) rig.send();
    expect(rig.engine.snapshot(rig.nowMs).sentBytes).toBeLessThan(3 * BLOCK);
    rig.give({ type: "limit-upload", bytesPerSec: null });
    while (rig.reads.length > 0) rig.send();
    expect(rig.engine.snapshot(rig.nowMs).sentBytes).toBe(3 * BLOCK);
  });
});

describe("a peer that is choked", () => {
  /** Peer 1 has a piece under way and asked for another, when poorer ones form a line. */
  function choked(): Rig {
    const rig = new Rig(64);
    rig.join(1, [50, 51, 52, 53]);
    rig.hear(1, interested);
    const second = [block(1, 0), block(1, 1)];
    rig.request(1, block(0, 0), block(0, 1), block(0, 2), ...second);
    rig.send(SEND_BUFFER_BYTES);
    for (const peer of [2, 3, 4, 5, 6, 7]) {
      rig.join(peer, [60]);
      rig.hear(peer, interested);
      rig.request(peer, ...[0, 1, 2, 3].map((index) => block(peer, index)));
    }
    rig.pass(10_000);
    expect(rig.of(1, "choke")).toHaveLength(1);
    return rig;
  }

  test("still gets the rest of the piece that was begun", () => {
    const rig = choked();
    rig.give({ type: "buffered", levels: new Map([[1, 0]]) });
    const own: Block[] = [];
    while (rig.reads.length > 0) {
      const isOwn = rig.reads[0]?.connection === 1;
      const sent = rig.send(0);
      if (isOwn) own.push(sent);
    }
    expect(own).toEqual([block(0, 1), block(0, 2)]);
  });

  test("is told that the rest won't come", () => {
    const rejected = choked().of(1, "reject");
    expect(rejected.map((message) => message.block)).toEqual([block(1, 0), block(1, 1)]);
  });

  test("is refused what it asks for after that", () => {
    const rig = choked();
    rig.request(1, block(2, 0));
    expect(rig.of(1, "reject").at(-1)?.block).toEqual(block(2, 0));
  });
});

test("a slot is free at once when its peer has gone", () => {
  const rig = new Rig(64);
  // Each stands in line for as long as it is here, so that nobody gets a slot for want of one.
  const peers = Array.from({ length: 12 }, (_, index) => index + 1);
  for (const peer of peers) {
    rig.join(peer, [peer]);
    rig.hear(peer, interested);
    rig.request(peer, ...[0, 1, 2, 3].map((index) => block(20 + peer, index)));
  }
  const unchoked = () => peers.filter((peer) => rig.of(peer, "unchoke").length > 0);
  const before = unchoked();
  expect(before.length).toBeLessThan(peers.length);
  const [gone = 0] = before;
  rig.give({ type: "disconnected", connection: gone });
  expect(unchoked()).toHaveLength(before.length + 1);
});

test("past so many requests in a queue the rest is refused, though the peer has a slot", () => {
  const rig = new Rig(8);
  rig.join(1);
  rig.hear(1, interested);
  const asked = Array.from({ length: LIMITS.requestsPerPeer + 50 }, () => block(0, 0));
  rig.request(1, ...asked);
  const queuedCount = asked.length - rig.reads.length - rig.of(1, "reject").length;
  expect(queuedCount).toBe(LIMITS.requestsPerPeer);
});

test("a queued block that is taken back is answered, and isn't sent", () => {
  const rig = new Rig(8);
  rig.join(1);
  rig.hear(1, interested);
  rig.request(1, block(0, 0), block(0, 1), block(0, 2));
  rig.send(SEND_BUFFER_BYTES);
  rig.hear(1, { type: "cancel", block: block(0, 1) });
  expect(rig.of(1, "reject")).toEqual([{ type: "reject", block: block(0, 1) }]);
  rig.give({ type: "buffered", levels: new Map([[1, 0]]) });
  expect(rig.send()).toEqual(block(0, 2));
  expect(rig.reads).toEqual([]);
});

test("a block that left can't be taken back", () => {
  const rig = new Rig(8);
  rig.join(1);
  rig.hear(1, interested);
  rig.request(1, block(0, 0));
  rig.hear(1, { type: "cancel", block: block(0, 0) });
  expect(rig.send()).toEqual(block(0, 0));
  expect(rig.of(1, "reject")).toEqual([]);
});

test("a piece goes out whole before another peer's begins", () => {
  const rig = new Rig(8);
  for (const peer of [1, 2]) {
    rig.join(peer);
    rig.hear(peer, interested);
  }
  rig.request(1, block(0, 0), block(0, 1), block(0, 2), block(0, 3));
  rig.request(2, block(1, 0), block(1, 1), block(1, 2), block(1, 3));
  const order: number[] = [];
  for (let count = 0; count < 8; count++) {
    const [read] = rig.reads;
    order.push(rig.send(BLOCK / 2).piece);
    // The buffer empties before the next is handed over.
    if (read !== undefined)
      rig.give({ type: "buffered", levels: new Map([[read.connection, BLOCK / 3]]) });
    rig.pass(50);
    for (const peer of [1, 2]) rig.give({ type: "buffered", levels: new Map([[peer, 0]]) });
  }
  expect(order).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});

test("an uplink doesn't wait for the next rotation while somebody wants something", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const rng = seeded(seed);
    const rig = new Rig(64, 2, rng);
    const asked = new Map<ConnectionId, number>();
    let servedBlocks = 0;
    for (const peer of [1, 2, 3, 4]) {
      rig.join(peer);
      rig.hear(peer, interested);
    }
    // Everybody asks as soon as they may, for a piece at a time; blocks take a moment.
    while (servedBlocks < 120 && rig.nowMs < 60_000) {
      const read = rig.reads.splice(Math.floor(rng() * rig.reads.length), 1)[0];
      if (read !== undefined) {
        const { connection, block: sent } = read;
        rig.give({ type: "block-sent", connection, block: sent, bufferedBytes: 0 });
        servedBlocks++;
      }
      for (const peer of [1, 2, 3, 4]) {
        const heard = rig.all(peer).filter(({ type }) => type === "choke" || type === "unchoke");
        const owed = rig.reads.some(({ connection }) => connection === peer);
        if (heard.at(-1)?.type !== "unchoke" || owed) continue;
        const piece = (16 * (peer - 1) + (asked.get(peer) ?? 0)) % 64;
        asked.set(peer, (asked.get(peer) ?? 0) + 1);
        rig.request(peer, block(piece, 0), block(piece, 1));
      }
      rig.pass(rig.reads.length > 0 ? 2 + Math.floor(rng() * 10) : 1);
    }
    expect(rig.nowMs, `seed ${seed}`).toBeLessThan(5_000);
  }
});

test("a peer that reads slowly doesn't hold up the others", () => {
  const rig = new Rig(8);
  for (const peer of [1, 2]) {
    rig.join(peer);
    rig.hear(peer, interested);
  }
  const indexes = [0, 1, 2, 3];
  rig.request(1, ...indexes.map((index) => block(0, index)));
  rig.request(2, ...indexes.map((index) => block(1, index)));
  let sentCount = 0;
  rig.pass(10_000, () => {
    for (let read = rig.reads[0]; read !== undefined; read = rig.reads[0]) {
      if (read.connection === 2) sentCount++;
      rig.send(read.connection === 1 ? SEND_BUFFER_BYTES : 0);
    }
  });
  expect(sentCount).toBe(4);
});

describe("a send buffer of which the receiver takes nothing", () => {
  test("may fill up to its bound", () => {
    const rig = new Rig(8);
    rig.join(1);
    rig.give({ type: "buffered", levels: new Map([[1, LIMITS.backlogBytes]]) });
    expect(rig.of(1, "goodbye")).toEqual([]);
  });

  test("costs the connection past its bound, and no other", () => {
    const rig = new Rig(8);
    for (const peer of [1, 2]) rig.join(peer);
    rig.give({ type: "buffered", levels: new Map([[1, LIMITS.backlogBytes + 1]]) });
    expect(rig.of(1, "goodbye")).toEqual([{ type: "goodbye", reason: "timeout" }]);
    expect(rig.engine.snapshot(0).peers.map(({ peer }) => peer)).toEqual([idOf(2)]);
  });
});

describe("an engine that serves no more", () => {
  test("isn't woken without end", () => {
    // The time of the next rotation passed and stayed.
    const rig = new Rig(8);
    rig.join(1);
    rig.hear(1, interested);
    rig.give({ type: "end-signed", end: { reason: "stopped", signature: filled(64, 1) } });
    rig.pass(60_000);
    expect(rig.of(1, "end")).toHaveLength(1);
  });

  test("answers what was queued", () => {
    const rig = new Rig(8);
    rig.join(1);
    rig.hear(1, interested);
    rig.request(1, block(0, 0), block(0, 1));
    rig.send(SEND_BUFFER_BYTES);
    rig.give({ type: "failed", code: "source-changed" });
    expect(rig.of(1, "choke")).toHaveLength(1);
    expect(rig.of(1, "reject").map((message) => message.block)).toEqual([block(0, 1)]);
  });
});
