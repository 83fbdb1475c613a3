/** Whatever strangers say to a ring peer, what it remembers stays within its bounds. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Chance } from "../simulator/random.ts";
import { toBase64url } from "../src/bytes.ts";
import { MOST_LINK_CALLS, MOST_SWARM_CALLS, MOST_UNREACHED } from "../src/overlay/calls.ts";
import { MOST_CIRCUITS } from "../src/overlay/circuits.ts";
import type {
  Answer,
  CircuitId,
  Effect,
  Input,
  LinkId,
  Message,
  Question,
  RingRecord,
} from "../src/overlay/io.ts";
import { MOST_HEARD } from "../src/overlay/neighbours.ts";
import { RING, type RingId } from "../src/overlay/position.ts";
import { MOST_BYTES, MOST_CONTENT_BYTES, MOST_RECORDS } from "../src/overlay/records.ts";
import { Ring, type RingCounts } from "../src/overlay/ring.ts";

const LINKS = 12;
const STEPS = 20_000;
/** In the mean. */
const STEP_MS = 1.5;

const BOUNDS: RingCounts = {
  links: LINKS,
  circuits: MOST_CIRCUITS,
  calls: 2 * (MOST_LINK_CALLS + MOST_SWARM_CALLS),
  // Its host's own.
  lookups: 4,
  records: MOST_RECORDS,
  recordBytes: MOST_BYTES,
  heard: MOST_HEARD,
  unreached: MOST_UNREACHED,
};

const WHATS = Object.keys(BOUNDS) as (keyof RingCounts)[];

/** Of each question that came there is one answer at most. */
const isMade = (effect: Effect): boolean =>
  effect.type !== "send" || effect.message.type !== "answer";

/** The most of each that a peer had at once, with strangers who say anything that can be said. */
class Strangers {
  readonly most: Record<keyof RingCounts, number>;
  /** The most that came of one message. */
  mostEffects = 0;
  readonly #chance: Chance;
  readonly #self: RingId;
  readonly #ring: Ring;
  /** One of these at random has each question. */
  readonly #hopsLeft: readonly number[];
  readonly #contents: readonly Uint8Array<ArrayBuffer>[];
  /** Of questions that went out, and of those that came in: where answers and signals may fit. */
  readonly #ways: { readonly link: LinkId; readonly circuit: CircuitId }[] = [];
  readonly #links = new Set<number>();
  readonly #lookups = new Set<number>();
  readonly #pending: Input[] = [];
  #nowMs = 0;
  #next = 1;

  constructor(seed: number, contentBytes: number, hopsLeft: readonly number[]) {
    this.#hopsLeft = hopsLeft;
    this.#chance = new Chance(seed);
    this.#self = this.#id();
    this.#ring = new Ring({ self: this.#self, random: this.#chance.fork().next });
    this.most = { ...this.#ring.counts() };
    this.#contents = [0, 1, contentBytes, contentBytes].map((size) => new Uint8Array(size));
  }

  run(): this {
    for (let step = 0; step < STEPS; step++) {
      this.#nowMs += this.#chance.between(0, 2 * STEP_MS);
      this.#give(this.#pending.shift() ?? this.#input());
    }
    return this;
  }

  #give(input: Input): void {
    const effects = this.#ring.handle(input, this.#nowMs);
    if (input.type === "message") {
      this.mostEffects = Math.max(this.mostEffects, effects.filter(isMade).length);
    }
    for (const effect of effects) this.#perform(effect);
    const counts = this.#ring.counts();
    for (const what of WHATS) this.most[what] = Math.max(this.most[what], counts[what]);
  }

