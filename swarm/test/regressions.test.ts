/** Defects that were found once, each prevented here. */
import { expect, test } from "vitest";
import { encodeFrame } from "../src/wire/frame.ts";
import { content, Share, World } from "./harness.ts";

const KIB = 1024;

/** A REQUEST for a piece that the sharer hadn't hashed yet ended the share as if its file changed. */
test("a request for a piece without a signed hash waits for its page", async () => {
  const world = new World();
  const share = await Share.of(world, content(70 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.files.hashGate = new Promise(() => undefined);
  world.connect(leecher, sharer);
  await world.until("acquainted", () => leecher.state.manifest !== null);
  const [connection] = sharer.wires.keys();
  const block = { piece: 100, offset: 0, length: 64 * KIB };
  for (const message of [{ type: "interested" }, { type: "request", block }] as const) {
    const frame = encodeFrame(message);
    sharer.driver.handle({ type: "frame", connection: connection ?? 0, frame });
  }
  await world.rest(1000);
  expect(sharer.sentTo.size).toBe(0);
  expect(sharer.state.status).toEqual({ kind: "running" });
});

/** What a peer rejected while its storage had failed was never asked of it again. */
test("a peer that failed and recovered is asked again", async () => {
  const world = new World();
  const share = await Share.of(world, content(4 * 1024 * KIB));
  const sharer = await share.sharer();
  const first = await share.leecher();
  world.connect(first, sharer);
  first.driver.handle({ type: "download" });
  await world.until("the first has some", () => first.state.verifiedBytes > 0);
  first.driver.handle({ type: "failed", code: "storage-failed" });
  const second = await share.leecher();
  world.connect(second, first);
  second.driver.handle({ type: "download" });
  await world.until("the first failed", () => first.state.status.kind === "failed");
  await world.rest(1000);
  first.driver.handle({ type: "download" });
  await world.until("the second is complete", () => second.state.isComplete);
  expect(share.isWhole(second)).toBe(true);
});

/** An END whose bringer left while it was checked was forgotten. */
test("the end of a share counts also when its sharer leaves at once", async () => {
  const world = new World();
  const share = await Share.of(world, content(300 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer, {
    toA: (frame) => {
      if (frame[0] === 0x50) world.soon(() => sharer.vanish());
      return frame;
    },
  });
  await world.until("acquainted", () => leecher.state.manifest !== null);
  sharer.driver.handle({ type: "end-share", reason: "stopped" });
  await world.until("ended", () => leecher.state.status.kind === "ended");
  await world.until("alone", () => leecher.state.peers.length === 0);
});

/** After a failed read the pieces still counted as held, and a file with holes as complete. */
test("after storage failed nothing is trusted that it held", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const first = await share.leecher();
  sharer.join();
  first.join();
  first.driver.handle({ type: "download" });
  await world.until("complete", () => first.state.isComplete);
  first.driver.handle({ type: "failed", code: "storage-failed" });
  expect(first.state).toMatchObject({ isComplete: false, verifiedBytes: 0 });
  for (const file of first.files.files) file.fill(0);
  first.driver.handle({ type: "download" });
  await world.until("complete again", () => first.state.isComplete);
  expect(share.isWhole(first)).toBe(true);
});
