/** One engine, and a peer whose every frame is chosen here. */
import { describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { parsePeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { makeManifest, type Manifest } from "../share/manifest.ts";
import { type Block, decodeFrame, encodeFrame, type Message } from "../wire/frame.ts";
import type { Role } from "../wire/handshake.ts";
import { Engine } from "./engine.ts";
import type { Effect, Input } from "./io.ts";

const filled = (count: number, value: number) => new Uint8Array(count).fill(value);
const idOf = (value: number) => {
  const id = parsePeerId(toBase64url(filled(32, value)));
  if (id === null) throw new Error("32 bytes are an id");
  return id;
};
const ends = { localFingerprint: "sha-256 AA", remoteFingerprint: "sha-256 BB" };
const CONNECTION = 1;

class Rig {
  readonly engine: Engine;
  readonly effects: Effect[] = [];
  /** Over which the peer speaks. */
  connection = CONNECTION;
  nowMs = 0;

  /** Of a sharer, or without a manifest of one that fetches. The peer's id is made of 2. */
  constructor(manifest: Manifest | null = null, self = 1) {
    const config = {
      self: idOf(self),
      peerKey: filled(32, 1),
      swarm: swarmIdOf(filled(32, 9)),
      peerCount: LIMITS.peers,
      openPieceBytes: 64 * 1024 * 1024,
      sendBufferBytes: 8 * LIMITS.blockBytes,
      share: manifest && { manifest, signed: filled(70, 0) },
    };
    this.engine = new Engine(config, () => 0.5);
  }

  give(input: Input): Effect[] {
    const effects = this.engine.handle(input, this.nowMs);
    this.effects.push(...effects);
    return effects;
  }

  /** The peer sends this; what the engine sends in answer. */
  hear(message: Message): Message[] {
    return this.sends(
      this.give({ type: "frame", connection: this.connection, frame: encodeFrame(message) }),
    );
  }

  sends(effects: readonly Effect[] = this.effects): Message[] {
    return effects.flatMap((effect) => {
      if (effect.type !== "send") return [];
      const decoded = decodeFrame(effect.frame);
      return decoded.kind === "message" ? [decoded.message] : [];
    });
  }

  get isConnected(): boolean {
    return !this.effects.some((effect) => effect.type === "close");
  }

  connect(): void {
    const nonce = filled(32, 3);
    this.give({
      type: "connected",
      connection: this.connection,
      peer: idOf(2),
      role: "initiator",
      nonce,
      ...ends,
    });
    this.hear({ type: "hello", peerKey: filled(32, 2), nonce: filled(32, 4) });
  }

  makeProof(): Effect[] {
    const proof = { mac: filled(32, 5), signature: filled(64, 6), ownerSignature: null };
    return this.give({ type: "proof-made", connection: this.connection, ...proof });
  }

  hearProof(): void {
    this.hear({
      type: "proof",
      mac: filled(32, 5),
      signature: filled(64, 6),
      ownerSignature: null,
    });
  }

  checkProof(): Effect[] {
    return this.give({ type: "proof-checked", connection: this.connection, outcome: "member" });
  }

  greet(): void {
    this.connect();
    this.makeProof();
    this.hearProof();
    this.checkProof();
  }

  /** A sharer's page is hashed; how many pieces it has doesn't matter here. */
  makePage(index: number): void {
    const page = { index, signature: filled(64, 7), hashes: filled(32, 8) };
    this.give({ type: "page-made", page });
  }

  /** Unchoked besides. Returns what is asked for. */
  fetchFrom(manifest: Manifest): Block[] {
    this.know(manifest);
    return blocks(this.hear({ type: "unchoke" }), "request");
  }

  /** Greeted, the manifest and all pages known, storage open. */
  know(manifest: Manifest): void {
    this.greet();
    this.give({ type: "download" });
    const { layout } = manifest;
    this.hear({ type: "have-all" });
    this.hear({ type: "manifest-part", totalBytes: 70, offset: 0, part: filled(70, 0) });
    const { connection } = this;
    this.give({
      type: "manifest-checked",
      connection,
      signed: filled(70, 0),
      manifest,
      error: null,
    });
    for (let index = 0; index < layout.pageCount; index++) {
      const { first, end } = layout.piecesOfPage(index);
      const page = { index, signature: filled(64, 0), hashes: filled(32 * (end - first), 0) };
      this.hear({ type: "page", page: index, signature: page.signature, hashes: page.hashes });
      this.give({ type: "page-checked", connection, page, ok: true });
    }
    this.give({ type: "storage-opened", unchecked: null });
  }

  /** The first piece comes from the peer, and doesn't match. Returns what is said to that. */
  spoil(): Message[] {
    this.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    const blockHashes = ["bad"];
    return this.sends(this.give({ type: "piece-finished", piece: 0, matches: false, blockHashes }));
  }

  get goodbyes(): string[] {
    return this.sends().flatMap((message) => (message.type === "goodbye" ? [message.reason] : []));
  }
}

const blocks = (messages: readonly Message[], type: "request" | "cancel"): Block[] =>
  messages.flatMap((message) => (message.type === type ? [message.block] : []));

const oneFile = (sizeBytes: number): Manifest => makeManifest([{ path: ["a"], sizeBytes }]);
const KIB = 1024;

describe("greeting", () => {
  test("nothing but HELLO goes out before this peer's own proof, though the other's was faster", () => {
    // Checking a proof may end before making one does. What followed the check went out first, and
    // the other end, which takes nothing before a proof, banned the sender.
    const rig = new Rig();
    rig.connect();
    rig.hearProof();
    expect(rig.sends(rig.checkProof())).toEqual([]);
    rig.hear({ type: "have-all" });
    expect(rig.sends().map((message) => message.type)).toEqual(["hello"]);
    const after = rig.sends(rig.makeProof()).map((message) => message.type);
    expect(after).toEqual(["proof", "manifest-request"]);
    expect(rig.isConnected).toBe(true);
  });
});

test("a dial that fails because the other end's was faster isn't tried again", () => {
  const rig = new Rig();
  rig.connect();
  rig.give({ type: "dial-failed", peer: idOf(2) });
  rig.nowMs = 10_000;
  expect(rig.give({ type: "wake" }).filter((effect) => effect.type === "dial")).toEqual([]);
});

describe("waking", () => {
  test("an announce that fails when its tracker is gone leaves nothing to be woken for", () => {
    // The time of the next announce passed and stayed, so that the driver was woken without end.
    const rig = new Rig();
    rig.give({ type: "tracker-up" });
    rig.give({ type: "tracker-down" });
    rig.give({ type: "announce-failed" });
    rig.nowMs = 60_000;
    rig.give({ type: "wake" });
    expect(rig.engine.nextWakeMs()).toBeNull();
    expect(rig.give({ type: "tracker-up" })).toMatchObject([{ type: "announce" }]);
  });
});

describe("requests that were taken back", () => {
  test("and made again: the answer to the first isn't taken for the second's", () => {
    // Pause and resume within a round trip: the late REJECT made the engine believe that the peer
    // withholds the piece, and the DATA that followed counted as a lie, for which it was banned.
    const rig = new Rig();
    const [first] = rig.fetchFrom(oneFile(10));
    if (first === undefined) throw new Error("there is one block");
    for (let times = 0; times < 3; times++) {
      expect(blocks(rig.sends(rig.give({ type: "pause" })), "cancel")).toEqual([first]);
      expect(blocks(rig.sends(rig.give({ type: "resume" })), "request")).toEqual([first]);
    }
    for (let times = 0; times < 3; times++) {
      expect(rig.hear({ type: "reject", block: first })).toEqual([]);
    }
    rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    expect(rig.isConnected).toBe(true);
    expect(rig.effects.filter((effect) => effect.type === "finish-piece")).toHaveLength(1);
  });

  test("and made again: both may be answered with data, which is stored once", () => {
    const rig = new Rig();
    rig.fetchFrom(oneFile(10));
    rig.give({ type: "pause" });
    rig.give({ type: "resume" });
    for (let times = 0; times < 2; times++) {
      rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    }
    expect(rig.isConnected).toBe(true);
    expect(rig.effects.filter((effect) => effect.type === "store-block")).toHaveLength(1);
    rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    expect(rig.isConnected).toBe(false); // It was asked for twice.
  });

  test("by a silent peer's patience running out: its data is welcome when it wakes", () => {
    const rig = new Rig();
    const [first] = rig.fetchFrom(oneFile(10));
    if (first === undefined) throw new Error("there is one block");
    for (let silences = 0; silences < 2; silences++) {
      rig.nowMs += 30_000;
      expect(blocks(rig.sends(rig.give({ type: "wake" })), "request")).toEqual([first]);
    }
    rig.hear({ type: "reject", block: first });
    rig.hear({ type: "reject", block: first });
    rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    expect(rig.isConnected).toBe(true);
    expect(rig.effects.filter((effect) => effect.type === "finish-piece")).toHaveLength(1);
  });

  test.each([1, 11, LIMITS.blockBytes])("aren't answered by a block of %d bytes", (length) => {
    // Late data was stored whatever its length, past the end of its piece.
    const rig = new Rig();
    const files = ["a", "b"].map((name) => ({ path: [name], sizeBytes: 10 }));
    const asked = rig.fetchFrom(makeManifest(files));
    rig.nowMs = 30_000;
    const [again] = blocks(rig.sends(rig.give({ type: "wake" })), "request");
    const late = asked.find((block) => block.piece !== again?.piece);
    if (late === undefined) throw new Error("one of the two isn't asked for again");
    rig.hear({ type: "data", piece: late.piece, offset: 0, payload: filled(length, 1) });
    expect(rig.effects.filter((effect) => effect.type === "store-block")).toEqual([]);
    expect(rig.isConnected).toBe(false);
  });
});

describe("hash pages", () => {
  /** Pages that were asked for. */
  function pagesAsked(rig: Rig): number[] {
    return rig
      .sends()
      .flatMap((message) => (message.type === "page-request" ? [message.page] : []));
  }

  test("are asked for of chosen files alone, and of others when they are chosen", () => {
    const rig = new Rig();
    const sizeBytes = LIMITS.pageContentBytes;
    const files = ["a", "b", "c", "d"].map((name) => ({ path: [name], sizeBytes }));
    rig.give({ type: "choose-files", files: [2] });
    rig.greet();
    rig.hear({ type: "have-all" });
    rig.hear({ type: "manifest-part", totalBytes: 70, offset: 0, part: filled(70, 0) });
    const manifest = makeManifest(files);
    const checked = { type: "manifest-checked", connection: CONNECTION, error: null } as const;
    rig.give({ ...checked, signed: filled(70, 0), manifest });
    expect(pagesAsked(rig)).toEqual([2]);
    rig.give({ type: "choose-files", files: [0, 2] });
    expect(pagesAsked(rig)).toEqual([2, 0]);
  });
});

describe("suggestions", () => {
  const files = Array.from({ length: 3_000 }, (_, index) => ({
    path: [`${index}`],
    sizeBytes: 10,
  }));
  const manifest = makeManifest(files);

  test("that came before UNCHOKE are asked for first, in order", () => {
    const rig = new Rig();
    rig.know(manifest);
    rig.hear({ type: "suggest", pieces: [77, 33, 55] });
    const asked = blocks(rig.hear({ type: "unchoke" }), "request");
    expect(asked.slice(0, 3).map(({ piece }) => piece)).toEqual([77, 33, 55]);
  });

  test("are remembered up to a bound, the newest", () => {
    const rig = new Rig();
    rig.know(manifest);
    const pieces = Array.from({ length: LIMITS.haveCount }, (_, index) => index);
    rig.hear({ type: "suggest", pieces });
    rig.hear({ type: "suggest", pieces: [2_000, 2_001] });
    const asked = blocks(rig.hear({ type: "unchoke" }), "request");
    expect(asked.slice(0, 3).map(({ piece }) => piece)).toEqual([2, 3, 4]);
  });

  test("of a piece that doesn't exist end the connection", () => {
    const rig = new Rig();
    rig.know(manifest);
    rig.hear({ type: "suggest", pieces: [2_999] });
    expect(rig.isConnected).toBe(true);
    rig.hear({ type: "suggest", pieces: [3_000] });
    expect(rig.isConnected).toBe(false);
  });
});

describe("a REJECT", () => {
  test("of a peer that chokes leaves its pieces to be asked for again", () => {
    const rig = new Rig();
    const [first] = rig.fetchFrom(oneFile(10));
    if (first === undefined) throw new Error("there is one block");
    rig.hear({ type: "choke" });
    rig.hear({ type: "reject", block: first });
    expect(blocks(rig.hear({ type: "unchoke" }), "request")).toEqual([first]);
  });

  test("of a peer that serves means that it doesn't have the piece", () => {
    const rig = new Rig();
    const [first] = rig.fetchFrom(oneFile(10));
    if (first === undefined) throw new Error("there is one block");
    expect(rig.hear({ type: "reject", block: first })).toEqual([{ type: "not-interested" }]);
    expect(rig.hear({ type: "have", pieces: [0] }).map(({ type }) => type)).toEqual([
      "interested",
      "request",
    ]);
  });
});

describe("a peer that sent a bad piece", () => {
  /** One of two pieces, each a file of its own, is bad; the second was asked for. */
  function onTrial(): Rig {
    const rig = new Rig();
    const files = ["a", "b"].map((name) => ({ path: [name], sizeBytes: 10 }));
    expect(rig.fetchFrom(makeManifest(files))).toHaveLength(2);
    expect(rig.spoil()).toEqual([
      { type: "cancel", block: { piece: 1, offset: 0, length: 10 } },
      { type: "page-request", page: 0 },
    ]);
    return rig;
  }

  const signed = { signature: filled(64, 0), hashes: filled(64, 0) };
  const other = { signature: filled(64, 5), hashes: filled(64, 5) };

  test("is asked for its page and for nothing else", () => {
    const rig = onTrial();
    rig.hear({ type: "choke" });
    expect(rig.hear({ type: "unchoke" })).toEqual([]);
    expect(rig.isConnected).toBe(true);
  });

  test("is let go of as a liar if it knew what the piece should have been", () => {
    const rig = onTrial();
    rig.hear({ type: "page", page: 0, ...signed });
    expect(rig.goodbyes).toEqual(["badData"]);
  });

  test("is let go of as a liar if it has no page", () => {
    const rig = onTrial();
    rig.hear({ type: "page-reject", page: 0 });
    expect(rig.goodbyes).toEqual(["badData"]);
  });

  test("is let go of as a liar if its page is forged", () => {
    const rig = onTrial();
    rig.hear({ type: "page", page: 0, ...other });
    const page = { index: 0, ...other };
    rig.give({ type: "page-checked", connection: CONNECTION, page, ok: false });
    expect(rig.goodbyes).toEqual(["badData"]);
  });

  test("is innocent if another page was signed: the sharer contradicts itself", () => {
    const rig = onTrial();
    rig.hear({ type: "page", page: 0, ...other });
    const page = { index: 0, ...other };
    const said = rig.sends(
      rig.give({ type: "page-checked", connection: CONNECTION, page, ok: true }),
    );
    expect(said.at(-1)).toEqual({ type: "contradiction", page: 0, first: signed, second: other });
    expect(rig.engine.snapshot(0).status).toEqual({ kind: "failed", code: "contradiction" });
    expect(rig.isConnected).toBe(true);
  });

  test("is banned also where it left before that showed", () => {
    const rig = new Rig();
    rig.fetchFrom(oneFile(10));
    rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    rig.give({ type: "disconnected", connection: CONNECTION });
    rig.give({ type: "piece-finished", piece: 0, matches: false, blockHashes: ["bad"] });
    rig.connect();
    expect(rig.goodbyes).toEqual(["unproven"]);
  });

  test("is forgotten where more have left since than there is room for", () => {
    const rig = new Rig();
    rig.fetchFrom(oneFile(10));
    rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
    rig.give({ type: "disconnected", connection: CONNECTION });
    for (let count = 0; count < LIMITS.peers; count++) {
      rig.connection++;
      rig.greet();
      rig.hear({ type: "have-all" });
      rig.give({ type: "disconnected", connection: rig.connection });
    }
    rig.give({ type: "piece-finished", piece: 0, matches: false, blockHashes: ["bad"] });
    rig.connect();
    expect(rig.goodbyes).toEqual([]);
  });
});

describe("the copies of a peer", () => {
  test.each<[string, Message[], number]>([
    ["everything", [{ type: "have-all" }], 1],
    ["a part", [{ type: "have-none" }, { type: "have", pieces: [0] }], 0.5],
  ])("that has %s count until it leaves", (_what, messages, copies) => {
    const files = ["a", "b"].map((name) => ({ path: [name], sizeBytes: 10 }));
    const rig = new Rig(makeManifest(files));
    rig.greet();
    for (const message of messages) rig.hear(message);
    expect(rig.engine.snapshot(0).copiesOut).toBe(copies);
    rig.give({ type: "disconnected", connection: CONNECTION });
    expect(rig.engine.snapshot(0).copiesOut).toBe(0);
  });
});

test("a peer that has a piece too hears of mine within a second, though nothing else happens", () => {
  const rig = new Rig();
  const files = ["a", "b"].map((name) => ({ path: [name], sizeBytes: 10 }));
  rig.fetchFrom(makeManifest(files));
  rig.nowMs = 100;
  rig.give({ type: "wake" });
  rig.hear({ type: "data", piece: 0, offset: 0, payload: filled(10, 1) });
  rig.give({ type: "piece-finished", piece: 0, matches: true, blockHashes: null });
  const haves = () => rig.sends().filter((message) => message.type === "have");
  expect(haves()).toEqual([]);
  const wakeMs = rig.engine.nextWakeMs() ?? Infinity;
  expect(wakeMs).toBeLessThanOrEqual(rig.nowMs + 1_000);
  rig.nowMs = wakeMs;
  rig.give({ type: "wake" });
  expect(haves()).toEqual([{ type: "have", pieces: [0] }]);
});

describe("who lacks a piece", () => {
  const OTHER = 2;

  /** Three pieces wanted, of which a second peer has none. */
  function withNewcomer(isInterested: boolean): Rig {
    const rig = new Rig();
    const files = ["a", "b", "c"].map((name) => ({ path: [name], sizeBytes: 10 }));
    rig.fetchFrom(makeManifest(files));
    rig.connection = OTHER;
    const nonce = filled(32, 3);
    const peer = idOf(5);
    rig.give({ type: "connected", connection: OTHER, peer, role: "initiator", nonce, ...ends });
    rig.hear({ type: "hello", peerKey: filled(32, 5), nonce: filled(32, 4) });
    rig.makeProof();
    rig.hearProof();
    rig.checkProof();
    rig.hear({ type: "have-none" });
    if (isInterested) rig.hear({ type: "interested" });
    return rig;
  }

  /** The first peer sends a piece. */
  function gain(rig: Rig, piece: number): void {
    rig.connection = CONNECTION;
    rig.hear({ type: "data", piece, offset: 0, payload: filled(10, 1) });
    rig.give({ type: "piece-finished", piece, matches: true, blockHashes: null });
    rig.connection = OTHER;
  }

  const heard = (rig: Rig): (readonly number[])[] =>
    rig
      .sends(rig.effects.filter((effect) => "connection" in effect && effect.connection === OTHER))
      .flatMap((message) => (message.type === "have" ? [message.pieces] : []));

  test("and has nothing to ask of me hears of it at once", () => {
    const rig = withNewcomer(false);
    gain(rig, 0);
    expect(heard(rig)).toEqual([[0]]);
  });

  test("but has something to ask hears of it soon, with what else is new", () => {
    const rig = withNewcomer(true);
    gain(rig, 0);
    gain(rig, 1);
    expect(heard(rig)).toEqual([]);
    const wakeMs = rig.engine.nextWakeMs() ?? Infinity;
    expect(wakeMs).toBeLessThanOrEqual(rig.nowMs + 100);
    rig.nowMs = wakeMs;
    rig.give({ type: "wake" });
    expect(heard(rig)).toEqual([[0, 1]]);
  });

  test("and says that it has nothing more to ask hears what is new there and then", () => {
    const rig = withNewcomer(true);
    gain(rig, 0);
    rig.hear({ type: "not-interested" });
    expect(heard(rig)).toEqual([[0]]);
  });
});

describe("of two connections to one peer", () => {
  /** Whose offer they were, the older first. Returns which stays, counted from 1. */
  function kept(roles: readonly Role[], me: number): number {
    const rig = new Rig(null, me);
    for (const [index, role] of roles.entries()) {
      const connection = index + 1;
      const nonce = filled(32, connection);
      rig.give({ type: "connected", connection, peer: idOf(2), role, nonce, ...ends });
    }
    const closed = rig.effects.flatMap((effect) =>
      effect.type === "close" ? [effect.connection] : [],
    );
    expect(closed).toHaveLength(1);
    return closed[0] === 1 ? 2 : 1;
  }

  test.each<[Role[], number, number]>([
    [["initiator", "responder"], 1, 2],
    [["responder", "initiator"], 2, 1],
  ])("made at once, %j here, both ends keep the lower id's", (roles, atLower, atHigher) => {
    expect(kept(roles, 1)).toBe(atLower);
    expect(kept(roles, 3)).toBe(atHigher);
  });
});

describe("bounds", () => {
  test("no peer is asked for more blocks at once than it takes, however small they are", () => {
    // Past its bound a peer rejects, which reads as if it withheld those pieces: they were never
    // asked of it again, and a share of thousands of small files stood still.
    const files = Array.from({ length: 3_000 }, (_, index) => ({
      path: [`${index}`],
      sizeBytes: 10,
    }));
    const rig = new Rig();
    const manifest = makeManifest(files);
    expect(rig.fetchFrom(manifest)).toHaveLength(LIMITS.requestsPerPeer);
  });

  test("a manifest comes in whole parts, or its peer goes", () => {
    // A byte at a time, each just before the deadline, kept a leecher from asking anybody else.
    const rig = new Rig();
    rig.greet();
    rig.hear({ type: "have-all" });
    const totalBytes = LIMITS.manifestPartBytes + KIB;
    const part = filled(LIMITS.manifestPartBytes, 0);
    expect(rig.hear({ type: "manifest-part", totalBytes, offset: 0, part })).toMatchObject([
      { type: "manifest-request", offset: LIMITS.manifestPartBytes },
    ]);
    rig.hear({ type: "manifest-part", totalBytes, offset: part.length, part: filled(1, 0) });
    expect(rig.isConnected).toBe(false);
  });

  test("what a peer sends before its proof is checked is bounded, without a ban", () => {
    const rig = new Rig();
    rig.connect();
    rig.makeProof();
    rig.hearProof();
    for (let count = 0; count < 4096; count++) rig.hear({ type: "interested" });
    expect(rig.isConnected).toBe(true);
    rig.hear({ type: "interested" });
    expect(rig.isConnected).toBe(false);
  });

  test("a peer that asks for more pages at once than may wait is let go of", () => {
    const rig = new Rig(oneFile((LIMITS.metaRequestsPerPeer + 1) * LIMITS.pageContentBytes));
    rig.greet();
    for (let page = 0; page < LIMITS.metaRequestsPerPeer; page++) {
      rig.hear({ type: "page-request", page });
    }
    expect(rig.isConnected).toBe(true);
    rig.hear({ type: "page-request", page: LIMITS.metaRequestsPerPeer });
    expect(rig.isConnected).toBe(false);
  });

  test("no more blocks are read for a peer than its send buffer has room for", () => {
    const rig = new Rig(oneFile(20 * LIMITS.pageContentBytes));
    rig.greet();
    rig.makePage(0);
    rig.hear({ type: "interested" });
    const length = LIMITS.blockBytes;
    const reads = () => rig.effects.filter((effect) => effect.type === "send-block").length;
    // All of the first page: 20 blocks of its first pieces.
    for (let piece = 0; piece < 20; piece++) {
      rig.hear({ type: "request", block: { piece, offset: 0, length } });
    }
    const before = reads();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(8);
    rig.give({
      type: "block-sent",
      connection: CONNECTION,
      block: { piece: 0, offset: 0, length },
      bufferedBytes: 8 * length,
    });
    expect(reads()).toBe(before);
    rig.give({ type: "buffered", levels: new Map([[CONNECTION, 0]]) });
    expect(reads()).toBeGreaterThan(before);
  });
});

describe("who people say they are", () => {
  const ada = { name: "Ada", device: "phone" } as const;
  const said = (messages: readonly Message[]) =>
    messages.filter((message) => message.type === "person");

  test("is told after the greeting, and again when it changes", () => {
    const rig = new Rig(oneFile(10));
    rig.give({ type: "introduce", person: ada });
    rig.connect();
    rig.makeProof();
    rig.hearProof();
    expect(said(rig.sends())).toEqual([]);
    expect(said(rig.sends(rig.checkProof()))).toEqual([{ type: "person", ...ada }]);
    const change = (name: string) =>
      said(rig.sends(rig.give({ type: "introduce", person: { ...ada, name } })));
    expect(change("Ada")).toEqual([]);
    expect(change(" Eve\u202e ")).toEqual([{ type: "person", ...ada, name: "Eve" }]);
    expect(change("")).toEqual([{ type: "person", ...ada, name: "" }]);
  });

  test("isn’t told by whoever has nothing to say", () => {
    const rig = new Rig(oneFile(10));
    rig.greet();
    expect(said(rig.sends())).toEqual([]);
  });

  test("shows at once, made harmless, and makes nobody the sharer", () => {
    const rig = new Rig(oneFile(10));
    rig.greet();
    expect(rig.engine.snapshot(0).peers).toMatchObject([{ person: null }]);
    const { stage } = rig.engine;
    rig.hear({ type: "person", device: null, name: "the\u202e sharer\n" });
    expect(rig.engine.stage).not.toBe(stage);
    const person = { name: "the sharer", device: null };
    expect(rig.engine.snapshot(0).peers).toMatchObject([{ person, isSharer: false }]);
  });

  test("is ignored where it changes without end, and heard again later", () => {
    const rig = new Rig(oneFile(10));
    rig.greet();
    const name = () => rig.engine.snapshot(rig.nowMs).peers[0]?.person?.name;
    for (let count = 1; count <= 1000; count++) {
      rig.hear({ type: "person", device: null, name: `${count}` });
    }
    expect(name()).toBe("20");
    const { stage } = rig.engine;
    rig.hear({ type: "person", device: null, name: "Eve" });
    expect(rig.engine.stage).toBe(stage);
    expect(rig.isConnected).toBe(true);
    rig.nowMs += 5_000;
    rig.hear({ type: "person", device: null, name: "Eve" });
    rig.hear({ type: "person", device: null, name: "Mallory" });
    expect(name()).toBe("Eve");
  });
});