  #perform(effect: Effect): void {
    const happens = (odds: number): boolean => this.#chance.happens(odds);
    switch (effect.type) {
      case "send":
        if (effect.message.type === "question") {
          this.#noteWay(effect.link, effect.message.circuit);
        }
        return;
      case "close":
        this.#links.delete(effect.link);
        return;
      case "call":
      case "called": {
        if (happens(0.3)) return;
        const { call } = effect;
        this.#pending.push({ type: "signal", call, signal: new Uint8Array(10) });
        if (happens(0.1)) this.#pending.push({ type: "call-failed", call });
        return;
      }
      case "check-record":
        this.#pending.push({ type: "record-checked", record: effect.record, ok: happens(0.9) });
        return;
      case "found":
      case "lost":
        this.#lookups.delete(effect.lookup);
        return;
      case "signal":
      case "call-over":
    }
  }

  #input(): Input {
    const chance = this.#chance;
    const link = this.#links.size === 0 ? null : chance.of([...this.#links]);
    const isRare = chance.happens(0.01);
    if (link === null || (isRare && this.#links.size < LINKS)) return this.#linkUp();
    if (isRare && chance.happens(0.05)) {
      this.#links.delete(link);
      return { type: "link-down", link };
    }
    if (isRare) return this.#own();
    return { type: "message", ...this.#message(link) };
  }

  #linkUp(): Input {
    const link = this.#next++;
    this.#links.add(link);
    return { type: "link-up", link, peer: this.#id(), call: null };
  }

  /** What the host of the peer itself wants of it. */
  #own(): Input {
    const call = -this.#next++;
    if (this.#lookups.size >= BOUNDS.lookups || this.#chance.happens(0.5)) {
      return { type: "reach", call, to: this.#id(), signal: new Uint8Array(10) };
    }
    this.#lookups.add(-call);
    return { type: "get", lookup: -call, key: this.#id() };
  }

  #message(link: LinkId): { readonly link: LinkId; readonly message: Message } {
    const chance = this.#chance;
    const way = this.#ways.length === 0 ? { link, circuit: 0 } : chance.of(this.#ways);
    const [signal, hops] = [new Uint8Array(20), chance.whole(0, 255)];
    switch (chance.whole(0, 9)) {
      case 0:
        return { link, message: { type: "near", ids: this.#ids(6) } };
      case 1: {
        const purpose = chance.of(["near", "finger"] as const);
        return { link, message: { type: "hello", purpose } };
      }
      case 2:
        return { link: way.link, message: { type: "more", circuit: way.circuit, signal } };
      case 3:
      case 4: {
        const { circuit } = way;
        const answer = this.#answer();
        return { link: way.link, message: { type: "answer", circuit, hops, answer } };
      }
      default: {
        const circuit = Math.floor(chance.next() * Number.MAX_SAFE_INTEGER);
        this.#noteWay(link, circuit);
        const target = Math.floor(chance.next() * RING);
        const [hopsLeft, question] = [chance.of(this.#hopsLeft), this.#question()];
        return { link, message: { type: "question", circuit, target, hopsLeft, question } };
      }
    }
  }

  #question(): Question {
    const chance = this.#chance;
    const to = chance.happens(0.7) ? this.#self : this.#id();
    return chance.of<Question>([
      { type: "find", except: chance.of([null, this.#self, this.#id()]) },
      { type: "get", key: this.#id() },
      ...Array.from({ length: 4 }, () => ({ type: "put", record: this.#record() }) as const),
      {
        type: "call",
        to,
        purpose: chance.of(["near", "finger", "swarm"] as const),
        signal: new Uint8Array(10),
      },
    ]);
  }

  #answer(): Answer {
    return this.#chance.of<Answer>([
      { type: "nearest", ids: this.#ids(7) },
      { type: "records", records: [this.#record(), this.#record()] },
      { type: "stored" },
      { type: "signal", signal: new Uint8Array(20) },
      { type: "refused" },
    ]);
  }

  #record(): RingRecord {
    return {
      key: this.#id(),
      slot: toBase64url(this.#chance.bytes(16)),
      sequence: this.#chance.whole(0, 3),
      expiresMs: this.#nowMs + this.#chance.of([-1, 1000, 1_800_000, 1_800_000, 9_000_000]),
      content: this.#chance.of(this.#contents),
    };
  }

  #ids(most: number): readonly RingId[] {
    return Array.from({ length: this.#chance.whole(0, most) }, () => this.#id());
  }

  #id(): RingId {
    return toBase64url(this.#chance.bytes(32)) as RingId;
  }

  #noteWay(link: LinkId, circuit: CircuitId): void {
    this.#ways.push({ link, circuit });
    if (this.#ways.length > 100) this.#ways.shift();
  }
}

/** What is put, and whether it may go on. */
const KINDS = [
  [30, [0, 1]],
  [30, [255]],
  [MOST_CONTENT_BYTES, [0, 255]],
  [MOST_CONTENT_BYTES + 1, [0, 1, 255]],
] as const;

test.each(KINDS)(
  "what strangers say grows nothing past its bound: %i bytes, hops left %j",
  (contentBytes, hopsLeft) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { most, mostEffects } = new Strangers(seed, contentBytes, hopsLeft).run();
        for (const what of WHATS) expect(most[what], what).toBeLessThanOrEqual(BOUNDS[what]);
        // All links are told, some records handed on, a few calls begun: nothing is made much of.
        expect(mostEffects).toBeLessThanOrEqual(100);
      }),
      { numRuns: 2 },
    );
  },
);

test("and comes to these bounds", () => {
  const runs = KINDS.map(([contentBytes, hops]) => new Strangers(1, contentBytes, hops).run().most);
  for (const what of ["circuits", "calls", "records", "recordBytes"] as const) {
    const share = Math.max(...runs.map((most) => most[what])) / BOUNDS[what];
    expect(share, what).toBeGreaterThanOrEqual(0.5);
  }
});

/** A peer whose one neighbour knows ever new peers beside it, none of which can be reached. */
function misled(isRefused: boolean): RingCounts {
  const chance = new Chance(5);
  const self = toBase64url(chance.bytes(32)) as RingId;
  const beside = () => (self.slice(0, 6) + toBase64url(chance.bytes(28)).slice(1)) as RingId;
  const ring = new Ring({ self, random: chance.fork().next });
  const pending: Input[] = [{ type: "link-up", link: 1, peer: beside(), call: null }];
  const reply = (message: Message): number => pending.push({ type: "message", link: 1, message });
  for (let step = 0; step < 2000; step++) {
    const input = pending.shift() ?? { type: "wake" };
    for (const effect of ring.handle(input, step * 250)) {
      if (effect.type === "call" && isRefused) {
        pending.push({ type: "call-failed", call: effect.call });
      } else if (effect.type === "send" && effect.message.type === "question") {
        const ids = Array.from({ length: 7 }, beside);
        const answer = { type: "nearest", ids } as const;
        reply({ type: "answer", circuit: effect.message.circuit, hops: 1, answer });
        reply({ type: "near", ids: ids.slice(1) });
      }
    }
  }
  return ring.counts();
}

test("of peers that it was told of it remembers so many, and of those that it couldn’t reach", () => {
  expect(misled(false).heard).toBe(MOST_HEARD);
  expect(misled(true).unreached).toBe(MOST_UNREACHED);
});
