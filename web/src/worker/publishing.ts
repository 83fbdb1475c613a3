/**
 * A share of this browser's own and the catalogue of the host that served the page: published,
 * renewed, and withdrawn by signed statements. Each is kept before it is sent, so that the numbers
 * rise whatever happens to this page, and a share that is gone on with stays published.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import {
  type Description,
  type Entry,
  isCurrent,
  openStated,
  safeDescription,
  type Signed,
  signStated,
} from "@shoal/swarm/catalogue/entry";
import type { CryptoPort, SigningKey } from "@shoal/swarm/crypto";
import { LIMITS } from "@shoal/swarm/limits";
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { Listing, ListingRefusal } from "../protocol/state.ts";
import type { Answer } from "./catalogue-server.ts";
import { Offer, type OfferPorts } from "./offer.ts";

/** What a statement may hold at most, less what this clock may be ahead by. */
const LIFE_MS = LIMITS.entryLifeMs - 2 * 3_600_000;
const RENEW_MS = LIFE_MS / 2;

/** What an entry says of a share besides its description. */
export type PublishedShare = {
  readonly key: SigningKey;
  /** What follows the link's `#`. */
  readonly link: string;
  readonly manifest: Manifest;
};

export type PublishingPorts = OfferPorts & {
  readonly crypto: CryptoPort;
  /** Keeps what was signed last for a later visit; settles once it is kept, or can't be. */
  readonly keep: (statement: Bytes) => Promise<void>;
  /** Hands the peers what they may bring to catalogues. */
  readonly spread: (signed: Signed) => void;
  /** Shows the page where it stands. */
  readonly tell: (listing: Listing) => void;
};

export class Publishing {
  readonly #share: PublishedShare;
  readonly #ports: PublishingPorts;
  readonly #offer: Offer;
  #listing: Listing = { kind: "unlisted" };
  #hasEnded = false;
  #isClosed = false;
  /** What was signed last, here or in an earlier visit. */
  #last: Signed | null = null;
  /** What the peers were handed last. */
  #spread: Signed | null = null;
  /** Until when what the server took last holds. */
  #listedUntilMs = 0;
  /** What is to be signed, one after the other, and how many that are. */
  #signing: Promise<void> = Promise.resolve();
  #unsignedCount = 0;
  #renewal: ReturnType<typeof setTimeout> | undefined;

  private constructor(share: PublishedShare, ports: PublishingPorts) {
    this.#share = share;
    this.#ports = ports;
    this.#offer = new Offer(ports, (answer) => this.#answered(answer));
  }

  /** `kept` is what `keep` was handed last, in an earlier visit; null: nothing yet. */
  static async begin(
    share: PublishedShare,
    kept: Bytes | null,
    ports: PublishingPorts,
  ): Promise<Publishing> {
    const publishing = new Publishing(share, ports);
    publishing.#goOn(kept && (await openStated(kept, ports.crypto)));
    return publishing;
  }

  /** What the peers may bring to catalogues; null: nothing. */
  get spread(): Signed | null {
    return this.#spread;
  }

