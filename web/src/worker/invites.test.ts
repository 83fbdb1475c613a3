import type { PeerId } from "@shoal/swarm/ids";
import { describe as describeSdp, toSdp } from "@shoal/swarm/invite/description";
import { deriveSecrets } from "@shoal/swarm/share/secrets";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { InviteState } from "../protocol/invite.ts";
import { Invites } from "./invites.ts";

const crypto = webCrypto();
const link = { publicKey: new Uint8Array(32).fill(9), trackers: [], passwordCheck: null };

type Applied = {
  readonly type: string;
  readonly sdp?: string;
  readonly candidate?: { readonly candidate: string };
};

/** A page with its worker's invites, whose browser makes descriptions but no connections. */
class Page {
  readonly peer: PeerId;
  readonly invites: Invites;
  state: InviteState = { kind: "none" };
  /** What was applied to each connection. */
  readonly applied = new Map<number, Applied[]>();
  readonly named: PeerId[] = [];
  readonly abandoned: number[] = [];
  readonly met = new Set<PeerId>();
  connection = 0;
  role = "";

  private constructor(maker: ConstructorParameters<typeof Invites>[0]) {
    this.peer = maker.identity.peer;
    this.invites = new Invites(maker, link, crypto, {
      reserve: () => this.connection + 1,
      connect: (connection, _peer, role) => {
        this.connection = connection;
        this.role = role;
        this.applied.set(connection, []);
      },
      name: (_connection, peer) => this.named.push(peer),
      apply: (connection, text) => {
        this.applied.get(connection)?.push(JSON.parse(text) as Applied);
      },
      abandon: (connection) => this.abandoned.push(connection),
      isMet: (peer) => this.met.has(peer),
      tell: (state) => {
        this.state = state;
      },
    });
  }

  static async open(): Promise<Page> {
    const secrets = await deriveSecrets(link.publicKey, crypto);
    return new Page({ secrets, identity: await makeIdentity(secrets.swarm, crypto) });
  }

  /** The browser has gathered its addresses. */
  gathered(type: "offer" | "answer", addresses: readonly string[] = ["10.0.0.7"]): void {
    const candidates = addresses.map(
      (address) => ({ kind: "host", priority: 5, address, port: 9000 }) as const,
    );
    const fingerprint = new Uint8Array(32).fill(4);
    const description = { fingerprint, ufrag: "abcd", password: "p".repeat(24), candidates };
    const sdp = toSdp(description, type);
    this.invites.local(this.connection, type, JSON.stringify({ type, sdp }));
  }

  /** The code to hand over. */
  async code(): Promise<string> {
    await vi.waitFor(() => expect(this.state.kind).toBe("waiting"));
    return this.state.kind === "waiting" ? this.state.code : "";
  }

  async invite(): Promise<string> {
    await this.invites.invite();
    this.gathered("offer");
    return this.code();
  }

  async answer(code: string): Promise<string> {
    await this.invites.answer(code);
    this.gathered("answer", ["10.0.0.8"]);
    return this.code();
  }
}

let inviter: Page;
let invited: Page;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  inviter = await Page.open();
  invited = await Page.open();
});

afterEach(() => {
  inviter.invites.cancel();
  invited.invites.cancel();
  vi.useRealTimers();
});

