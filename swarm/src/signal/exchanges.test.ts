import { env } from "node:process";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { fromBase64url, toBase64url } from "../bytes.ts";
import type { CryptoPort } from "../crypto.ts";
import { type PeerId, swarmIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { deriveSecrets } from "../share/secrets.ts";
import type { IncomingSignal, OutgoingSignal } from "../tracker/messages.ts";
import { Exchanges } from "./exchanges.ts";
import { type Identity, makeIdentity } from "./identity.ts";

const crypto = webCrypto();
const swarm = swarmIdOf(new Uint8Array(32).fill(1));
const secret = new Uint8Array(32).fill(2);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number): Promise<void> => {
  for (let passed = 0; passed < count; passed++) await turn();
};

/** Both ends' events in the order in which they happened. */
type Log = string[];

/** One peer: what its exchanges did, and the signals that it handed to the carrier. */
class End {
  readonly identity: Identity;
  readonly exchanges: Exchanges;
  readonly log: Log = [];
  readonly sent: OutgoingSignal[] = [];
  /** Connections begun and not let go of. */
  readonly live = new Set<number>();
  isReachable = true;
  onApply: (connection: number, text: string) => void = () => undefined;
  onConnect: (connection: number, role: string) => void = () => undefined;

  constructor(identity: Identity, signalSecret = secret, port: CryptoPort = crypto) {
    this.identity = identity;
    this.exchanges = new Exchanges(identity, signalSecret, port, {
      carry: async (signal) => {
        this.sent.push(signal);
        return this.isReachable;
      },
      connect: (connection, _peer, role) => {
        this.log.push(`connect ${role}`);
        this.live.add(connection);
        this.onConnect(connection, role);
      },
      apply: (connection, text) => {
        this.log.push(`apply ${text}`);
        this.onApply(connection, text);
      },
      abandon: (connection) => {
        this.log.push("abandon");
        this.live.delete(connection);
      },
    });
  }

  static async make(signalSecret = secret): Promise<End> {
    return new End(await makeIdentity(swarm, crypto), signalSecret);
  }

  get peer(): PeerId {
    return this.identity.peer;
  }

  async dial(other: End): Promise<number> {
    const { peer, agreement } = other.identity;
    const connection = await this.exchanges.dial({ peer, agreementKey: agreement.publicKey });
    if (connection === null) throw new Error("its key is good");
    return connection;
  }

  /** Makes a signal and waits for the carrier to have it. */
  async say(
    connection: number,
    kind: "offer" | "answer" | "candidate",
    text: string,
  ): Promise<IncomingSignal> {
    const count = this.sent.length;
    this.exchanges.local(connection, kind, text);
    while (this.sent.length === count) await turn();
    return this.arriving(count);
  }

  /** A sent signal as the receiver's tracker hands it over. */
  arriving(index: number): IncomingSignal {
    const signal = this.sent.at(index);
    if (signal === undefined) throw new Error("no such signal");
    const { swarm, kind, exchange, body } = signal;
    return { swarm, kind, exchange, body, from: this.peer };
  }
}

let alice: End;
let bob: End;
let mallory: End;
beforeEach(async () => {
  [alice, bob, mallory] = [await End.make(), await End.make(), await End.make()];
});

/** Alice's offer has reached Bob, and his answer her. */
async function met(): Promise<{ atAlice: number; atBob: number }> {
  const atAlice = await alice.dial(bob);
  await bob.exchanges.receive(await alice.say(atAlice, "offer", "offer"));
  const [atBob] = bob.live;
  if (atBob === undefined) throw new Error("Bob took the offer");
  await alice.exchanges.receive(await bob.say(atBob, "answer", "answer"));
  return { atAlice, atBob };
}

test("two peers come to a connection: offer, answer, then candidates both ways, in order", async () => {
  const { atAlice, atBob } = await met();
  for (const name of ["c1", "c2", "c3"]) {
    await bob.exchanges.receive(await alice.say(atAlice, "candidate", name));
    await alice.exchanges.receive(await bob.say(atBob, "candidate", name.toUpperCase()));
  }
  const initiator = ["connect initiator", "apply answer", "apply C1", "apply C2", "apply C3"];
  expect(alice.log).toEqual(initiator);
  expect(bob.log).toEqual(["connect responder", "apply offer", "apply c1", "apply c2", "apply c3"]);
});

