/** What the parts of a ring peer share: who and where it is, its links, the clock's last word, chance. */
import type { Effect, LinkId, Message } from "./io.ts";
import { Links, NEAR_EACH_SIDE } from "./links.ts";
import { type Place, placeOf, type RingId } from "./position.ts";

export type RingConfig = {
  readonly self: RingId;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Links kept on each side, 1 to 3; fewer make a small ring one of several hops. */
  readonly nearEachSide?: number;
  /** Whether it looks for links to peers far away. */
  readonly fingers?: boolean;
  /** Peers that hold a record. */
  readonly copies?: number;
};

/**
 * Peers that hold a record, where the configuration doesn't say another number. Of 30 % that crash at
 * once one record in 1,400 had all six among them; of four it were one in 120.
 */
const COPIES = 6;

export class Core {
  readonly self: Place;
  readonly random: () => number;
  readonly links: Links;
  readonly keepsFingers: boolean;
  readonly copies: number;
  nowMs = 0;
  #effects: Effect[] = [];

  constructor(config: RingConfig) {
    this.self = placeOf(config.self);
    this.random = config.random;
    this.links = new Links(this.self, config.nearEachSide ?? NEAR_EACH_SIDE);
    this.keepsFingers = config.fingers ?? true;
    this.copies = config.copies ?? COPIES;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  takeEffects(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  send(link: LinkId, message: Message): void {
    this.emit({ type: "send", link, message });
  }

  /** When something is due again. By chance, so that peers that began together don't stay together. */
  dueIn(ms: number): number {
    return this.nowMs + ms * (0.75 + this.random() / 2);
  }

  /** A circuit's name. */
  newCircuit(): number {
    return Math.floor(this.random() * Number.MAX_SAFE_INTEGER);
  }

  /** One of them, each as likely; undefined where there is none. */
  any<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }
}