describe("an invite", () => {
  test("and its reply bring each end the other's description, and who it is", async () => {
    const reply = await invited.answer(await inviter.invite());
    const [offer] = invited.applied.get(invited.connection) ?? [];
    expect(offer?.type).toBe("offer");
    expect(describeSdp(offer?.sdp ?? "")).toMatchObject({ ufrag: "abcd", candidates: [] });
    await inviter.invites.reply(reply);
    expect(inviter.state).toEqual({ kind: "connecting" });
    expect(inviter.named).toEqual([invited.peer]);
    const [answer] = inviter.applied.get(inviter.connection) ?? [];
    expect(describeSdp(answer?.sdp ?? "")?.candidates).toMatchObject([{ address: "10.0.0.8" }]);
    inviter.met.add(invited.peer);
    invited.met.add(inviter.peer);
    expect([inviter.invites.look(), invited.invites.look()]).toEqual([true, true]);
    expect(inviter.state).toEqual({ kind: "connected", peer: invited.peer });
    expect(invited.state).toEqual({ kind: "connected", peer: inviter.peer });
    expect(inviter.abandoned).toEqual([]);
  });

  test("keeps telling the invited browser of the inviter's addresses, each time as new ones", async () => {
    await invited.answer(await inviter.invite());
    const told = () =>
      (invited.applied.get(invited.connection) ?? [])
        .map(({ candidate }) => candidate?.candidate ?? "")
        .filter((line) => line.includes("10.0.0.7"));
    expect(told()).toHaveLength(1);
    vi.advanceTimersByTime(30_000);
    expect(told()).toHaveLength(11);
    expect(new Set(told()).size).toBe(11);
    invited.invites.cancel();
    vi.advanceTimersByTime(30_000);
    expect(told()).toHaveLength(11);
    expect(invited.abandoned).toEqual([invited.connection]);
  });

  test("stays open for the right reply after a wrong one, which is told apart", async () => {
    const code = await inviter.invite();
    const refused = async (given: string): Promise<string | null> => {
      await inviter.invites.reply(given);
      return inviter.state.kind === "waiting" ? inviter.state.refusal : "gone";
    };
    expect(await refused("hello")).toBe("damaged");
    expect(await refused(code)).toBe("invite");
    const other = await Page.open();
    expect(await refused(await invited.answer(await other.invite()))).toBe("other");
    other.invites.cancel();
    expect(inviter.named).toEqual([]);
    await inviter.invites.reply(await invited.answer(code));
    expect(inviter.state.kind).toBe("connecting");
  });

  test("takes one reply: whoever is second is too late", async () => {
    const code = await inviter.invite();
    const other = await Page.open();
    const replies = [await invited.answer(code), await other.answer(code)];
    // Which of the two is opened first is the cryptography's to say.
    await Promise.all(replies.map((reply) => inviter.invites.reply(reply)));
    for (const reply of replies) await inviter.invites.reply(reply);
    expect(inviter.named).toHaveLength(1);
    expect([invited.peer, other.peer]).toContain(inviter.named[0]);
    other.invites.cancel();
  });

  test("that is begun anew lets go of the one before, whose reply is refused", async () => {
    const reply = await invited.answer(await inviter.invite());
    const before = inviter.connection;
    await inviter.invite();
    expect(inviter.abandoned).toEqual([before]);
    await inviter.invites.reply(reply);
    expect(inviter.state).toMatchObject({ kind: "waiting", refusal: "other" });
  });

  test("that somebody altered, or that is one's own, isn't answered", async () => {
    const code = await inviter.invite();
    await invited.invites.answer(`${code.slice(0, -9)}AAAAAAAAA`);
    expect(invited.state).toMatchObject({ kind: "failed", reason: "altered" });
    const { connection } = inviter;
    await inviter.invites.answer(code);
    expect(inviter.state).toMatchObject({ kind: "failed", reason: "own" });
    expect(inviter.abandoned).toEqual([connection]);
    expect(invited.role).toBe("");
  });

  test("from a peer that is connected already is done at once", async () => {
    const code = await inviter.invite();
    invited.met.add(inviter.peer);
    await invited.invites.answer(code);
    expect(invited.state.kind).toBe("connected");
    expect(invited.role).toBe("");
  });

  test("of a browser that tells no address, or refuses a connection, fails", async () => {
    await inviter.invites.invite();
    inviter.gathered("offer", []);
    await vi.waitFor(() =>
      expect(inviter.state).toMatchObject({ kind: "failed", reason: "no-way" }),
    );
    await inviter.invites.invite();
    inviter.invites.closed(inviter.connection);
    expect(inviter.state).toMatchObject({ kind: "failed", reason: "no-way" });
  });

  test("whose connection ends says why: nobody came, or they can't reach each other", async () => {
    const reply = await invited.answer(await inviter.invite());
    invited.invites.closed(invited.connection + 1);
    expect(invited.state.kind).toBe("waiting");
    invited.invites.closed(invited.connection);
    expect(invited.state).toMatchObject({ kind: "failed", reason: "expired" });
    await inviter.invites.reply(reply);
    inviter.invites.closed(inviter.connection);
    expect(inviter.state).toMatchObject({ kind: "failed", reason: "unreachable" });
  });

  test("leaves the signals of other connections to whom they belong", async () => {
    await inviter.invite();
    expect(inviter.invites.local(inviter.connection + 7, "offer", "{}")).toBe(false);
    inviter.invites.cancel();
    expect(inviter.invites.local(inviter.connection, "offer", "{}")).toBe(false);
    expect(inviter.state).toEqual({ kind: "none" });
  });
});
