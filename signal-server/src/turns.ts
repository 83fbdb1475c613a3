/**
 * Lets sources take turns: in one turn of the event loop no source has more dealt with than a little,
 * however many of its sockets have something to say. What waits stays in the kernel, so that a flood
 * is held up where it comes from, and nobody else's frame waits for more than a little of it.
 */
import type { Source } from "./address.ts";

/** Something that is read as soon as something comes, unless it is paused. */
type Readable = { readonly pause: () => void; readonly resume: () => void };

class Line {
  /** Read as soon as something comes. */
  readonly flowing = new Set<Readable>();
  /** Held up, the longest waiting first; all of them where there are any. */
  readonly waiting = new Set<Readable>();
  /** Reads and frames. */
  doneThisTurn = 0;
}

/** One socket's part. */
export interface Turn {
  /** It was read, or a frame of it dealt with, of those that one read has brought. */
  readonly count: () => void;
  /** Forgets it, once it has ended. */
  readonly end: () => void;
}

export class Turns {
  readonly #perTurn: number;
  readonly #nextTurn: (act: () => void) => void;
  readonly #lines = new Map<Source, Line>();
  /** Those that did something in this turn, or have sockets that wait. */
  readonly #busy = new Set<Line>();
  #isScheduled = false;

  /**
   * @param perTurn Reads and frames of one source.
   * @param nextTurn Calls back in the next turn of the event loop: `setImmediate`.
   */
  constructor(perTurn: number, nextTurn: (act: () => void) => void) {
    this.#perTurn = perTurn;
    this.#nextTurn = nextTurn;
  }

  /** How many sources there are, and how many sockets wait: for tests. */
  get size(): { readonly sources: number; readonly waiting: number } {
    const waiting = [...this.#lines.values()].reduce((sum, line) => sum + line.waiting.size, 0);
    return { sources: this.#lines.size, waiting };
  }

  /** Counts what a socket does among its source's. */
  add(source: Source, socket: Readable): Turn {
    const line = this.#lines.get(source) ?? new Line();
    this.#lines.set(source, line);
    line.flowing.add(socket);
    if (line.waiting.size > 0) hold(line);
    return {
      count: () => this.#count(line),
      end: () => {
        line.flowing.delete(socket);
        line.waiting.delete(socket);
        const isLast = line.flowing.size + line.waiting.size === 0;
        if (isLast && this.#lines.get(source) === line) this.#lines.delete(source);
      },
    };
  }

  #count(line: Line): void {
    line.doneThisTurn += 1;
    this.#busy.add(line);
    if (line.doneThisTurn >= this.#perTurn) hold(line);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    for (const line of this.#busy) {
      // Frames that earlier reads have brought go on, one of a socket in each turn: only what they
      // leave is for others.
      letGo(line, Math.max(this.#perTurn - line.doneThisTurn, 0));
      line.doneThisTurn = 0;
      if (line.waiting.size === 0) this.#busy.delete(line);
    }
    if (this.#busy.size > 0) this.#schedule();
  }
}

/** Holds up all that aren't yet. */
function hold({ flowing, waiting }: Line): void {
  for (const socket of flowing) {
    socket.pause();
    waiting.add(socket);
  }
  flowing.clear();
}

/** Lets so many that wait be read again. */
function letGo({ flowing, waiting }: Line, count: number): void {
  let left = count;
  for (const socket of waiting) {
    if (left-- <= 0) return;
    waiting.delete(socket);
    flowing.add(socket);
    socket.resume();
  }
}