test("signals made in one go are carried in order", async () => {
  const atAlice = await alice.dial(bob);
  alice.exchanges.local(atAlice, "offer", "offer");
  for (let count = 1; count <= 5; count++) alice.exchanges.local(atAlice, "candidate", `c${count}`);
  while (alice.sent.length < 6) await turn();
  await Promise.all(alice.sent.map((_, index) => bob.exchanges.receive(alice.arriving(index))));
  const applied = ["offer", "c1", "c2", "c3", "c4", "c5"].map((text) => `apply ${text}`);
  expect(bob.log).toEqual(["connect responder", ...applied]);
});

test("what the carrier sees holds nothing of what is said", async () => {
  const { atAlice } = await met();
  await alice.say(atAlice, "candidate", "candidate:1 1 udp 192.0.2.1");
  const seen = [...alice.sent, ...bob.sent];
  expect(seen).toHaveLength(3);
  for (const signal of seen) {
    expect(Object.keys(signal).toSorted()).toEqual(["body", "exchange", "kind", "swarm", "to"]);
    const body = Buffer.from(signal.body, "base64url").toString("latin1");
    for (const text of ["offer", "answer", "192.0.2.1"]) expect(body).not.toContain(text);
    // Nor a key by which two swarms of one peer could be told to be one's.
    expect(body).not.toContain(Buffer.from(alice.identity.signing.publicKey).toString("latin1"));
  }
});