  /** Has the share found by this from now on. */
  publish(description: Description): void {
    if (this.#hasEnded) return;
    const safe = safeDescription(description);
    if (safe === null) return this.#show({ kind: "refused", reason: "refused", description });
    this.#show({ kind: "sending", description: safe });
    this.#say(safe);
  }

  /** It isn't found any more. */
  withdraw(): void {
    if (this.#hasEnded) return;
    if (!this.#isPublished) return this.#show({ kind: "unlisted" });
    this.#show({ kind: "sending", description: null });
    this.#say(null);
  }

  /** The share has ended: it isn't found any more, and can't be published again. */
  end(): void {
    if (this.#hasEnded) return;
    const isPublished = this.#isPublished;
    this.#hasEnded = true;
    if (isPublished) {
      this.#show({ kind: "sending", description: null });
      this.#say(null);
    } else if (this.#listing.kind === "unlisted") this.#show({ kind: "off" });
  }

  /** Nothing is signed or sent from here on. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#renewal);
    this.#offer.drop();
  }

  /** The page's own server went away. */
  away(): void {
    this.#offer.away();
  }

  /** It is there again. */
  back(): void {
    this.#offer.back();
  }

  /** An entry of it is out, as far as is known, or about to be. */
  get #isPublished(): boolean {
    return this.#unsignedCount > 0 || this.#last?.stated.type === "entry";
  }

  #goOn(kept: Signed | null): void {
    this.#last = kept;
    if (kept?.stated.type === "entry") {
      this.#show({ kind: "sending", description: described(kept.stated) });
      if (this.#renewInMs(kept) > 0) this.#bring(kept);
      else this.#say(kept.stated);
    } else {
      this.#show({ kind: "unlisted" });
      // The server may never have heard of it.
      if (kept !== null && isCurrent(kept.stated, Date.now())) this.#bring(kept);
    }
  }

  /** Signs an entry, or where null a withdrawal, and brings it to the server. */
  #say(description: Description | null): void {
    clearTimeout(this.#renewal);
    this.#unsignedCount++;
    this.#signing = this.#signing.then(async () => {
      const signed = this.#isClosed ? null : await this.#sign(description);
      this.#unsignedCount--;
      if (signed !== null && !this.#isClosed) this.#bring(signed);
    });
  }

  async #sign(description: Description | null): Promise<Signed> {
    const { key, link, manifest } = this.#share;
    const nowMs = Date.now();
    const sequence = Math.max((this.#last?.stated.sequence ?? 0) + 1, nowMs);
    const head = { sequence, expiresMs: nowMs + LIFE_MS, link };
    const sizes = { fileCount: manifest.files.length, totalBytes: manifest.layout.totalBytes };
    const signed = await signStated(
      key,
      description === null
        ? { ...head, type: "withdrawal" }
        : { ...head, ...sizes, ...described(description), type: "entry" },
      this.#ports.crypto,
    );
    this.#last = signed;
    await this.#ports.keep(signed.bytes);
    return signed;
  }

  #bring(signed: Signed): void {
    const { stated, bytes } = signed;
    if (stated.type === "withdrawal") this.#handPeers(signed);
    else this.#renewal = setTimeout(() => this.#say(stated), this.#renewInMs(signed));
    this.#offer.make(bytes);
  }

  #renewInMs({ stated }: Signed): number {
    return Math.min(stated.expiresMs - LIFE_MS + RENEW_MS - Date.now(), RENEW_MS);
  }

  #handPeers(signed: Signed): void {
    if (this.#spread === signed) return;
    this.#spread = signed;
    this.#ports.spread(signed);
  }

  #answered(answer: Answer): void {
    if (this.#last === null || this.#unsignedCount > 0) return; // Of one that isn't the last any more.
    const { stated } = this.#last;
    if (stated.type === "withdrawal") return this.#withdrawalAnswered(answer);
    this.#entryAnswered(answer, stated);
    // Not before: what a host refuses isn't for its members to bring to others.
    if (answer === "taken") this.#handPeers(this.#last);
  }

  #entryAnswered(answer: Answer, stated: Entry): void {
    const nowMs = Date.now();
    switch (answer) {
      case "taken":
        this.#listedUntilMs = stated.expiresMs;
        return this.#show({ kind: "listed", description: described(stated) });
      case "busy":
        return;
      case "unreachable":
        // What was listed before is there when the server is.
        if (this.#listing.kind === "listed" && nowMs < this.#listedUntilMs) return;
        return this.#refused("unreachable", stated);
      case "expired":
        if (!isCurrent(stated, nowMs)) return this.#say(stated); // The machine slept.
        return this.#refused("refused", stated);
      case "too-many":
        return this.#refused("too-many", stated);
      case "off":
        clearTimeout(this.#renewal);
        return this.#show({ kind: "off" });
      case "blocked":
      case "outdated":
      case "refused":
        clearTimeout(this.#renewal);
        return this.#refused(answer === "blocked" ? "blocked" : "refused", stated);
    }
  }

  #withdrawalAnswered(answer: Answer): void {
    if (answer === "busy") return;
    if (answer === "off") return this.#show({ kind: "off" });
    if (answer === "taken" || answer === "blocked") {
      return this.#show({ kind: this.#hasEnded ? "off" : "unlisted" });
    }
    // Nobody asked for one that an earlier visit made.
    if (this.#listing.kind === "unlisted" || this.#listing.kind === "off") return;
    this.#refused(answer === "unreachable" ? "unreachable" : "refused", null);
  }

  #refused(reason: ListingRefusal, description: Description | null): void {
    this.#show({ kind: "refused", reason, description: description && described(description) });
  }

  #show(listing: Listing): void {
    this.#listing = listing;
    this.#ports.tell(listing);
  }
}

/** A description alone, of what has one. */
function described({ title, description, tags, kind }: Description): Description {
  return { title, description, tags, kind };
}
