/** Somebody who has the files already: what of them is as it was signed counts like fetched. */
import { expect, test } from "vitest";
import { content, type Member, Share, World } from "./harness.ts";

const KIB = 1024;
const PIECE = 64 * KIB;
const COUNT = 32;
const SIZE = COUNT * PIECE;

type Scene = { world: World; share: Share; file: Uint8Array<ArrayBuffer>; sharer: Member };

async function shared(): Promise<Scene> {
  const world = new World();
  const file = content(SIZE);
  const share = await Share.of(world, file);
  return { world, share, file, sharer: await share.sharer() };
}

/** Its person drops a copy of the file on the page, as soon as it says what the files are. */
async function bring(world: World, member: Member, copy: Uint8Array<ArrayBuffer>): Promise<void> {
  await world.until("the files are known", () => member.state.manifest !== null);
  member.files.copies.set(0, copy);
  member.driver.handle({ type: "own-copy", files: [0] });
}

const damaged = (bytes: Uint8Array<ArrayBuffer>, piece: number): Uint8Array<ArrayBuffer> => {
  const copy = bytes.slice();
  copy[piece * PIECE + 5] = (copy[piece * PIECE + 5] ?? 0) ^ 1;
  return copy;
};

test("who has the file is done without a byte of it from anybody, and seeds", async () => {
  const { world, share, file, sharer } = await shared();
  const owner = await share.leecher();
  world.connect(owner, sharer);
  await bring(world, owner, file);
  await world.until("complete", () => owner.state.isComplete);
  expect(owner.state).toMatchObject({ wanted: true, receivedBytes: 0, verifiedBytes: SIZE });
  expect(owner.state.ownCopy).toEqual({
    pieceCount: COUNT,
    matchedCount: COUNT,
    differingCount: 0,
    isComparing: false,
  });
  sharer.vanish();

  const late = await share.leecher();
  world.connect(late, owner);
  late.driver.handle({ type: "download" });
  await world.until("the late one is complete", () => late.state.isComplete);
  expect(share.isWhole(late)).toBe(true);
});

test("a piece that differs is fetched, and nothing else", async () => {
  const { world, share, file, sharer } = await shared();
  const owner = await share.leecher();
  world.connect(owner, sharer);
  await bring(world, owner, damaged(file, 7));
  await world.until("complete", () => owner.state.isComplete);
  expect(owner.state.receivedBytes).toBe(PIECE);
  expect(owner.state.ownCopy).toMatchObject({ matchedCount: COUNT - 1, differingCount: 1 });
  expect(share.isWhole(owner)).toBe(true);
});

test("a copy brought in the middle of a download does the rest", async () => {
  const { world, share, file, sharer } = await shared();
  const owner = await share.leecher();
  world.connect(owner, sharer);
  owner.driver.handle({ type: "download" });
  await world.until("the first blocks are there", () => owner.state.receivedBytes > 0);
  await bring(world, owner, file);
  await world.until("complete", () => owner.state.isComplete);
  expect(owner.state.receivedBytes).toBeLessThan(SIZE);
  expect(owner.state.verifiedBytes).toBe(SIZE);
  expect(share.isWhole(owner)).toBe(true);
});

test("hashes come from a peer that has no piece, once nobody else is here", async () => {
  const { world, share, file, sharer } = await shared();
  const [knowing, owner] = [await share.leecher(), await share.leecher()];
  world.connect(knowing, sharer);
  knowing.driver.handle({ type: "download" });
  await world.until("it knows the hashes", () => knowing.state.hashedBytes === SIZE);
  sharer.vanish();
  knowing.driver.handle({ type: "failed", code: "storage-failed" }); // It lost what it had.
  knowing.driver.handle({ type: "download" });
  expect(knowing.state.verifiedBytes).toBe(0);

  world.connect(owner, knowing);
  await bring(world, owner, file);
  await world.until("complete", () => owner.state.isComplete);
  await world.until("so is the other", () => knowing.state.isComplete);
  expect(share.isWhole(knowing)).toBe(true);
});

test("who didn’t know the hashes is asked again once it has a piece", async () => {
  const { world, share, file, sharer } = await shared();
  const [between, owner] = [await share.leecher(), await share.leecher()];
  world.connect(between, sharer);
  await world.until("it knows the files", () => between.state.manifest !== null);
  world.connect(owner, between);
  await bring(world, owner, file);
  await world.rest(1_000);
  expect(owner.state.ownCopy).toMatchObject({ matchedCount: 0, isComparing: false });
  between.driver.handle({ type: "download" });
  await world.until("complete", () => owner.state.isComplete);
});

test("a disk that fills up while a copy is taken over is told, and it goes on from there", async () => {
  const { world, share, file, sharer } = await shared();
  const owner = await share.leecher();
  world.connect(owner, sharer);
  await bring(world, owner, file);
  await world.until("some is there", () => owner.state.verifiedBytes > 0);
  owner.files.breaks = "no-space";
  await world.until("told", () => owner.state.isDiskFull);
  await world.until("complete", () => owner.state.isComplete);
  expect(owner.state.receivedBytes).toBe(0);
  expect(share.isWhole(owner)).toBe(true);
});

test("no more than three pieces of a copy are compared at once", async () => {
  const { world, share, file, sharer } = await shared();
  const owner = await share.leecher();
  world.connect(owner, sharer);
  const compare = owner.files.copyPiece.bind(owner.files);
  let comparingCount = 0;
  let mostCount = 0;
  owner.files.copyPiece = async (piece, hash) => {
    comparingCount++;
    mostCount = Math.max(mostCount, comparingCount);
    const matches = await compare(piece, hash);
    comparingCount--;
    return matches;
  };
  await bring(world, owner, file);
  await world.until("complete", () => owner.state.isComplete);
  expect(mostCount).toBe(3);
});
