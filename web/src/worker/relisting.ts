/**
 * Whoever fetched a share that is published helps to keep it so: the newest that its key said to
 * catalogues stands beside the journal, and once everything is here it is brought to the page's own
 * server, which may have forgotten it, or be another host's.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import { isCurrent, openStated, type Signed } from "@shoal/swarm/catalogue/entry";
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { EngineStatus } from "@shoal/swarm/engine/io";
import type { SwarmId } from "@shoal/swarm/ids";
import type { Answer } from "./catalogue-server.ts";
import { Offer, type OfferPorts } from "./offer.ts";
import type { Shelf } from "./shelf.ts";

const STATED = "stated";

type Disk = Pick<Shelf, "readAll" | "remove" | "noteOnce">;

/** Where this browser stands with the share. */
export type Standing = {
  readonly status: EngineStatus["kind"];
  /** Everything is here. */
  readonly isComplete: boolean;
  /** The newest that peers brought, or was kept. */
  readonly stated: Signed | null;
};

export class Relisting {
  readonly #disk: Disk;
  readonly #offer: Offer;
  #newest: Signed | null;
  #isRefused = false;
  #keeping: Promise<void> = Promise.resolve();

  private constructor(disk: Disk, kept: Signed | null, ports: OfferPorts) {
    this.#disk = disk;
    this.#newest = kept;
    this.#offer = new Offer(ports, (answer) => this.#answered(answer));
  }

  /** With what an earlier visit kept. */
  static async open(
    disk: Disk,
    swarm: SwarmId,
    ports: OfferPorts & { readonly crypto: CryptoPort },
  ): Promise<Relisting> {
    // Safe: what can't be read is as good as missing, and peers bring it again.
    const bytes = await disk.readAll(STATED).catch(() => null);
    const kept = bytes && (await openStated(bytes, ports.crypto));
    return new Relisting(disk, kept?.swarm === swarm ? kept : null, ports);
  }

  /** What the peers may be told; null: nothing. */
  get newest(): Signed | null {
    return this.#newest;
  }

  /** To be told now and then: what changed is acted upon. */
  follow({ status, isComplete, stated }: Standing): void {
    if (stated !== null && stated.stated.sequence > (this.#newest?.stated.sequence ?? -1)) {
      this.#newest = stated;
      this.#keep(stated.bytes);
    }
    const newest = this.#newest;
    if (newest === null) return;
    // What is withdrawn is so also when the share has ended.
    const isMine =
      status === "running" || (status === "ended" && newest.stated.type === "withdrawal");
    const isDue = isMine && isComplete && !this.#isRefused && isCurrent(newest.stated, Date.now());
    if (isDue) this.#offer.make(newest.bytes);
    else this.#offer.drop();
  }

  /** Nothing is kept or sent from here on; settles when nothing is being kept any more. */
  async close(): Promise<void> {
    this.#isRefused = true;
    this.#offer.drop();
    await this.#keeping;
  }

  /** The page's own server went away. */
  away(): void {
    this.#offer.away();
  }

  /** It is there again. */
  back(): void {
    this.#offer.back();
  }

  #keep(bytes: Bytes): void {
    this.#keeping = this.#keeping.then(async () => {
      // Safe: what stays there, older or damaged, is found out at the next visit.
      await this.#disk.remove(STATED).catch(() => undefined);
      await this.#disk.noteOnce(STATED, bytes);
    });
  }

  #answered(answer: Answer): void {
    this.#isRefused ||= answer === "off" || answer === "blocked";
  }
}
