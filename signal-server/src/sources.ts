/**
 * What each source has open and takes, and the whole process: so that one of them can't use up what
 * is there for all. A source is remembered while it has a socket, and until its buckets would be full
 * again; so many are at most.
 */
import type { Source } from "./address.ts";
import { TokenBucket } from "./token-bucket.ts";

/** So many at once, so many per second. */
type Flow = { readonly burst: number; readonly perSec: number };

type Flows = {
  readonly connections: Flow;
  /** Of any kind, well-formed or not. */
  readonly frames: Flow;
  readonly events: Flow;
  readonly joins: Flow;
  /** Of the catalogue, over plain HTTP: searches, statements that are brought, reports. */
  readonly searches: Flow;
  readonly statements: Flow;
  readonly reports: Flow;
};

export type SourceBounds = {
  readonly perSource: Flows & { readonly sockets: number };
  readonly perProcess: Flows & { readonly sockets: number };
  /** Sources that are remembered. */
  readonly sources: number;
};

/** What is taken from. */
type Kind = keyof Flows;

class Account {
  sockets = 0;
  readonly #buckets: Record<Kind, TokenBucket>;
  /** When all buckets are full again, whatever was taken before `#usedMs`. */
  readonly #refillMs: number;
  #usedMs: number;

  constructor(
    { connections, frames, events, joins, searches, statements, reports }: Flows,
    nowMs: number,
  ) {
    const bucket = ({ burst, perSec }: Flow): TokenBucket => new TokenBucket(burst, perSec, nowMs);
    this.#buckets = {
      connections: bucket(connections),
      frames: bucket(frames),
      events: bucket(events),
      joins: bucket(joins),
      searches: bucket(searches),
      statements: bucket(statements),
      reports: bucket(reports),
    };
    const all = [connections, frames, events, joins, searches, statements, reports];
    const refills = all.map(({ burst, perSec }) => burst / perSec);
    this.#refillMs = 1000 * Math.max(...refills);
    this.#usedMs = nowMs;
  }

  take(kind: Kind, nowMs: number): boolean {
    this.#usedMs = nowMs;
    return this.#buckets[kind].take(nowMs);
  }

  /** As good as a new one. */
  isFresh(nowMs: number): boolean {
    return this.sockets === 0 && nowMs - this.#usedMs >= this.#refillMs;
  }
}

/** Between two looks at who can be forgotten, where there is no room. */
const TIDY_MS = 1000;

/** One socket's part in them. */
export interface Share {
  readonly source: Source;
  /** Whether the socket may do one more of these now; counted if so. */
  take(kind: "frames" | "events" | "joins", nowMs: number): boolean;
  /** The socket has ended. To be called once. */
  release(): void;
}

export class Sources {
  readonly #bounds: SourceBounds;
  readonly #accounts = new Map<Source, Account>();
  readonly #process: Account;
  #tidiedMs = -Infinity;

  constructor(bounds: SourceBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#process = new Account(bounds.perProcess, nowMs);
  }

  /** How many sources are remembered, and how many sockets are open. */
  get size(): { readonly sources: number; readonly sockets: number } {
    return { sources: this.#accounts.size, sockets: this.#process.sockets };
  }

  /** Whether this source may try to connect now; counted if so. */
  knock(source: Source, nowMs: number): boolean {
    const account = this.#account(source, nowMs);
    return account !== null && this.#hasRoom(account) && this.#take(account, "connections", nowMs);
  }

  /** Whether this source may do one more of what needs no socket; counted if so. */
  take(source: Source, kind: "searches" | "statements" | "reports", nowMs: number): boolean {
    const account = this.#account(source, nowMs);
    return account !== null && this.#take(account, kind, nowMs);
  }

  /** A socket of this source has opened; null where it is one too many. */
  open(source: Source, nowMs: number): Share | null {
    const account = this.#account(source, nowMs);
    if (account === null || !this.#hasRoom(account)) return null;
    const all = this.#process;
    account.sockets += 1;
    all.sockets += 1;
    return {
      source,
      take: (kind, atMs) => this.#take(account, kind, atMs),
      release() {
        account.sockets -= 1;
        all.sockets -= 1;
      },
    };
  }

  #hasRoom({ sockets }: Account): boolean {
    const { perSource, perProcess } = this.#bounds;
    return sockets < perSource.sockets && this.#process.sockets < perProcess.sockets;
  }

  /** First of its own: one that is refused takes nothing from the others. */
  #take(account: Account, kind: Kind, nowMs: number): boolean {
    return account.take(kind, nowMs) && this.#process.take(kind, nowMs);
  }

  /** Forgets those of whom nothing needs to be known. */
  tidy(nowMs: number): void {
    this.#tidiedMs = nowMs;
    for (const [source, account] of this.#accounts) {
      if (account.isFresh(nowMs)) this.#accounts.delete(source);
    }
  }

  /** Null for a new one where there is no room for it. */
  #account(source: Source, nowMs: number): Account | null {
    const known = this.#accounts.get(source);
    if (known !== undefined) return known;
    const isFull = this.#accounts.size >= this.#bounds.sources;
    // A walk through all of them, which a crowd of strangers must not have at each knock.
    if (isFull && nowMs - this.#tidiedMs >= TIDY_MS) this.tidy(nowMs);
    if (this.#accounts.size >= this.#bounds.sources) return null;
    const account = new Account(this.#bounds.perSource, nowMs);
    this.#accounts.set(source, account);
    return account;
  }
}
