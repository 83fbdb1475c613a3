/** Everybody wants it at once: a seeder and N leechers that arrive together and stay. */
import { Content } from "./content.ts";
import { type HostOptions, MBIT_BYTES } from "./network.ts";
import type { Behaviour, SimulatedPeer } from "./peer.ts";
import type { Chance } from "./random.ts";
import { Simulation } from "./simulation.ts";

export type CrowdOptions = {
  readonly leecherCount: number;
  readonly pieceCount: number;
  readonly pieceBytes: number;
  readonly seeder: HostOptions;
  readonly host: (chance: Chance, index: number) => HostOptions;
  readonly behaviour?: (index: number) => Behaviour;
};

/** Everyone the same: 2.5 Mbit/s up unless said otherwise, downlinks that don't matter, 50 ms. */
export function equalCrowd(leecherCount: number, uplinkMbits = 2.5): CrowdOptions {
  const host = {
    uplinkBytesPerSec: uplinkMbits * MBIT_BYTES,
    downlinkBytesPerSec: 10 * uplinkMbits * MBIT_BYTES,
    roundTripMs: 50,
    loss: 0,
  };
  return { leecherCount, pieceCount: 256, pieceBytes: 256 * 1024, seeder: host, host: () => host };
}

/** Uplinks log-uniform from 0.5 to 50 Mbit/s, downlinks four times as fast, 20 to 200 ms. */
export function unequalCrowd(leecherCount: number): CrowdOptions {
  const options = (uplinkMbits: number, roundTripMs: number): HostOptions => ({
    uplinkBytesPerSec: uplinkMbits * MBIT_BYTES,
    downlinkBytesPerSec: 4 * uplinkMbits * MBIT_BYTES,
    roundTripMs,
    loss: 0,
  });
  return {
    leecherCount,
    pieceCount: 256,
    pieceBytes: 256 * 1024,
    seeder: options(10, 50),
    host: (chance) => options(chance.logBetween(0.5, 50), chance.between(20, 200)),
  };
}

export type Crowd = {
  readonly simulation: Simulation;
  readonly seeder: SimulatedPeer;
  readonly leechers: readonly SimulatedPeer[];
};

/** The sharer at 10 Mbit/s, and leechers with far more than it takes to pass everything on. */
export function ampleCrowd(leecherCount: number): CrowdOptions {
  const host = (uplinkMbits: number): HostOptions => ({
    uplinkBytesPerSec: uplinkMbits * MBIT_BYTES,
    downlinkBytesPerSec: 200 * MBIT_BYTES,
    roundTripMs: 30,
    loss: 0,
  });
  return {
    leecherCount,
    pieceCount: 256,
    pieceBytes: 256 * 1024,
    seeder: host(10),
    host: () => host(100),
  };
}

/** The peers, ready to join. */
export async function gather(seed: number, options: CrowdOptions): Promise<Crowd> {
  const { pieceCount, pieceBytes } = options;
  const simulation = await Simulation.begin(
    seed,
    (chance) => new Content([pieceCount * pieceBytes], pieceBytes, chance),
  );
  const seeder = await simulation.sharer(options.seeder);
  const leechers: SimulatedPeer[] = [];
  for (let index = 0; index < options.leecherCount; index++) {
    const host = options.host(simulation.chance, index);
    leechers.push(await simulation.leecher(host, options.behaviour?.(index)));
  }
  return { simulation, seeder, leechers };
}

/** The least time in which any scheme could be done, in milliseconds. */
export function boundMs({ simulation, seeder, leechers }: Crowd): number {
  const { layout } = simulation.content.manifest;
  const uplinks = leechers.map((peer) => peer.host.options.uplinkBytesPerSec);
  const downlinks = leechers.map((peer) => peer.host.options.downlinkBytesPerSec);
  const us = seeder.host.options.uplinkBytesPerSec;
  const sum = uplinks.reduce((total, uplink) => total + uplink, us);
  const bytes = layout.totalBytes;
  // Kumar and Ross 2006.
  const fluid = Math.max(
    bytes / us,
    bytes / Math.min(...downlinks),
    (leechers.length * bytes) / sum,
  );
  // Mundinger, Weber and Weiss 2006, for equal uplinks.
  const isEqual = uplinks.every((uplink) => uplink === us);
  const rounds = 1 + Math.floor(Math.log2(leechers.length)) / layout.pieceCount;
  return 1000 * Math.max(fluid, isEqual ? (bytes / us) * rounds : 0);
}