describe("a carrier", () => {
  /** All ways to flip one bit in one byte of a body. */
  function* flipped(signal: IncomingSignal): Iterable<IncomingSignal> {
    const bytes = fromBase64url(signal.body) ?? new Uint8Array(0);
    for (let at = 0; at < bytes.length; at++) {
      const body = bytes.slice();
      body[at] = (body[at] ?? 0) ^ (1 << (at % 8));
      yield { ...signal, body: toBase64url(body) };
    }
  }

  test("that flips any byte of any signal gets nothing applied, and does no harm", async () => {
    const atAlice = await alice.dial(bob);
    const offer = await alice.say(atAlice, "offer", "offer");
    for (const bad of flipped(offer)) await bob.exchanges.receive(bad);
    expect(bob.log).toEqual([]);
    await bob.exchanges.receive(offer);
    const [atBob = 0] = bob.live;
    const answer = await bob.say(atBob, "answer", "answer");
    for (const bad of flipped(answer)) await alice.exchanges.receive(bad);
    expect(alice.log).toEqual(["connect initiator"]);
    await alice.exchanges.receive(answer);
    const candidate = await alice.say(atAlice, "candidate", "c1");
    for (const bad of flipped(candidate)) await bob.exchanges.receive(bad);
    await bob.exchanges.receive(candidate);
    expect(bob.log).toEqual(["connect responder", "apply offer", "apply c1"]);
    expect(alice.log).toEqual(["connect initiator", "apply answer"]);
  });

  test("that cuts a signal gets nothing applied", async () => {
    const offer = await alice.say(await alice.dial(bob), "offer", "offer");
    for (let length = 0; length < offer.body.length; length++) {
      await bob.exchanges.receive({ ...offer, body: offer.body.slice(0, length) });
    }
    expect(bob.log).toEqual([]);
  });

  test("that swaps what two exchanges say gets nothing applied", async () => {
    const offers = [
      await alice.say(await alice.dial(bob), "offer", "to Bob"),
      await mallory.say(await mallory.dial(bob), "offer", "also to Bob"),
    ] as const;
    await bob.exchanges.receive({ ...offers[0], body: offers[1].body });
    await bob.exchanges.receive({ ...offers[0], exchange: offers[1].exchange });
    await bob.exchanges.receive({ ...offers[1], body: offers[0].body });
    expect(bob.log).toEqual([]);
    await bob.exchanges.receive(offers[0]);
    await bob.exchanges.receive(offers[1]);
    const [one = 0, two = 0] = bob.live;
    const answers = [await bob.say(one, "answer", "1"), await bob.say(two, "answer", "2")] as const;
    await alice.exchanges.receive({ ...answers[0], body: answers[1].body });
    await alice.exchanges.receive(answers[1]);
    await mallory.exchanges.receive({ ...answers[0], exchange: answers[1].exchange });
    expect(alice.log).toEqual(["connect initiator"]);
    expect(mallory.log).toEqual(["connect initiator"]);
  });

  test("that replays an offer gets nothing applied, be the exchange open or long over", async () => {
    const { atBob } = await met();
    const offer = alice.arriving(0);
    await bob.exchanges.receive(offer);
    bob.exchanges.closed(atBob);
    await bob.exchanges.receive(offer);
    expect(bob.log).toEqual(["connect responder", "apply offer"]);
  });

  test("that replays an answer or a candidate gets nothing applied", async () => {
    const { atAlice } = await met();
    const candidate = await alice.say(atAlice, "candidate", "c1");
    await bob.exchanges.receive(candidate);
    await bob.exchanges.receive(candidate);
    await alice.exchanges.receive(bob.arriving(0));
    expect(bob.log).toEqual(["connect responder", "apply offer", "apply c1"]);
    expect(alice.log).toEqual(["connect initiator", "apply answer"]);
  });

  test("that brings candidates out of order gets the late ones dropped, as if lost", async () => {
    const { atAlice } = await met();
    const [first, second, third] = [
      await alice.say(atAlice, "candidate", "c1"),
      await alice.say(atAlice, "candidate", "c2"),
      await alice.say(atAlice, "candidate", "c3"),
    ];
    for (const signal of [second, first, third]) await bob.exchanges.receive(signal);
    expect(bob.log).toEqual(["connect responder", "apply offer", "apply c2", "apply c3"]);
  });

  test("that brings a candidate before its offer gets it dropped, and the offer still counts", async () => {
    const atAlice = await alice.dial(bob);
    const offer = await alice.say(atAlice, "offer", "offer");
    const candidate = await alice.say(atAlice, "candidate", "c1");
    await bob.exchanges.receive(candidate);
    expect(bob.log).toEqual([]);
    await bob.exchanges.receive(offer);
    await bob.exchanges.receive(candidate);
    expect(bob.log).toEqual(["connect responder", "apply offer", "apply c1"]);
  });

  test("that changes kind, sender, swarm or exchange gets nothing applied", async () => {
    const atAlice = await alice.dial(bob);
    const offer = await alice.say(atAlice, "offer", "offer");
    const changes: Partial<IncomingSignal>[] = [
      { kind: "answer" },
      { kind: "candidate" },
      { from: mallory.peer },
      { from: bob.peer },
      { swarm: swarmIdOf(new Uint8Array(32).fill(9)) },
      { exchange: toBase64url(new Uint8Array(16)) },
    ];
    for (const change of changes) await bob.exchanges.receive({ ...offer, ...change });
    expect(bob.log).toEqual([]);
    await bob.exchanges.receive(offer);
    const [atBob = 0] = bob.live;
    const answer = await bob.say(atBob, "answer", "answer");
    for (const change of changes) {
      const changed = { ...answer, ...change };
      if (change.kind === "answer") changed.kind = "offer";
      if (change.from === bob.peer) changed.from = alice.peer;
      await alice.exchanges.receive(changed);
    }
    expect(alice.log).toEqual(["connect initiator"]);
  });

  test("that brings a signal to someone else, or back, gets nothing applied", async () => {
    const offer = await alice.say(await alice.dial(bob), "offer", "offer");
    await mallory.exchanges.receive(offer);
    await alice.exchanges.receive(offer);
    await alice.exchanges.receive({ ...offer, from: bob.peer });
    expect(mallory.log).toEqual([]);
    expect(alice.log).toEqual(["connect initiator"]);
  });
});

