/**
 * Peers that cheat. Each is a real engine whose frames are spoilt on their way out, or that says
 * things which no engine says: so it greets, has and trades as others do until it cheats.
 */
import { type Bytes, concat, toBase64url } from "../src/bytes.ts";
import { idBytes } from "../src/ids.ts";
import { LIMITS } from "../src/limits.ts";
import { decodeFrame, encodeFrame, type Message } from "../src/wire/frame.ts";
import type { Behaviour, SimulatedPeer } from "./peer.ts";

const changing =
  (type: Message["type"], change: (frame: Bytes, peer: SimulatedPeer) => readonly Bytes[]) =>
  (frame: Bytes, peer: SimulatedPeer): readonly Bytes[] => {
    const decoded = decodeFrame(frame);
    const isOne = decoded.kind === "message" && decoded.message.type === type;
    return isOne ? change(frame, peer) : [frame];
  };

/** A bit of the last byte turned, which is payload, hashes or signature in every frame that has any. */
export function spoilt(frame: Bytes): Bytes {
  const changed = frame.slice();
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  return changed;
}

/** Does something to each of its connections, again and again. */
const pestering =
  (everyMs: number, act: (peer: SimulatedPeer, connection: number) => void) =>
  (peer: SimulatedPeer): void => {
    const { timeline } = peer.simulation;
    const again = (): void => {
      if (!peer.isHere) return;
      for (const connection of peer.wires.keys()) act(peer, connection);
      timeline.in(everyMs, again);
    };
    timeline.in(everyMs, again);
  };

const anyPiece = (peer: SimulatedPeer): number =>
  peer.host.chance.whole(0, peer.simulation.content.manifest.layout.pieceCount - 1);

/** Every kind of cheat, by what it does. */
export const HOSTILE: readonly Behaviour[] = [
  { name: "spoils every block", alters: changing("data", (frame) => [spoilt(frame)]) },
  {
    name: "spoils a block now and then",
    alters: changing("data", (frame, peer) => [
      peer.host.chance.happens(0.2) ? spoilt(frame) : frame,
    ]),
  },
  { name: "unchokes nobody", alters: changing("unchoke", () => []) },
  { name: "sends no blocks", alters: changing("data", () => []) },
  {
    name: "says that it has everything",
    alters: (frame, peer) =>
      changing("have-none", () => [encodeFrame({ type: "have-all" })])(frame, peer).flatMap((one) =>
        changing("bitfield", () => [encodeFrame({ type: "have-all" })])(one, peer),
      ),
  },
  {
    name: "says again and again what it hasn't",
    begins: pestering(500, (peer, connection) =>
      peer.inject(connection, encodeFrame({ type: "have", pieces: [anyPiece(peer)] })),
    ),
  },
  {
    name: "floods with requests",
    begins: pestering(200, (peer, connection) => {
      const { layout } = peer.simulation.content.manifest;
      for (let count = 0; count < 100; count++) {
        const piece = anyPiece(peer);
        const length = Math.min(128 * 1024, layout.span(piece).length);
        peer.inject(
          connection,
          encodeFrame({ type: "request", block: { piece, offset: 0, length } }),
        );
      }
    }),
  },
  {
    name: "sends rubbish",
    begins: pestering(3_000, (peer, connection) =>
      peer.inject(connection, peer.host.chance.bytes(peer.host.chance.whole(0, 300))),
    ),
  },
  {
    name: "chokes and unchokes without end",
    begins: pestering(50, (peer, connection) => {
      peer.inject(connection, encodeFrame({ type: "choke" }));
      peer.inject(connection, encodeFrame({ type: "unchoke" }));
    }),
  },
  { name: "forges hash pages", alters: changing("page", (frame) => [spoilt(frame)]) },
  { name: "forges the manifest", alters: changing("manifest-part", (frame) => [spoilt(frame)]) },
  { name: "cuts frames", alters: changing("data", (frame) => [frame.slice(0, -1)]) },
  {
    name: "is mute once it has greeted",
    alters: (frame) => ((frame[0] ?? 0) < 0x10 ? [frame] : []),
  },
  {
    name: "forges the end of the share",
    begins: pestering(2_000, (peer, connection) => {
      const signature = peer.host.chance.bytes(64);
      peer.inject(connection, encodeFrame({ type: "end", reason: "stopped", signature }));
    }),
  },
  {
    name: "forges proofs of contradiction",
    begins: pestering(2_000, (peer, connection) => {
      const signed = () => ({
        signature: peer.host.chance.bytes(64),
        hashes: peer.host.chance.bytes(32),
      });
      const message = {
        type: "contradiction",
        page: 0,
        first: signed(),
        second: signed(),
      } as const;
      peer.inject(connection, encodeFrame(message));
    }),
  },
  {
    name: "suggests what it likes",
    begins: pestering(300, (peer, connection) =>
      peer.inject(connection, encodeFrame({ type: "suggest", pieces: [anyPiece(peer)] })),
    ),
  },
  { name: "forges its introduction", alters: changing("introduction", (frame) => [spoilt(frame)]) },
  { name: "forges others' introductions", alters: changing("peers", (frame) => [spoilt(frame)]) },
  { name: "says that it passed on what it didn't", alters: changing("relayed", () => []) },
  { name: "passes nothing on, and is silent", hears: changing("relay", () => []) },
  {
    name: "floods with signals to be passed on",
    begins: pestering(100, (peer, connection) => {
      const exchange = toBase64url(peer.host.chance.bytes(16));
      const to = peer.host.chance.of(peer.simulation.ids);
      const body = peer.host.chance.bytes(1000);
      const message = { type: "relay", to, kind: "offer", exchange, body } as const;
      for (let count = 0; count < 20; count++) peer.inject(connection, encodeFrame(message));
    }),
  },
  {
    name: "takes back again and again whom it named",
    begins: pestering(300, (peer, connection) => {
      const ids = concat(...peer.simulation.ids.slice(0, LIMITS.peersPerMessage).map(idBytes));
      peer.inject(connection, encodeFrame({ type: "gone", ids }));
    }),
  },
  { name: "asks for nothing and answers nothing", alters: (frame) => [frame], hears: () => [] },
];
