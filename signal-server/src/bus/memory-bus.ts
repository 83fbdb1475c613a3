/** A bus between processes that are one: for a server on its own, and for tests. */
import type { ProcessId } from "../store/store.ts";
import type { Bus, Hear } from "./bus.ts";

/** What stands between the buses of one program. */
export class MemoryHub {
  readonly #ears = new Map<ProcessId, Hear>();

  join(process: ProcessId, hear: Hear): Bus {
    this.#ears.set(process, hear);
    return {
      send: async (to, message) => this.#ears.get(to)?.(message) ?? false,
      close: () => void this.#ears.delete(process),
    };
  }
}