describe("a carrier that knows the link, but not the peers' keys", () => {
  /** Mallory's keys under somebody else's name. */
  const posing = (as: End): End => new End({ ...mallory.identity, peer: as.peer });
  /** The same with the other's public key, which trackers tell everybody. */
  const posingByKey = (as: End): End => {
    const signing = { ...mallory.identity.signing, publicKey: as.identity.signing.publicKey };
    return new End({ ...mallory.identity, peer: as.peer, signing });
  };

  test.each([
    ["keys of its own", posing],
    ["a signature of its own", posingByKey],
  ])("can't pose as the one who offers with %s", async (_with, posing) => {
    const impostor = posing(alice);
    await bob.exchanges.receive(await impostor.say(await impostor.dial(bob), "offer", "forged"));
    expect(bob.log).toEqual([]);
  });

  test("can't read an offer, nor pose as the one who answers", async () => {
    const atAlice = await alice.dial(bob);
    const offer = await alice.say(atAlice, "offer", "offer");
    const impostor = posing(bob);
    await impostor.exchanges.receive(offer);
    expect(impostor.log).toEqual([]);
    // It answers all the same, as it would if it had read the offer: the fresh key is in the open.
    const answered = new End({ ...mallory.identity, peer: bob.peer });
    const toAlice = await answered.dial(alice);
    const forged = await answered.say(toAlice, "answer", "forged");
    await alice.exchanges.receive({ ...forged, exchange: offer.exchange });
    expect(alice.log).toEqual(["connect initiator"]);
  });

  test("can't take over an exchange that it let through", async () => {
    await met();
    const impostor = posing(alice);
    const forged = await impostor.say(await impostor.dial(bob), "offer", "forged");
    const { exchange } = alice.arriving(0);
    await bob.exchanges.receive({ ...forged, exchange, kind: "candidate" });
    expect(bob.log).toEqual(["connect responder", "apply offer"]);
  });

  test("is a peer like any other under its own name", async () => {
    await bob.exchanges.receive(await mallory.say(await mallory.dial(bob), "offer", "hello"));
    expect(bob.log).toEqual(["connect responder", "apply hello"]);
  });
});

test("a member of another swarm gets nothing applied, though it seal with this one's secret", async () => {
  const other = swarmIdOf(new Uint8Array(32).fill(9));
  const stranger = new End(await makeIdentity(other, crypto));
  await bob.exchanges.receive(await stranger.say(await stranger.dial(bob), "offer", "offer"));
  expect(bob.log).toEqual([]);
});

test("whoever doesn't know the link gets nothing applied", async () => {
  const outsider = await End.make(new Uint8Array(32).fill(9));
  await bob.exchanges.receive(await outsider.say(await outsider.dial(bob), "offer", "offer"));
  await outsider.exchanges.receive(await alice.say(await alice.dial(outsider), "offer", "offer"));
  expect([bob.log, outsider.log]).toEqual([[], ["connect initiator"]]);
});

test("whoever knows the link, but not its password, gets nothing applied", async () => {
  const key = new Uint8Array(32).fill(5);
  const [right, wrong] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const withPassword = async (stretched: Uint8Array<ArrayBuffer> | null): Promise<End> =>
    End.make((await deriveSecrets(key, crypto, stretched)).signalSecret);
  const member = await withPassword(right);
  for (const other of [await withPassword(wrong), await withPassword(null)]) {
    await member.exchanges.receive(await other.say(await other.dial(member), "offer", "offer"));
    expect(member.log).toEqual([]);
    await other.exchanges.receive(await member.say(await member.dial(other), "offer", "offer"));
    expect(other.log).toEqual(["connect initiator"]);
    member.log.length = 0;
  }
});

