/** Swarms that live when no tracker answers: who is here goes from neighbour to neighbour. */
import { beforeEach, describe, expect, test } from "vitest";
import { type Bytes, concat, toBase64url, utf8 } from "../src/bytes.ts";
import type { CryptoPort } from "../src/crypto.ts";
import type { PeerId } from "../src/ids.ts";
import { LIMITS } from "../src/limits.ts";
import { Exchanges } from "../src/signal/exchanges.ts";
import { agreementOf, makeIdentity } from "../src/signal/identity.ts";
import { decodeFrame, encodeFrame, type Message } from "../src/wire/frame.ts";
import { content, type Member, Share, type Tamper, World } from "./harness.ts";

let world: World;
let share: Share;
beforeEach(async () => {
  world = new World();
  world.trackerIsUp = false;
  share = await Share.of(world, content(3_000_000));
});

const idOf = (member: Member): PeerId => member.identity.peer;
const knows = (member: Member, other: Member): boolean =>
  member.state.peers.some(({ peer }) => peer === idOf(other));
const areAllMet = (members: readonly Member[]): boolean =>
  members.every((one) => members.every((other) => one === other || knows(one, other)));

async function leechers(count: number): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < count; index++) members.push(await share.leecher());
  return members;
}

/** One that is connected to each of the others, who are connected to nobody else. */
async function star(count: number): Promise<{ centre: Member; others: Member[] }> {
  const centre = await share.sharer();
  const others = await leechers(count);
  for (const other of others) world.connect(other, centre);
  await world.until("met", () => centre.state.peers.length === count);
  return { centre, others };
}

/** What passes to a member over one connection. */
function messages(into: Message[]): Tamper {
  return (frame) => {
    const decoded = decodeFrame(frame);
    if (decoded.kind === "message") into.push(decoded.message);
    return frame;
  };
}

const countOf = (all: readonly Message[], type: Message["type"]): number =>
  all.filter((message) => message.type === type).length;

/** Somebody's introduction as PEERS has it. */
const introductionOf = ({ identity }: Pick<Member, "identity">): Bytes =>
  concat(identity.signing.publicKey, agreementOf(identity));

/** Members that were in this swarm and aren't anywhere. */
async function absent(count: number): Promise<Bytes[]> {
  const all: Bytes[] = [];
  for (let index = 0; index < count; index++) {
    const identity = await makeIdentity(share.secrets.swarm, world.crypto);
    all.push(introductionOf({ identity }));
  }
  return all;
}

/** Has a member hear a message as if the other, which it is connected to, had sent it. */
function say(from: Member, to: Member, message: Message): void {
  for (const wire of from.wires.values()) {
    if (wire.to !== to) continue;
    to.driver.handle({ type: "frame", connection: wire.connection, frame: encodeFrame(message) });
  }
}

