/**
 * Which entries have a common word, for those common words that are searched for: to find out anew with
 * each search takes most of its time. Kept right as entries come and go; the least wanted is forgotten.
 */
export class CommonWords<Item> {
  readonly #most: number;
  /** The word that was wanted last is the last one. */
  readonly #having = new Map<string, Set<Item>>();

  /** @param most Of items, in all words together. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many words there are, and items in all of them: for tests. */
  get size(): { readonly words: number; readonly items: number } {
    const items = [...this.#having.values()].reduce((sum, having) => sum + having.size, 0);
    return { words: this.#having.size, items };
  }

  /** All items with a word; null where that isn't known. */
  get(word: string): ReadonlySet<Item> | null {
    const having = this.#having.get(word);
    if (having === undefined) return null;
    this.#having.delete(word);
    this.#having.set(word, having);
    return having;
  }

  /** Notes all items that have a word. */
  set(word: string, having: Set<Item>): void {
    this.#having.set(word, having);
    this.#forget();
  }

  /** Adds an item with these words, which are asked for where it matters. */
  add(item: Item, words: () => readonly string[]): void {
    if (this.#having.size === 0) return;
    for (const word of words()) this.#having.get(word)?.add(item);
    this.#forget();
  }

  remove(item: Item): void {
    for (const having of this.#having.values()) having.delete(item);
  }

  #forget(): void {
    let { items } = this.size;
    for (const [word, having] of this.#having) {
      if (items <= this.#most) return;
      items -= having.size;
      this.#having.delete(word);
    }
  }
}