describe("glare", () => {
  /** Keys being made, sealed with or checked, and signals under way. */
  let underWay = 0;

  async function tracked<Result>(work: () => Promise<Result>): Promise<Result> {
    underWay++;
    try {
      return await work();
    } finally {
      void turns(2).then(() => underWay--);
    }
  }

  /** Key pairs take their time; all that is done with them counts as under way. */
  const slow = (turnCount: number): CryptoPort => ({
    ...crypto,
    generateSigningKey: async () => {
      const key = await crypto.generateSigningKey();
      return { ...key, sign: (message) => tracked(() => key.sign(message)) };
    },
    generateAgreementKey: () =>
      tracked(async () => {
        await turns(turnCount);
        const key = await crypto.generateAgreementKey();
        return { ...key, agree: (theirs) => tracked(() => key.agree(theirs)) };
      }),
    hkdf: (...args) => tracked(() => crypto.hkdf(...args)),
    seal: (...args) => tracked(() => crypto.seal(...args)),
    open: (...args) => tracked(() => crypto.open(...args)),
    verify: (...args) => tracked(() => crypto.verify(...args)),
    sha256: (...args) => tracked(() => crypto.sha256(...args)),
  });

  /** Ends that behave as connections do, over a carrier that takes its time. */
  async function connectAll(timing: {
    /** Until each end dials, until its keys are made, until its signals arrive; in turns. */
    readonly [of in "dial" | "keys" | "carry"]: readonly [lower: number, higher: number];
  }): Promise<[End, End]> {
    const [keys, moreKeys] = timing.keys;
    const [one, two] = [await makeIdentity(swarm, slow(0)), await makeIdentity(swarm, slow(0))];
    const [lower, higher] = one.peer < two.peer ? [one, two] : [two, one];
    const ends = [
      new End(lower, secret, slow(keys)),
      new End(higher, secret, slow(moreKeys)),
    ] as const;
    for (const [index, end] of ends.entries()) {
      const other = ends[1 - index] ?? end;
      end.onConnect = (connection, role) => {
        if (role === "initiator")
          end.exchanges.local(connection, "offer", `${index}:${connection}`);
      };
      end.onApply = (connection, text) => {
        if (!text.startsWith("answer")) end.exchanges.local(connection, "answer", `answer ${text}`);
      };
      const push = end.sent.push.bind(end.sent);
      end.sent.push = (signal) => {
        void tracked(async () => {
          await turns(timing.carry[index] ?? 0);
          await other.exchanges.receive({ ...signal, from: end.peer });
        });
        return push(signal);
      };
    }
    const dials = ends.map((end, index) =>
      tracked(async () => {
        await turns(timing.dial[index] ?? 0);
        const { peer, agreement } = (ends[1 - index] ?? end).identity;
        await end.exchanges.dial({ peer, agreementKey: agreement.publicKey });
      }),
    );
    await Promise.all(dials);
    for (let quiet = 0; quiet < 10; quiet = underWay === 0 ? quiet + 1 : 0) await turn();
    return [ends[0], ends[1]];
  }

  /** The one offer that both ends' only connection came from. */
  function expectOneConnection(ends: readonly [End, End]): void {
    for (const end of ends) expect(end.live.size).toBe(1);
    const answered = ends.flatMap((end) =>
      end.log.filter((line) => line.startsWith("apply answer")),
    );
    const taken = ends.flatMap((end) => end.log.filter((line) => /^apply \d/.test(line)));
    expect(answered).toHaveLength(1);
    expect(taken.at(-1)).toBe(answered[0]?.replace("answer ", ""));
    const [initiator] = ends.filter((end) => end.log.includes(answered[0] ?? ""));
    expect(`${answered[0]}`).toContain(`:${[...(initiator?.live ?? [])][0]}`);
  }

  test("two that dial each other at once end up with one connection, the lower id's", async () => {
    const ends = await connectAll({ dial: [0, 0], keys: [0, 0], carry: [200, 200] });
    expectOneConnection(ends);
    expect(ends[0].log).toEqual(["connect initiator", "apply answer 0:1"]);
    expect(ends[1].log).toEqual(["connect initiator", "abandon", "connect responder", "apply 0:1"]);
  });

  test("one that takes an offer while it is still making its own keeps to that offer", async () => {
    expectOneConnection(await connectAll({ dial: [0, 0], keys: [0, 500], carry: [0, 0] }));
    expectOneConnection(await connectAll({ dial: [0, 0], keys: [500, 0], carry: [0, 0] }));
  });

  test("one that has taken an offer makes none of its own", async () => {
    expectOneConnection(await connectAll({ dial: [0, 500], keys: [0, 0], carry: [0, 0] }));
    expectOneConnection(await connectAll({ dial: [500, 0], keys: [0, 0], carry: [0, 0] }));
  });

  test("whatever the timing, exactly one connection is left at both ends, and it is the same", async () => {
    const delay = fc.integer({ min: 0, max: 100 });
    const pair = fc.tuple(delay, delay);
    await fc.assert(
      fc.asyncProperty(fc.record({ dial: pair, keys: pair, carry: pair }), async (timing) => {
        expectOneConnection(await connectAll(timing));
      }),
      { numRuns: Number(env["FUZZ_RUNS"] ?? 60) },
    );
  }, 600_000);
});

