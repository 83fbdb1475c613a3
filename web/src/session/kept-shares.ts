/** What this browser keeps of shares: listed and removed by a worker of its own. */
import type { FromKeeper, KeptDays, KeptShare, ToKeeper } from "../protocol/kept.ts";
import { isPersisted, persist } from "./persistence.ts";

/** Null: this browser keeps nothing for the page, and says so. */
export type Listed = Pick<
  Extract<FromKeeper, { type: "shares" }>,
  "shares" | "keptDays" | "nowMs"
> | null;

export class KeptShares {
  readonly #worker: Worker;

  /** @param tell Called with the list as it is, after each question. */
  constructor(tell: (listed: Listed) => void) {
    this.#worker = new Worker(new URL("../worker/keeper.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromKeeper>) =>
      tell(data.type === "shares" ? data : null),
    );
    this.#worker.addEventListener("error", () => tell(null));
  }

  list(): void {
    this.#post({ type: "list" });
  }

  /** Removes what is kept, unless a tab works with it. */
  remove({ swarm, role }: KeptShare): void {
    this.#post({ type: "remove", swarm, role });
  }

  /**
   * How long everything stays from now on. Where that is until it is removed, the browser is asked not
   * to clear it away by itself; to be called while the choice is handled, since it may ask the person.
   */
  keepFor(days: KeptDays): Promise<boolean> {
    this.#post({ type: "keep", days });
    return days === null ? persist() : isPersisted();
  }

  close(): void {
    this.#worker.terminate();
  }

  #post(message: ToKeeper): void {
    this.#worker.postMessage(message);
  }
}
