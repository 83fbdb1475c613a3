/**
 * Several browsers' places in the ring and their shares, with real cryptography and the real state
 * machine; connections are made up, and what goes over them is recorded.
 */
import { fromBase64url, toBase64url } from "@shoal/swarm/bytes";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PeerId } from "@shoal/swarm/ids";
import { meetingOf } from "@shoal/swarm/overlay/contact";
import { apart, positionOf } from "@shoal/swarm/overlay/position";
import { isGoodRecord } from "@shoal/swarm/overlay/word-record";
import { encodeLink } from "@shoal/swarm/share/link";
import { deriveSecrets, type ShareSecrets } from "@shoal/swarm/share/secrets";
import { type Identity, makeIdentity } from "@shoal/swarm/signal/identity";
import type { IncomingSignal, OutgoingSignal } from "@shoal/swarm/tracker/messages";
import type {
  FromRingHost,
  RingDegree,
  RingPipe,
  RingView,
  ToRingHost,
} from "../../protocol/ring.ts";
import { RingClient } from "./ring-client.ts";
import { RingHost } from "./ring-host.ts";

const crypto = webCrypto();
const latin = new TextDecoder("latin1");
const unixMs = (): number => performance.timeOrigin + performance.now();

/** The channel between the tabs of one browser. */
class Pipes {
  #toHost: (message: ToRingHost) => void = () => undefined;
  readonly #toClients = new Set<(message: FromRingHost) => void>();

