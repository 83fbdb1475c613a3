/**
 * Which offers have lately passed here, so that nothing but an offer reaches a peer unasked: an
 * answer goes back to who made the offer, candidates go both ways.
 */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { SignalKind } from "@shoal/swarm/tracker/messages";

/** One signal on its way, as its envelope shows it. */
export type Passing = {
  readonly swarm: SwarmId;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly kind: SignalKind;
  readonly exchange: string;
};

export type ExchangeBounds = {
  /** Offers of one peer that are remembered; beyond, its oldest is forgotten. */
  readonly offersPerPeer: number;
  /** Offers of all that are remembered; beyond, the oldest is forgotten. Peers are free to make. */
  readonly offers: number;
  /** How long an offer may be answered. */
  readonly offerLifetimeMs: number;
};

type Offer = { readonly key: string; readonly from: PeerId; madeMs: number };

export class Exchanges {
  readonly #bounds: ExchangeBounds;
  /** The oldest first. */
  readonly #offers = new Map<string, Offer>();
  /** Each peer's own, the oldest first. */
  readonly #byPeer = new Map<string, Set<Offer>>();

  constructor(bounds: ExchangeBounds) {
    this.#bounds = bounds;
  }

  /** How many offers are remembered. */
  get size(): number {
    return this.#offers.size;
  }

  /** Whether this signal may go on its way; an offer may, and is remembered. */
  pass(signal: Passing, nowMs: number): boolean {
    this.expire(nowMs);
    const key = keyOf(signal);
    const offer = this.#offers.get(key);
    if (signal.kind === "candidate") return offer !== undefined;
    if (signal.kind === "answer") return offer !== undefined && offer.from !== signal.from;
    if (offer !== undefined) this.#forget(offer);
    this.#remember({ key, from: signal.from, madeMs: nowMs }, signal.swarm);
    return true;
  }

  /** Forgets what was made too long ago. */
  expire(nowMs: number): void {
    for (const offer of this.#offers.values()) {
      if (nowMs - offer.madeMs < this.#bounds.offerLifetimeMs) return;
      this.#forget(offer);
    }
  }

  #remember(offer: Offer, swarm: SwarmId): void {
    const owner = ownerOf(swarm, offer.from);
    const own = this.#byPeer.get(owner) ?? new Set<Offer>();
    this.#byPeer.set(owner, own);
    own.add(offer);
    this.#offers.set(offer.key, offer);
    const [oldest] = own;
    if (own.size > this.#bounds.offersPerPeer && oldest !== undefined) this.#forget(oldest);
    const [oldestOfAll] = this.#offers.values();
    if (this.size > this.#bounds.offers && oldestOfAll !== undefined) this.#forget(oldestOfAll);
  }

  #forget(offer: Offer): void {
    this.#offers.delete(offer.key);
    const owner = ownerOf(offer.key.slice(0, offer.key.indexOf(" ")), offer.from);
    const own = this.#byPeer.get(owner);
    own?.delete(offer);
    if (own?.size === 0) this.#byPeer.delete(owner);
  }
}

const ownerOf = (swarm: string, peer: PeerId): string => `${swarm} ${peer}`;

/** The same for both directions; nobody else's exchange has it, whatever they call theirs. */
function keyOf({ swarm, from, to, exchange }: Passing): string {
  return [swarm, ...[from, to].toSorted(), exchange].join(" ");
}
