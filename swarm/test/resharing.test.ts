/** A sharer that comes back: the same share, with the pages that it signed before, or without. */
import { expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { encodeFrame, type Message } from "../src/wire/frame.ts";
import { content, type Member, Share, World } from "./harness.ts";

const MIB = 1024 * 1024;
/** Three pages. */
const SIZE = 72 * MIB;
/** A frame's type byte. */
const REJECT = 0x41;

type Scene = { world: World; share: Share; sharer: Member; leecher: Member };

/** A leecher that knows all hashes and has a part of the pieces when the sharer's page is closed. */
async function halfWay(): Promise<Scene> {
  const world = new World();
  const share = await Share.of(world, content(SIZE));
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  const knowsAll = () => leecher.state.hashedBytes === SIZE;
  await world.until("a part is there", () => knowsAll() && leecher.state.verifiedBytes > SIZE / 4);
  expect(leecher.state.verifiedBytes).toBeLessThan(SIZE);
  sharer.vanish();
  return { world, share, sharer, leecher };
}

test("a sharer that comes back with its pages serves at once, and hashes nothing again", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  const again = await share.sharer({ pages: sharer.files.pages });
  again.files.hashGate = new Promise(() => undefined);
  expect(again.state.hashedBytes).toBe(SIZE);
  world.connect(leecher, again);
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("without its pages it makes the one that a block is asked of, then answers", async () => {
  const { world, share, leecher } = await halfWay();
  const again = await share.sharer();
  let goOn: () => void = () => undefined;
  again.files.hashGate = new Promise((resolve) => {
    goOn = resolve;
  });
  world.connect(leecher, again);
  const isAsked = () => leecher.state.peers.some(({ isSharer }) => isSharer);
  await world.until("they have met", isAsked);
  await world.rest(1_000);
  const beforeBytes = leecher.state.receivedBytes;
  goOn();
  // A peer that had refused so much would have been let go of.
  await world.until("complete", () => leecher.state.isComplete);
  expect(leecher.state.receivedBytes).toBeGreaterThan(beforeBytes);
  expect(leecher.state.peers).toHaveLength(1);
  expect(share.isWhole(leecher)).toBe(true);
});

test("no request for what isn’t hashed yet is refused", async () => {
  const { world, share, leecher } = await halfWay();
  const again = await share.sharer();
  let rejectCount = 0;
  const counted = (frame: Uint8Array<ArrayBuffer>) => {
    if (frame[0] === REJECT) rejectCount++;
    return frame;
  };
  world.connect(leecher, again, { toA: counted });
  await world.until("complete", () => leecher.state.isComplete);
  expect(rejectCount).toBe(0);
});

test("requests that wait for a page are bounded, and taken back by a CANCEL", async () => {
  const world = new World();
  const share = await Share.of(world, content(MIB));
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  sharer.files.hashGate = new Promise(() => undefined);
  let rejectCount = 0;
  world.connect(leecher, sharer, {
    toA: (frame) => {
      if (frame[0] !== REJECT) return frame;
      rejectCount++;
      return null;
    },
  });
  await world.until("acquainted", () => leecher.state.manifest !== null);
  const [connection = 0] = sharer.wires.keys();
  const say = (message: Message): void =>
    sharer.driver.handle({ type: "frame", connection, frame: encodeFrame(message) });
  const block = { piece: 3, offset: 0, length: 64 * 1024 };
  say({ type: "interested" });
  for (let count = 0; count < LIMITS.requestsPerPeer; count++) say({ type: "request", block });
  expect(rejectCount).toBe(0);
  say({ type: "request", block });
  expect(rejectCount).toBe(1);
  say({ type: "cancel", block });
  expect(rejectCount).toBe(2);
});

test("a share that was ended before is ended for everyone who comes", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  const again = await share.sharer({ pages: sharer.files.pages });
  again.driver.handle({ type: "end-share", reason: "stopped" });
  await world.until("it is signed", () => again.files.end !== null);
  again.vanish();

  const { end } = again.files;
  const ended = await share.sharer({ end });
  expect(ended.state.status).toEqual({ kind: "ended", reason: "stopped" });
  world.connect(leecher, ended);
  await world.until("told", () => leecher.state.status.kind === "ended");
});

test("what a sharer signs is kept before anybody is told of it", async () => {
  const world = new World();
  const share = await Share.of(world, content(MIB));
  let keep: () => void = () => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  const keeper = { keepPage: () => kept, keepEnd: () => kept };
  const [sharer, leecher] = [await share.sharer({ keeper }), await share.leecher()];
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("the files are known", () => leecher.state.manifest !== null);
  await world.rest(1_000);
  expect(leecher.state.hashedBytes).toBe(0);
  keep();
  await world.until("complete", () => leecher.state.isComplete);
});
