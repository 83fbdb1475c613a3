/** What happens when: a binary heap of actions by virtual time, and by order of entry among equals. */

type Entry = { readonly atMs: number; readonly order: number; readonly action: () => void };

const isBefore = (a: Entry, b: Entry): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export class Timeline {
  readonly #heap: Entry[] = [];
  #order = 0;
  #nowMs = 0;

  /** Virtual time in milliseconds; it moves by `next` alone. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  /** Does something at that time, or now if it is past. */
  at(timeMs: number, action: () => void): void {
    const entry = { atMs: Math.max(timeMs, this.#nowMs), order: this.#order++, action };
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  in(delayMs: number, action: () => void): void {
    this.at(this.#nowMs + delayMs, action);
  }

  /** Moves on to the next action and returns it; null if there is none. */
  next(): (() => void) | null {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    this.#nowMs = first.atMs;
    return first.action;
  }

  /** Moves the clock on while nothing happens. */
  skipTo(timeMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.min(timeMs, this.nextAtMs));
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        least = right;
        below++;
      }
      if (!isBefore(least, entry)) break;
      heap[index] = least;
      index = below;
    }
    heap[index] = entry;
  }
}