describe("with no tracker", () => {
  test("those who know only the sharer soon know each other, and finish when it has left", async () => {
    const { centre, others } = await star(5);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    for (const member of others) member.driver.handle({ type: "download" });
    await world.until("every piece is out", () => (others[0]?.state.copiesOut ?? 0) >= 2);
    centre.vanish();
    await world.until("all have it", () => others.every((member) => share.isWhole(member)));
  });

  test("a row becomes a mesh, and stays one when any of it goes", async () => {
    const members = await leechers(8);
    for (const [index, member] of members.slice(1).entries()) {
      world.connect(member, members[index] ?? member);
    }
    await world.until("all met", () => areAllMet(members), 60_000);
    members[3]?.vanish();
    const left = members.filter((member) => member.isHere);
    await world.rest(120_000);
    expect(areAllMet(left)).toBe(true);
    expect(left.map((member) => member.state.peers.length)).toEqual(left.map(() => 6));
  });

  test("a newcomer that reaches one of them meets the rest", async () => {
    const { centre, others } = await star(4);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    const newcomer = await share.leecher();
    const [first] = others;
    if (first === undefined) throw new Error("there are four");
    world.connect(newcomer, first);
    await world.until("all met", () => areAllMet([centre, ...others, newcomer]), 15_000);
  });

  test("nobody is told of one that hides its address, which meets the others all the same", async () => {
    const { centre, others } = await star(2);
    const hidden = await share.leecher();
    hidden.driver.handle({ type: "hide-address", isHidden: true });
    const heard: Message[] = [];
    const [first] = others;
    if (first === undefined) throw new Error("there are two");
    const watcher = await share.leecher();
    world.connect(watcher, centre, { toA: messages(heard) });
    world.connect(hidden, centre);
    await world.until("met", () => areAllMet([hidden, centre, ...others, watcher]), 30_000);
    const told = heard.flatMap((one) => (one.type === "peers" ? [one.introductions] : []));
    const text = toBase64url(concat(...told));
    expect(text.length).toBeGreaterThan(0);
    const key = Buffer.from(hidden.identity.signing.publicKey);
    expect(told.some((bytes) => Buffer.from(bytes).includes(key))).toBe(false);
    expect(watcher.driver.acquaintance(idOf(hidden))).toBeNull();
  });

  test("one that hides its address from now on is taken back, and told of again afterwards", async () => {
    const { centre, others } = await star(2);
    const [one, other] = others;
    if (one === undefined || other === undefined) throw new Error("there are two");
    const isTold = () => one.driver.acquaintance(idOf(other)) !== null;
    await world.until("told", isTold);
    other.driver.handle({ type: "hide-address", isHidden: true });
    await world.until("taken back", () => !isTold(), 10_000);
    other.driver.handle({ type: "hide-address", isHidden: false });
    await world.until("told again", isTold, 10_000);
    expect(centre.state.peers).toHaveLength(2);
  });

  test("of a neighbour's neighbours that have gone nothing stays known", async () => {
    const { centre, others } = await star(3);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    const [one, two, three] = others;
    if (one === undefined || two === undefined || three === undefined) throw new Error("three");
    three.vanish();
    await world.rest(5_000);
    expect(one.driver.acquaintance(idOf(three))).toBeNull();
    expect(two.driver.acquaintance(idOf(three))).toBeNull();
  });

  test("at rest nothing is said, and each is told of each other at most once", async () => {
    const centre = await share.sharer();
    const others = await leechers(6);
    const heard = others.map((): Message[] => []);
    for (const [index, other] of others.entries()) {
      world.connect(other, centre, { toA: messages(heard[index] ?? []) });
    }
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    await world.rest(300_000);
    for (const all of heard) {
      const told = all.flatMap((one) => (one.type === "peers" ? [one.introductions.length] : []));
      expect(told.reduce((sum, bytes) => sum + bytes / 128, 0)).toBeLessThanOrEqual(5);
      expect(countOf(all, "introduction")).toBe(1);
      expect(countOf(all, "gone")).toBe(0);
    }
  });

  test("nobody is told of more than a few, however many a neighbour has", async () => {
    const { centre } = await star(LIMITS.toldPeers + 8);
    const heard: Message[] = [];
    const late = await share.leecher();
    world.connect(late, centre, { toA: messages(heard) });
    await world.rest(60_000);
    const told = heard.flatMap((one) => (one.type === "peers" ? [one.introductions.length] : []));
    const [toldCount] = [told.reduce((sum, bytes) => sum + bytes / 128, 0)];
    expect(toldCount).toBeGreaterThan(8);
    expect(toldCount).toBeLessThanOrEqual(LIMITS.toldPeers);
  });
});