  readonly host = (): RingPipe<FromRingHost, ToRingHost> => ({
    post: (message) => {
      for (const hear of this.#toClients) queueMicrotask(() => hear(message));
    },
    hear: (heard) => {
      this.#toHost = heard;
    },
    close: () => {
      this.#toHost = () => undefined;
    },
  });

  readonly client = (): RingPipe<ToRingHost, FromRingHost> => {
    let mine: (message: FromRingHost) => void = () => undefined;
    const hear = (message: FromRingHost): void => mine(message);
    this.#toClients.add(hear);
    return {
      post: (message) => queueMicrotask(() => this.#toHost(message)),
      hear: (heard) => {
        mine = heard;
      },
      close: () => this.#toClients.delete(hear),
    };
  };
}

/** One end of a made-up connection. */
type End = { readonly host: RingHost; readonly connection: number; other: End | null };

class World {
  /** By the name in a made-up offer. */
  readonly #ends = new Map<string, End>();
  readonly #byHost = new Map<RingHost, Map<number, End>>();
  /** Everything that went over a link. */
  readonly recorded: Uint8Array[] = [];
  readonly hosts: RingHost[] = [];
  readonly members: Member[] = [];

  async browser(degree: RingDegree = {}): Promise<Browser> {
    const pipes = new Pipes();
    const ends = new Map<number, End>();
    const host: RingHost = await RingHost.open(degree, {
      crypto,
      random: Math.random,
      unixMs,
      pipe: pipes.host(),
      isGoodRecord: (record) => isGoodRecord(record, crypto),
      page: {
        connect: (connection, isInitiator) => {
          const end: End = { host, connection, other: null };
          ends.set(connection, end);
          host.connections.attach(connection, null);
          if (!isInitiator) return;
          const name = `${this.#ends.size}`;
          this.#ends.set(name, end);
          host.local(connection, JSON.stringify({ type: "offer", name }));
        },
        apply: (connection, text) => this.#apply(ends.get(connection), text),
        hangUp: (connection) => this.#hangUp(ends, connection),
        forward: (connection, frame) => {
          const { other } = ends.get(connection) ?? {};
          const bytes = new Uint8Array(frame.slice(0));
          this.recorded.push(bytes);
          if (other) queueMicrotask(() => this.#deliver(other, bytes));
        },
      },
    });
    this.#byHost.set(host, ends);
    this.hosts.push(host);
    return { host, pipes };
  }

  close(): void {
    for (const member of this.members) member.client.close();
    for (const host of this.hosts) host.close();
  }

  /** As a browser that crashes: its links end, its tabs are gone. */
  kill(host: RingHost): void {
    const ends = [...(this.#byHost.get(host)?.keys() ?? [])];
    host.close();
    for (const connection of ends) this.#hangUp(this.#byHost.get(host)!, connection);
  }

  #apply(end: End | undefined, text: string): void {
    if (end === undefined) return;
    const signal = JSON.parse(text) as { type: string; name: string };
    const other = this.#ends.get(signal.name);
    if (signal.type === "offer" && other !== undefined) {
      end.other = other;
      const name = `answer ${this.#ends.size}`;
      this.#ends.set(name, end);
      end.host.local(end.connection, JSON.stringify({ type: "answer", name }));
    } else if (other !== undefined) {
      end.other = other;
      for (const one of [end, other]) {
        const { host, connection } = one;
        host.connections.stable(connection, { local: "a", remote: "b" });
        host.connections.forwarded(connection)?.events.opened();
      }
    }
  }

  #deliver({ host, connection }: End, bytes: Uint8Array<ArrayBuffer>): void {
    host.connections.forwarded(connection)?.events.frame(bytes);
  }

  #hangUp(ends: Map<number, End>, connection: number): void {
    const other = ends.get(connection)?.other;
    ends.delete(connection);
    if (other) queueMicrotask(() => other.host.connections.closed(other.connection));
  }

  /** A tab of a browser with a share. `lonely`: it looks for others in the ring. */
  async member(
    { pipes }: Browser,
    secrets: ShareSecrets,
    isLonely: () => boolean = () => false,
  ): Promise<Member> {
    const identity = await makeIdentity(secrets.swarm, crypto);
    const member: Member = {
      identity,
      met: [],
      received: [],
      view: null,
      neighbours: new Set(),
      hello: null,
      client: new RingClient(await meetingOf(secrets, crypto), identity, {
        crypto,
        unixMs,
        pipe: pipes.client(),
        isLonely,
        isHere: () => true,
        met: (peers) => member.met.push(...peers),
        received: (signal) => member.received.push(signal),
        hello: (content) => {
          member.hello = content;
          if (content === null) return;
          for (const other of member.neighbours) other.client.heard(identity.peer, content);
        },
        say: (peer, content) => {
          for (const other of member.neighbours) {
            if (other.identity.peer === peer) other.client.heard(identity.peer, content);
          }
        },
        changed: (view) => {
          member.view = view;
        },
      }),
    };
    this.members.push(member);
    return member;
  }
}

type Browser = { readonly host: RingHost; readonly pipes: Pipes };
type Member = {
  readonly identity: Identity;
  readonly client: RingClient;
  readonly met: PeerId[];
  readonly received: IncomingSignal[];
  readonly neighbours: Set<Member>;
  view: RingView | null;
  hello: Uint8Array<ArrayBuffer> | null;
};

/** Connected in their swarm: each tells the other where its browser is in the ring. */
function connect(one: Member, other: Member): void {
  one.neighbours.add(other);
  other.neighbours.add(one);
  if (one.hello) other.client.heard(one.identity.peer, one.hello);
  if (other.hello) one.client.heard(other.identity.peer, other.hello);
}

const newShare = async (): Promise<ShareSecrets> =>
  deriveSecrets((await crypto.generateSigningKey()).publicKey, crypto);

/** Whether a frame asks for a record, puts one, or brings some: docs/overlay.md. */
function isOfRecords(frame: Uint8Array): boolean {
  const [type, ...rest] = frame;
  return type === 0x10 ? [1, 2].includes(rest[14]!) : type === 0x11 && rest[8] === 1;
}

const within = { timeout: 20_000, interval: 20 };
let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const signalTo = (secrets: ShareSecrets, to: PeerId): OutgoingSignal => ({
  swarm: secrets.swarm,
  to,
  kind: "offer",
  exchange: toBase64url(crypto.randomBytes(16)),
  body: toBase64url(crypto.randomBytes(200)),
});

describe("browsers in one swarm", () => {
  test("come to a link in the ring through it, whoever is told first", async () => {
    const secrets = await newShare();
    const browsers = [await world.browser(), await world.browser()];
    const [one, other] = await Promise.all(browsers.map((each) => world.member(each, secrets)));
    connect(one!, other!);
    await vi.waitFor(() => {
      expect(browsers.map(({ host }) => host.linkCount)).toEqual([1, 1]);
    }, within);
    expect(one!.view).toEqual({ ring: browsers[0]!.host.id, linkCount: 1, hops: null });
  });

  test.each(["lower", "higher"])(
    "also where only the %s of the two was told at first",
    async (which) => {
      const secrets = await newShare();
      const made = [await world.browser(), await world.browser()];
      const browsers = made.toSorted((a, b) => (a.host.id < b.host.id ? -1 : 1));
      const [lower, higher] = await Promise.all(
        browsers.map((each) => world.member(each, secrets)),
      );
      const [told, teller] = which === "lower" ? [lower!, higher!] : [higher!, lower!];
      await vi.waitFor(() => expect([lower!.hello, higher!.hello]).not.toContain(null), within);
      told.neighbours.add(teller);
      teller.neighbours.add(told);
      told.client.heard(teller.identity.peer, teller.hello!);
      await vi.waitFor(() => {
        expect(browsers.map(({ host }) => host.linkCount)).toEqual([1, 1]);
      }, within);
    },
  );
});

const NARROW: RingDegree = { nearEachSide: 1, fingers: false, copies: 1 };

/** A line of browsers, each in a swarm with the next one, in the ring's order: it closes, and nothing else. */
async function ringOf(count: number, degree: RingDegree = {}): Promise<Browser[]> {
  const made = await Promise.all(Array.from({ length: count }, () => world.browser(degree)));
  const at = ({ host }: Browser): number => positionOf(host.id);
  const browsers = made.toSorted((one, other) => at(one) - at(other));
  for (const [index, browser] of browsers.entries()) {
    const next = browsers[index + 1];
    if (next === undefined) break;
    const secrets = await newShare();
    connect(await world.member(browser, secrets), await world.member(next, secrets));
  }
  await vi.waitFor(() => expectClosed(browsers), within);
  return browsers;
}

/** Each has the one before it and the one after it next to it. */
function expectClosed(browsers: readonly Browser[]): void {
  const ids = browsers.map(({ host }) => host.id);
  for (const [at, { host }] of browsers.entries()) {
    const [before, after] = [ids.at(at - 1), ids[(at + 1) % ids.length]];
    expect(host.near()).toEqual(expect.arrayContaining([before, after]));
  }
}

describe("a member who knows nobody in the swarm", () => {
  test("finds the others where the record lies, and signals go both ways; nobody on the way learns of what", async () => {
    const ring = await ringOf(6, NARROW);
    const { publicKey } = await crypto.generateSigningKey();
    const secrets = await deriveSecrets(publicKey, crypto);
    const { key } = await meetingOf(secrets, crypto);
    const toKey = (browser: Browser): number => apart(positionOf(browser.host.id), positionOf(key));
    const holder = ring.toSorted((one, other) => toKey(one) - toKey(other))[0]!;
    const here = await world.member(holder, secrets);
    let isLonely = true;
    const opposite = ring[(ring.indexOf(holder) + 3) % ring.length]!;
    const far = await world.member(opposite, secrets, () => isLonely);
    await vi.waitFor(() => expect(far.met).toContain(here.identity.peer), within);
    expect(far.view?.hops).toBeGreaterThanOrEqual(1);
    isLonely = false;

    const offer = signalTo(secrets, here.identity.peer);
    expect(await far.client.carry(offer)).toBe(true);
    await vi.waitFor(() => expect(here.received).toHaveLength(1), within);
    expect(here.received[0]).toMatchObject({ from: far.identity.peer, body: offer.body });
    // It knows the caller by its call alone.
    const answer = { ...signalTo(secrets, far.identity.peer), exchange: offer.exchange };
    expect(await here.client.carry(answer)).toBe(true);
    await vi.waitFor(() => expect(far.received).toHaveLength(1), within);
    expect(far.received[0]).toMatchObject({ from: here.identity.peer, body: answer.body });

    const hidden = [
      secrets.swarm,
      toBase64url(publicKey),
      encodeLink({ publicKey, trackers: [], passwordCheck: null }),
      ...[here, far].flatMap(({ identity }) => [
        identity.peer,
        ...Object.values(identity.introduction),
      ]),
      offer.exchange,
      offer.body,
      answer.body,
    ];
    expect(world.recorded.length).toBeGreaterThan(50);
    for (const text of hidden) {
      const bytes = latin.decode(fromBase64url(text)!);
      for (const frame of world.recorded) {
        const shown = latin.decode(frame);
        expect(shown.includes(bytes) || shown.includes(text)).toBe(false);
      }
    }
    // Nor do records say which browsers they are of, or who asks for them.
    const records = world.recorded.filter(isOfRecords).map((frame) => latin.decode(frame));
    expect(records.length).toBeGreaterThan(3);
    for (const { host } of [holder, opposite]) {
      const id = latin.decode(fromBase64url(host.id)!);
      expect(records.filter((record) => record.includes(id))).toEqual([]);
    }
  }, 60_000);

  test("a signal to nobody that the ring named isn't carried, nor one without a place in it", async () => {
    const [browser] = [await world.browser()];
    const secrets = await newShare();
    const member = await world.member(browser, secrets);
    await vi.waitFor(() => expect(member.view).not.toBeNull());
    expect(await member.client.carry(signalTo(secrets, "x" as PeerId))).toBe(false);
    world.kill(browser.host);
    await vi.waitFor(() => expect(member.view).toBeNull());
  });
});

test("the ring closes again where a browser is gone", async () => {
  const ring = await ringOf(10);
  const [gone, ...left] = ring;
  world.kill(gone!.host);
  await vi.waitFor(() => expectClosed(left), within);
}, 60_000);
