/** One swarm's members, as a process keeps them in memory. */
import type { PeerId } from "@shoal/swarm/ids";
import type { Source } from "../address.ts";
import type { Entry } from "./store.ts";

/** A peer that has proven its id, and when it last joined or announced. */
export type Member = Entry & { readonly seenMs: number };

/** The members of a swarm. Time and space per operation don't grow with the swarm. */
export class Swarm {
  readonly #members = new Map<PeerId, Member>();
  /** The members that have announced, in no order, and where in it each stands. */
  readonly #listed: Member[] = [];
  readonly #places = new Map<Member, number>();
  #seeders = 0;
  /** How many of the seeders are at each place. */
  readonly #seedersAt = new Map<Source, number>();

  get size(): number {
    return this.#members.size;
  }

  /** Members that announced to hold everything. */
  get seeders(): number {
    return this.#seeders;
  }

  /** Members that announced to hold less. */
  get leechers(): number {
    return this.#listed.length - this.#seeders;
  }

  /** Where seeders are, each place once. */
  get sources(): Source[] {
    return [...this.#seedersAt.keys()];
  }

  get(peer: PeerId): Member | undefined {
    return this.#members.get(peer);
  }

  /** Adds a member, which must not be there; it is listed if it has announced. */
  add(member: Member): void {
    this.#members.set(member.peer, member);
    if (member.held === null) return;
    this.#places.set(member, this.#listed.length);
    this.#listed.push(member);
    if (member.held === "all") this.#countSeeder(member, 1);
  }

  /** Removes a member, which must be there. */
  remove(member: Member): void {
    this.#members.delete(member.peer);
    const place = this.#places.get(member);
    if (place === undefined) return;
    this.#swap(place, this.#listed.length - 1);
    this.#listed.pop();
    this.#places.delete(member);
    if (member.held === "all") this.#countSeeder(member, -1);
  }

  /**
   * Up to `count` listed members other than `asker`, every such set equally likely: the asker is
   * moved out of the way to the end, then a partial Fisher-Yates shuffle brings the chosen ones to
   * the front. `random` gives numbers in [0, 1).
   */
  sample(asker: Member, count: number, random: () => number): Member[] {
    const askersPlace = this.#places.get(asker);
    const last = this.#listed.length - 1;
    if (askersPlace !== undefined) this.#swap(askersPlace, last);
    const othersCount = askersPlace === undefined ? last + 1 : last;
    const chosenCount = Math.min(count, othersCount);
    for (let index = 0; index < chosenCount; index++) {
      this.#swap(index, index + Math.floor(random() * (othersCount - index)));
    }
    return this.#listed.slice(0, chosenCount);
  }

  #countSeeder({ source }: Member, change: 1 | -1): void {
    this.#seeders += change;
    const count = (this.#seedersAt.get(source) ?? 0) + change;
    if (count === 0) this.#seedersAt.delete(source);
    else this.#seedersAt.set(source, count);
  }

  #swap(a: number, b: number): void {
    const first = this.#listed[a];
    const second = this.#listed[b];
    if (first === undefined || second === undefined) throw new RangeError("no such place");
    this.#listed[a] = second;
    this.#listed[b] = first;
    this.#places.set(second, a);
    this.#places.set(first, b);
  }
}