describe("a neighbour that", () => {
  test("brings a forged introduction is let go of, and no word of it counts", async () => {
    const { centre, others } = await star(2);
    const [one] = others;
    if (one === undefined) throw new Error("there are two");
    const [good, forged] = await absent(2);
    if (good === undefined || forged === undefined) throw new Error("there are two");
    forged[127] = (forged[127] ?? 0) ^ 1;
    say(one, centre, { type: "peers", introductions: concat(good, forged) });
    await world.until("let go of", () => !knows(centre, one));
    expect(centre.state.peers).toHaveLength(1);
  });

  test("forges its own introduction is let go of, and nobody is told of it", async () => {
    const { centre, others } = await star(2);
    const [one, other] = others;
    if (one === undefined || other === undefined) throw new Error("there are two");
    const agreement = agreementOf(other.identity);
    say(one, centre, { type: "introduction", isHidden: false, agreement });
    await world.until("let go of", () => !knows(centre, one));
    expect(knows(centre, other)).toBe(true);
  });

  test("names peers that are nowhere is believed for a few dials, and holds nobody up", async () => {
    const { centre, others } = await star(3);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    const [liar] = others;
    if (liar === undefined) throw new Error("there are three");
    // It says that it passed everything on.
    let askedCount = 0;
    for (const wire of centre.wires.values()) {
      if (wire.to !== liar) continue;
      const { tamper } = wire;
      Object.assign(wire, {
        tamper: (frame: Bytes) => {
          const decoded = decodeFrame(frame);
          if (decoded.kind !== "message" || decoded.message.type !== "relay") return tamper(frame);
          const { exchange } = decoded.message;
          askedCount++;
          world.soon(() => say(liar, centre, { type: "relay-answer", exchange, isPassedOn: true }));
          return null;
        },
      });
    }
    const names = await absent(LIMITS.peersPerMessage);
    say(liar, centre, { type: "peers", introductions: concat(...names) });
    await world.rest(30_000);
    const late = await share.leecher();
    const honest = others[1];
    if (honest === undefined) throw new Error("there are three");
    world.connect(late, honest);
    await world.until("met all the same", () => knows(centre, late), 120_000);
    await world.rest(1_000_000);
    expect(askedCount).toBeGreaterThan(0);
    expect(askedCount).toBeLessThan(60);
  });

  test("floods with introductions costs a bounded number of checks", async () => {
    const { centre, others } = await star(2);
    const [flooder] = others;
    if (flooder === undefined) throw new Error("there are two");
    const names = await absent(600);
    let checkCount = 0;
    const crypto = { ...world.crypto };
    Object.assign(world.crypto, {
      verify: (...args: Parameters<CryptoPort["verify"]>) => {
        checkCount++;
        return crypto.verify(...args);
      },
    });
    for (let at = 0; at < names.length; at += 20) {
      const introductions = concat(...names.slice(at, at + 20));
      say(flooder, centre, { type: "peers", introductions });
      await world.rest(10);
      say(flooder, centre, { type: "gone", ids: new Uint8Array(32 * 50) });
    }
    await world.rest(1_000);
    expect(checkCount).toBeGreaterThan(0);
    expect(checkCount).toBeLessThanOrEqual(200 + 5);
    expect(knows(centre, flooder)).toBe(true);
  });
});

