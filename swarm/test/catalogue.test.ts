/** What a share's key says to catalogues, on its way from member to member. */
import { expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { decodeFrame, encodeFrame } from "../src/wire/frame.ts";
import { content, type Member, Share, World } from "./harness.ts";

async function scene(): Promise<{ world: World; share: Share }> {
  const world = new World();
  return { world, share: await Share.of(world, content(1000)) };
}

/** Members in a row, each connected to the next alone. */
async function row(world: World, share: Share, count: number): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < count; index++) members.push(await share.leecher());
  for (const [index, member] of members.slice(1).entries()) {
    world.connect(member, members[index] ?? member);
  }
  return members;
}

const numberAt = (member: Member) => member.driver.stated?.stated.sequence ?? null;

/** How many CATALOGUE frames were sent, by a connection between these. */
function counted(world: World, a: Member, b: Member): () => number {
  let count = 0;
  const tamper = (frame: Uint8Array<ArrayBuffer>) => {
    const decoded = decodeFrame(frame);
    if (decoded.kind === "message" && decoded.message.type === "catalogue") count++;
    return frame;
  };
  world.connect(a, b, { toA: tamper, toB: tamper });
  return () => count;
}

test("reaches everyone through the others, also who comes when the sharer has left", async () => {
  const { world, share } = await scene();
  const sharer = await share.sharer();
  const members = await row(world, share, 4);
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) throw new Error("there are four");
  world.connect(first, sharer);
  const signed = await share.state(1, "Lisbon");
  sharer.driver.passOn(signed);
  await world.until("everyone has it", () => members.every((member) => numberAt(member) === 1));
  expect(last.driver.stated).toEqual(signed);

  sharer.vanish();
  const late = await share.leecher();
  world.connect(late, last);
  await world.until("told", () => late.driver.stated !== null);
  expect(late.driver.stated).toEqual(signed);
});

test("a newer one takes its place everywhere, and an older one that comes back doesn't", async () => {
  const { world, share } = await scene();
  const members = await row(world, share, 3);
  const [first, middle] = members;
  if (first === undefined || middle === undefined) throw new Error("there are three");
  first.driver.passOn(await share.state(1, "Lisbon"));
  await world.until("everyone has it", () => members.every((member) => numberAt(member) === 1));
  first.driver.passOn(await share.state(2, null));
  await world.until("withdrawn", () => members.every((member) => numberAt(member) === 2));

  const stale = await share.leecher();
  stale.driver.passOn(await share.state(1, "Lisbon"));
  world.connect(stale, middle);
  await world.until("the stale one learns", () => numberAt(stale) === 2);
  expect(members.map(numberAt)).toEqual([2, 2, 2]);
});

test("is said once on each connection, whichever end has it first", async () => {
  const { world, share } = await scene();
  const members = [await share.leecher(), await share.leecher(), await share.leecher()];
  const [a, b, c] = members;
  if (a === undefined || b === undefined || c === undefined) throw new Error("there are three");
  const counts = [counted(world, a, b), counted(world, b, c), counted(world, c, a)];
  await world.until("met", () => members.every((member) => member.state.peers.length === 2));
  a.driver.passOn(await share.state(1, "Lisbon"));
  await world.until("everyone has it", () => members.every((member) => numberAt(member) === 1));
  await world.rest(60_000);
  const [ab = 0, bc = 0, ca = 0] = counts.map((count) => count());
  expect([ab, ca]).toEqual([1, 1]);
  // Both of these may say it to each other, at the same moment.
  expect(bc).toBeGreaterThan(0);
  expect(bc).toBeLessThanOrEqual(2);
});

test("isn't passed on once it has expired, and what is older stays refused", async () => {
  const { world, share } = await scene();
  const [first, second] = [await share.leecher(), await share.leecher()];
  const entry = await share.state(1, "Lisbon");
  first.driver.passOn(await share.state(2, "Lisbon", world.unixMs + 60_000));
  await world.rest(60_000);
  world.connect(first, second);
  await world.until("met", () => second.state.peers.length === 1);
  await world.rest(1_000);
  expect(numberAt(second)).toBeNull();
  first.driver.passOn(entry);
  await world.rest(1_000);
  expect([numberAt(first), numberAt(second)]).toEqual([2, null]);
});

test.each([
  ["has expired", (unixMs: number) => unixMs],
  ["holds for longer than it may", (unixMs: number) => unixMs + 2 * LIMITS.entryLifeMs],
])("one that %s goes no further, and whoever brought it stays", async (_what, expiry) => {
  const { world, share } = await scene();
  const members = await row(world, share, 3);
  const [first, middle, last] = members;
  if (first === undefined || middle === undefined || last === undefined) throw new Error("three");
  await world.until("met", () => middle.state.peers.length === 2);
  const { bytes } = await share.state(1, "Lisbon", expiry(world.unixMs));
  const [connection = 0] = middle.wires.keys();
  const frame = encodeFrame({ type: "catalogue", statement: bytes });
  middle.driver.handle({ type: "frame", connection, frame });
  await world.until("heard", () => numberAt(middle) === 1);
  await world.rest(1_000);
  expect(numberAt(last)).toBeNull();
  expect(middle.state.peers).toHaveLength(2);
});

test("of a share that has ended, its withdrawal still reaches everyone", async () => {
  const { world, share } = await scene();
  const sharer = await share.sharer();
  const [first, last] = await row(world, share, 2);
  if (first === undefined || last === undefined) throw new Error("there are two");
  world.connect(first, sharer);
  sharer.driver.passOn(await share.state(1, "Lisbon"));
  await world.until("listed", () => numberAt(last) === 1);
  sharer.driver.handle({ type: "end-share", reason: "stopped" });
  await world.until("ended", () => last.state.status.kind === "ended");
  sharer.driver.passOn(await share.state(2, null));
  await world.until("withdrawn", () => numberAt(last) === 2);
  const late = await share.leecher();
  world.connect(late, last);
  await world.until("told", () => late.state.status.kind === "ended" && numberAt(late) === 2);
});