describe("the end of an exchange", () => {
  test("an offer that can't be delivered is abandoned", async () => {
    alice.isReachable = false;
    const atAlice = await alice.dial(bob);
    await alice.say(atAlice, "offer", "offer");
    await turns(2);
    expect(alice.log).toEqual(["connect initiator", "abandon"]);
    alice.isReachable = true;
    await alice.dial(bob);
    expect(alice.live.size).toBe(1);
  });

  test("a later signal that can't be delivered is merely lost", async () => {
    const { atAlice } = await met();
    alice.isReachable = false;
    await alice.say(atAlice, "candidate", "c1");
    await turns(2);
    expect(alice.live.size).toBe(1);
  });

  test("a dial that is hung up takes no answer any more", async () => {
    const offer = await alice.say(await alice.dial(bob), "offer", "offer");
    await bob.exchanges.receive(offer);
    const [atBob = 0] = bob.live;
    alice.exchanges.hangUp(bob.peer);
    await alice.exchanges.receive(await bob.say(atBob, "answer", "answer"));
    expect(alice.log).toEqual(["connect initiator", "abandon"]);
  });

  test("hanging up a dial lets the connections that others made be", async () => {
    const { atBob } = await met();
    bob.exchanges.hangUp(alice.peer);
    expect(bob.live).toEqual(new Set([atBob]));
  });

  test("one that is closed while its signal is being opened gets nothing applied", async () => {
    let whileOpening = (): void => undefined;
    bob = new End(bob.identity, secret, {
      ...crypto,
      open: (...args) => {
        whileOpening();
        return crypto.open(...args);
      },
    });
    const { atAlice, atBob } = await met();
    whileOpening = () => bob.exchanges.closed(atBob);
    await bob.exchanges.receive(await alice.say(atAlice, "candidate", "c1"));
    expect(bob.log).toEqual(["connect responder", "apply offer"]);
  });

  test("a signal that the connection chokes on doesn't keep later ones from being heard", async () => {
    // A member may sign any text; a connection that throws for it once made its peer deaf.
    const { atAlice } = await met();
    bob.onApply = () => {
      throw new Error("no SDP");
    };
    const candidate = await alice.say(atAlice, "candidate", "nonsense");
    await expect(bob.exchanges.receive(candidate)).rejects.toThrow("no SDP");
    bob.onApply = () => undefined;
    await bob.exchanges.receive(await mallory.say(await mallory.dial(bob), "offer", "hello"));
    expect(bob.log.at(-1)).toBe("apply hello");
  });
});

describe("bounds", () => {
  test("an announced key of small order is not dialled", async () => {
    const agreementKey = new Uint8Array(32);
    expect(await alice.exchanges.dial({ peer: bob.peer, agreementKey })).toBeNull();
    expect(alice.log).toEqual([]);
  });

  test("past its bound an exchange sends nothing more", async () => {
    const atAlice = await alice.dial(bob);
    for (let count = 0; count <= LIMITS.signalsPerExchange; count++) {
      alice.exchanges.local(atAlice, count === 0 ? "offer" : "candidate", "x");
    }
    while (alice.sent.length < LIMITS.signalsPerExchange) await turn();
    await turns(10);
    expect(alice.sent).toHaveLength(LIMITS.signalsPerExchange);
  });

  test("past their bound no more offers are taken, until an exchange ends", async () => {
    const offers: IncomingSignal[] = [];
    for (let count = 0; count <= LIMITS.openExchanges; count++) {
      const stranger = await End.make();
      offers.push(await stranger.say(await stranger.dial(bob), "offer", `${count}`));
    }
    for (const offer of offers) await bob.exchanges.receive(offer);
    expect(bob.live.size).toBe(LIMITS.openExchanges);
    const [first = 0] = bob.live;
    bob.exchanges.closed(first);
    const last = offers.at(-1);
    if (last !== undefined) await bob.exchanges.receive(last);
    expect(bob.log.at(-1)).toBe(`apply ${LIMITS.openExchanges}`);
  });

  test("a peer's newer offer replaces its older one", async () => {
    for (let count = 0; count < 3; count++) {
      const atMallory = await mallory.dial(bob);
      await bob.exchanges.receive(await mallory.say(atMallory, "offer", `${count}`));
      mallory.exchanges.closed(atMallory);
    }
    expect(bob.live.size).toBe(1);
    expect(bob.log.at(-1)).toBe("apply 2");
  });
});