describe("a signal", () => {
  /** One in the middle of two that aren't connected. */
  async function two(): Promise<{ middle: Member; one: Member; other: Member }> {
    const middle = await share.leecher();
    const [one, other] = await leechers(2);
    if (one === undefined || other === undefined) throw new Error("there are two");
    for (const member of [one, other]) {
      member.driver.handle({ type: "hide-address", isHidden: true }); // They don't meet by themselves.
      world.connect(member, middle);
    }
    await world.until("met", () => middle.state.peers.length === 2);
    return { middle, one, other };
  }

  const signalTo = (to: Member, text = "sealed", exchange = 1) => ({
    swarm: share.secrets.swarm,
    to: idOf(to),
    kind: "answer" as const,
    exchange: toBase64url(new Uint8Array(16).fill(exchange)),
    body: toBase64url(utf8(text)),
  });

  test("comes as it was, from who the neighbour knows it is from", async () => {
    const { middle, one, other } = await two();
    const { to, ...signal } = signalTo(other);
    say(one, middle, { type: "relay", to, ...signal, body: utf8("sealed") });
    await world.until("brought", () => other.brought.length === 1);
    expect(other.brought).toEqual([{ ...signal, from: idOf(one) }]);
    // The answer takes the same way back, though nobody named its receiver.
    expect(other.driver.acquaintance(idOf(one))).toBeNull();
    const isCarried = other.driver.carry(signalTo(one, "answer"));
    await world.until("answered", () => one.brought.length === 1);
    expect(await isCarried).toBe(true);
  });

  test("of a real exchange is opened at the other end, and so is what comes back", async () => {
    const { centre, others } = await star(2);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    const [one, other] = others;
    if (one === undefined || other === undefined) throw new Error("there are two");
    const log: string[] = [];
    const exchangesOf = ({ identity, driver }: Member, name: string): Exchanges => {
      const exchanges = new Exchanges(identity, share.secrets.signalSecret, world.crypto, {
        carry: (signal) => driver.carry(signal),
        connect: (connection, _peer, role) => {
          const kind = role === "initiator" ? "offer" : "answer";
          exchanges.local(connection, kind, `${kind} of ${name}`);
          exchanges.local(connection, "candidate", `candidate of ${name}`);
        },
        apply: (_connection, text) => log.push(`${name}: ${text}`),
        abandon: () => log.push(`${name} gave up`),
      });
      return exchanges;
    };
    const [atOne, atOther] = [exchangesOf(one, "one"), exchangesOf(other, "other")];
    one.brought.length = 0;
    other.brought.length = 0;
    const acquaintance = one.driver.acquaintance(idOf(other));
    if (acquaintance === null) throw new Error("the one in the middle named it");
    await atOne.dial(acquaintance);
    await world.until("all four came through", () => {
      for (const signal of one.brought.splice(0)) void atOne.receive(signal);
      for (const signal of other.brought.splice(0)) void atOther.receive(signal);
      return log.length === 4;
    });
    expect(log.filter((line) => line.startsWith("other"))).toEqual([
      "other: offer of one",
      "other: candidate of one",
    ]);
    expect(log.filter((line) => line.startsWith("one"))).toEqual([
      "one: answer of other",
      "one: candidate of other",
    ]);
  });

  test("for a peer that nobody names isn't carried, and at once", async () => {
    const { one, other } = await two();
    expect(await one.driver.carry(signalTo(other))).toBe(false);
    expect(other.brought).toEqual([]);
  });

  test("is refused by a neighbour that isn't connected to the receiver, which then isn't believed", async () => {
    const { middle, one } = await two();
    const nowhere = await share.leecher();
    say(middle, one, { type: "peers", introductions: introductionOf(nowhere) });
    await world.until("named", () => one.driver.acquaintance(idOf(nowhere)) !== null);
    let isCarried: boolean | null = null;
    void one.driver.carry(signalTo(nowhere)).then((isPassedOn) => (isCarried = isPassedOn));
    await world.until("refused", () => isCarried === false, 100);
    expect(one.driver.acquaintance(idOf(nowhere))).toBeNull();
  });

  test("goes by another neighbour where the first is silent", async () => {
    const { centre, others } = await star(3);
    await world.until("all met", () => areAllMet([centre, ...others]), 15_000);
    const [one, two_, three] = others;
    if (one === undefined || two_ === undefined || three === undefined) throw new Error("three");
    // All of its neighbours but one lose what is to be passed on.
    for (const wire of one.wires.values()) {
      if (wire.to === two_) continue;
      Object.assign(wire, {
        tamper: (frame: Bytes) => (frame[0] === 0x63 ? null : frame),
      });
    }
    const before = three.brought.length;
    let isCarried: boolean | null = null;
    void one.driver.carry(signalTo(three)).then((isPassedOn) => (isCarried = isPassedOn));
    await world.until("passed on", () => isCarried === true, 10_000);
    expect(three.brought).toHaveLength(before + 1);
  });

  test("that is one of too many is refused", async () => {
    const { middle, one, other } = await two();
    for (let count = 0; count < 300; count++) {
      const exchange = toBase64url(new Uint8Array(16).fill(count % 256));
      const to = idOf(other);
      say(one, middle, { type: "relay", to, kind: "answer", exchange, body: utf8("sealed") });
    }
    await world.rest(1_000);
    expect(other.brought).toHaveLength(100);
    expect(middle.state.peers).toHaveLength(2);
  });
});
