/**
 * Has the numbers of sources follow their swarms: those that change are looked up soon, and all the
 * others in turn, for what nobody told of. Ends what has had none for too long.
 */
import type { SwarmId } from "@shoal/swarm/ids";
import type { Source } from "../address.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Catalogue, Standing } from "./catalogue.ts";

export type CountingPorts = {
  readonly catalogue: Catalogue;
  /** Where those are who hold all, of each of these swarms. */
  readonly sources: (swarms: readonly SwarmId[]) => Promise<readonly (readonly Source[])[]>;
  /** Whether that is known of the peers of all processes. */
  readonly isWhole: () => boolean;
  readonly nowMs: () => number;
  /** Told of swarms whose sources changed in this process. */
  readonly changed: (swarms: readonly SwarmId[]) => void;
  /** Told of entries that have ended. */
  readonly ended: (standings: readonly Standing[]) => void;
};

export class Counting {
  readonly #ports: CountingPorts;
  /** Whose sources may have changed: in this process, and in others. */
  readonly #own = new Set<SwarmId>();
  readonly #others = new Set<SwarmId>();

  constructor(ports: CountingPorts) {
    this.#ports = ports;
  }

  /** Somebody who holds all has come or gone at this process. Of swarms that aren't listed nothing is kept. */
  note(swarm: SwarmId): void {
    if (this.#isListed(swarm)) this.#own.add(swarm);
  }

  /** The same, at another process; or it is listed since a moment ago. */
  noteElsewhere(swarm: SwarmId): void {
    if (this.#isListed(swarm)) this.#others.add(swarm);
  }

  /** To be called every `countIntervalMs`, one at a time. */
  async tick(): Promise<void> {
    const { catalogue, nowMs, changed, ended, isWhole } = this.#ports;
    const { countIntervalMs, roundMs } = SERVER_LIMITS.catalogue;
    const own = [...this.#own];
    const inTurn = Math.ceil((catalogue.size.records * countIntervalMs) / roundMs);
    const swarms = [...new Set([...own, ...this.#others, ...catalogue.walk(inTurn, nowMs())])];
    this.#own.clear();
    this.#others.clear();
    if (own.length > 0) changed(own);
    const sources = await this.#ports.sources(swarms);
    for (const [index, swarm] of swarms.entries()) {
      catalogue.setSources(swarm, sources[index] ?? [], nowMs());
    }
    const lost = catalogue.endLacking(isWhole(), nowMs());
    if (lost.length > 0) ended(lost);
  }

  #isListed(swarm: SwarmId): boolean {
    return this.#ports.catalogue.listed(swarm, this.#ports.nowMs()) !== null;
  }
}
