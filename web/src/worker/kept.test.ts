import { concat } from "@shoal/swarm/bytes";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { SwarmId } from "@shoal/swarm/ids";
import { encodeManifest, makeManifest } from "@shoal/swarm/share/manifest";
import { SIGNATURE_BYTES } from "@shoal/swarm/share/statement";
import { expect, it } from "vitest";
import { type Found, keptShare } from "./kept.ts";

const SWARM = "a swarm" as SwarmId;
const SIZE = 1_000_000;
const manifest = makeManifest([
  { path: ["Trip", "a"], sizeBytes: SIZE },
  { path: ["Trip", "b"], sizeBytes: 10 },
]);
const signed = concat(new Uint8Array(SIGNATURE_BYTES), encodeManifest(manifest));
const FOUND: Found = {
  swarm: SWARM,
  role: "receiver",
  fragment: "AQB",
  isEnded: false,
  usedMs: 5,
  signed,
  held: null,
};

const held = (...pieces: readonly number[]) => {
  const field = new Bitfield(manifest.layout.pieceCount);
  for (const piece of pieces) field.add(piece);
  return field.toBytes();
};

it("says what a share is, and how much of it is here", () => {
  const share = keptShare({ ...FOUND, held: held(0) }, new Set());
  expect(share).toEqual({
    swarm: SWARM,
    role: "receiver",
    fragment: "AQB",
    isEnded: false,
    isOpen: false,
    usedMs: 5,
    name: "Trip",
    fileCount: 2,
    totalBytes: SIZE + 10,
    keptBytes: manifest.layout.pieceBytes,
  });
  const all = [...Array.from({ length: manifest.layout.pieceCount }).keys()];
  expect(keptShare({ ...FOUND, held: held(...all) }, new Set())?.keptBytes).toBe(SIZE + 10);
});

it("counts nothing where the bits are missing, damaged, or a sharer's", () => {
  for (const bits of [null, new Uint8Array(1), new Uint8Array(99)]) {
    expect(keptShare({ ...FOUND, held: bits }, new Set())?.keptBytes).toBe(0);
  }
  expect(keptShare({ ...FOUND, role: "sharer", held: held(0) }, new Set())?.keptBytes).toBe(0);
});

it("knows which one is open in a tab", () => {
  expect(keptShare(FOUND, new Set([SWARM]))?.isOpen).toBe(true);
});

it("leaves out what can't be opened again or is damaged", () => {
  expect(keptShare({ ...FOUND, fragment: null }, new Set())).toBeNull();
  for (const bytes of [new Uint8Array(), signed.subarray(0, -3)]) {
    expect(keptShare({ ...FOUND, signed: bytes }, new Set())).toBeNull();
  }
});
