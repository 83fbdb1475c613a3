/** First words of the overlay's members to each other, through a swarm's connections. */
import { beforeEach, expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import { LIMITS } from "../src/limits.ts";
import { content, type Member, Share, World } from "./harness.ts";

let world: World;
let share: Share;
let [a, b, c]: Member[] = [];

beforeEach(async () => {
  world = new World();
  share = await Share.of(world, content(1000));
  [a, b, c] = [await share.leecher(), await share.leecher(), await share.leecher()];
});

/** What a member heard, in order. */
const heardBy = (member: Member | undefined) =>
  (member?.overlayHeard ?? []).map(([peer, said]) => [peer, new TextDecoder().decode(said)]);

function three(): [Member, Member, Member] {
  if (a === undefined || b === undefined || c === undefined) throw new Error("there are three");
  return [a, b, c];
}

async function met(one: Member, other: Member): Promise<void> {
  world.connect(one, other);
  const { peer } = other.identity;
  await world.until("met", () => one.state.peers.some((known) => known.peer === peer));
}

test("whoever is here and whoever comes is told the newest, until nothing is told any more", async () => {
  const [first, second, third] = three();
  const { peer } = first.identity;
  await met(first, second);
  first.driver.handle({ type: "overlay-hello", content: utf8("one") });
  first.driver.handle({ type: "overlay-hello", content: utf8("two") });
  await met(third, first);
  await world.until("told", () => heardBy(second).length === 2 && heardBy(third).length === 1);
  expect(heardBy(second)).toEqual([
    [peer, "one"],
    [peer, "two"],
  ]);
  expect(heardBy(third)).toEqual([[peer, "two"]]);

  first.driver.handle({ type: "overlay-hello", content: null });
  const late = await share.leecher();
  await met(late, first);
  await world.rest(1_000);
  expect([late, second, third].map((member) => heardBy(member).length)).toEqual([0, 2, 1]);
});

test("what is for one peer comes to no other, and to nobody where that one isn't here", async () => {
  const [first, second, third] = three();
  await met(first, second);
  first.driver.handle({ type: "overlay-say", peer: second.identity.peer, content: utf8("you") });
  first.driver.handle({ type: "overlay-say", peer: third.identity.peer, content: utf8("lost") });
  await met(third, first);
  await world.rest(1_000);
  expect(heardBy(second)).toEqual([[first.identity.peer, "you"]]);
  expect(heardBy(third)).toEqual([]);
});

test("who says too much is heard a hundred times, and ten times more with each second", async () => {
  const [first, second] = three();
  await met(first, second);
  const say = (): void => {
    for (let count = 0; count < 300; count++) {
      const { peer } = second.identity;
      first.driver.handle({ type: "overlay-say", peer, content: utf8("again") });
    }
  };
  say();
  await world.rest(1_000);
  expect(heardBy(second)).toHaveLength(100);
  say();
  await world.until("heard again", () => heardBy(second).length === 110);
  expect(second.state.peers).toHaveLength(1);
});

test("what no frame has room for is the overlay's own mistake", async () => {
  const [first, second] = three();
  await met(first, second);
  const { peer } = second.identity;
  const say = (byteCount: number) =>
    first.driver.handle({ type: "overlay-say", peer, content: new Uint8Array(byteCount) });
  expect(() => say(0)).toThrow("malformed");
  expect(() => say(LIMITS.overlayContentBytes + 1)).toThrow("malformed");
  say(LIMITS.overlayContentBytes);
  await world.until("heard", () => second.overlayHeard.length === 1);
});
