/**
 * Runs in which anything may go wrong: churn, lossy links, spoilt blocks, partitions, trackers that
 * vanish, hostile peers. Whatever happens, no honest peer may take wrong bytes, accuse an honest
 * one, or be stuck.
 */
import { decodeFrame } from "../src/wire/frame.ts";
import { Content } from "./content.ts";
import { HOSTILE } from "./hostile.ts";
import { type HostOptions, MBIT_BYTES } from "./network.ts";
import type { SimulatedPeer } from "./peer.ts";
import type { Chance } from "./random.ts";
import { Simulation } from "./simulation.ts";

/** Everything that is missing was within reach for so long, and nothing came: stuck. */
const STUCK_MS = 120_000;
/** So is who gets blocks but no whole piece. */
const PIECE_STUCK_MS = 600_000;
const LOOK_INTERVAL_MS = 5_000;
/** Faults begin within this time; afterwards things may settle. */
const TROUBLE_MS = 60_000;
const HORIZON_MS = 1_800_000;

export type FaultRun = {
  readonly seed: number;
  readonly peerCount: number;
  readonly hostileCount: number;
  /** What was found wrong; empty if all is well. */
  readonly findings: readonly string[];
  readonly completedCount: number;
  readonly virtualMs: number;
  readonly trace: number;
};

/** One run; everything in it follows from the seed. */
export async function faultRun(seed: number): Promise<FaultRun> {
  const simulation = await Simulation.begin(seed, someContent);
  const run = new Run(simulation);
  await run.cast();
  return run.play();
}

function someContent(chance: Chance): Content {
  const pieceBytes = 64 * 1024 * 2 ** chance.whole(0, 2);
  const fileCount = chance.happens(0.6) ? 1 : chance.whole(2, 5);
  const sizes = Array.from({ length: fileCount }, () =>
    Math.ceil(chance.logBetween(10_000, (60 * pieceBytes) / fileCount)),
  );
  return new Content(sizes, pieceBytes, chance);
}

function someHost(chance: Chance): HostOptions {
  const uplinkBytesPerSec = chance.logBetween(0.2, 20) * MBIT_BYTES;
  return {
    uplinkBytesPerSec,
    downlinkBytesPerSec: uplinkBytesPerSec * chance.between(1, 8),
    roundTripMs: chance.logBetween(2, 300),
    loss: chance.happens(0.5) ? 0 : chance.between(0, 0.05),
  };
}

class Run {
  readonly #simulation: Simulation;
  readonly #chance: Chance;
  readonly #findings: string[] = [];
  readonly #heldSinceMs = new Map<SimulatedPeer, number>();
  #hostileCount = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#chance = simulation.chance.fork();
    simulation.onDelivered = (from, to, frame) => {
      if (frame[0] === 0x03 && from.isHonest && to.isHonest) this.#accused(from, to, frame);
    };
  }

  /** An honest peer says goodbye to another with a reason that only cheats give. */
  #accused(from: SimulatedPeer, to: SimulatedPeer, frame: Uint8Array<ArrayBuffer>): void {
    const decoded = decodeFrame(frame);
    if (decoded.kind !== "message" || decoded.message.type !== "goodbye") return;
    const { reason } = decoded.message;
    if (reason === "badData" || reason === "protocolError" || reason === "unproven") {
      this.#findings.push(`${from.index} accuses honest ${to.index}: ${reason}`);
    }
  }

  /** Who comes when, who cheats, what breaks. */
  async cast(): Promise<void> {
    const chance = this.#chance;
    const { timeline } = this.#simulation;
    const peerCount = Math.round(chance.logBetween(2, 51));
    const hostileShare = chance.happens(0.4) ? 0 : chance.between(0, 0.5);
    const churn = chance.happens(0.4) ? 0 : chance.between(0, 0.6);
    const sharer = await this.#simulation.sharer(someHost(chance));
    this.#comes(sharer, 0);
    for (let index = 1; index < peerCount; index++) {
      const isHostile = chance.happens(hostileShare);
      if (isHostile) this.#hostileCount++;
      const behaviour = isHostile ? chance.of(HOSTILE) : {};
      const peer = await this.#simulation.leecher(someHost(chance), behaviour);
      const joinsAtMs = chance.happens(0.5) ? 0 : chance.between(0, TROUBLE_MS / 2);
      this.#comes(peer, joinsAtMs);
      if (chance.happens(churn)) this.#goes(peer, joinsAtMs + chance.between(0, TROUBLE_MS / 2));
    }
    if (chance.happens(churn / 2)) this.#goes(sharer, chance.between(5_000, TROUBLE_MS));
    if (chance.happens(0.3)) {
      const atMs = chance.between(0, TROUBLE_MS);
      timeline.at(atMs, () => this.#simulation.tracker.goDown(this.#simulation.peers));
      timeline.at(atMs + chance.between(1_000, 90_000), () =>
        this.#simulation.tracker.comeBack(this.#simulation.peers),
      );
    }
    if (chance.happens(0.3)) {
      const atMs = chance.between(0, TROUBLE_MS);
      timeline.at(atMs, () => this.#split());
      timeline.at(atMs + chance.between(1_000, 60_000), () => this.#simulation.heal());
    }
  }

  #comes(peer: SimulatedPeer, atMs: number): void {
    this.#simulation.timeline.at(atMs, () => peer.join());
  }

  #goes(peer: SimulatedPeer, atMs: number): void {
    const isPolite = this.#chance.happens(0.5);
    this.#simulation.timeline.at(atMs, () => {
      if (!peer.isHere) return;
      if (isPolite) peer.leave();
      else peer.vanish();
    });
  }

  #split(): void {
    const groups = new Map<SimulatedPeer, number>();
    for (const peer of this.#simulation.peers) groups.set(peer, this.#chance.whole(0, 1));
    this.#simulation.partition(groups);
  }

  async play(): Promise<FaultRun> {
    const simulation = this.#simulation;
    let isSettled = false;
    while (!isSettled && simulation.nowMs < HORIZON_MS && this.#findings.length === 0) {
      await simulation.run(simulation.nowMs + LOOK_INTERVAL_MS);
      this.#look();
      const waiting = this.#honest().filter((peer) => peer.copy?.isWhole === false);
      const isHopeless = waiting.every((peer) => !this.#isWithinReach(peer));
      isSettled = simulation.nowMs > 2 * TROUBLE_MS && isHopeless;
    }
    for (const peer of simulation.peers) {
      if (!peer.isHonest || peer.copy === null) continue;
      const { wrongPieceCount, blindReadCount } = peer.copy;
      if (wrongPieceCount > 0)
        this.#findings.push(`${peer.index} took ${wrongPieceCount} wrong pieces`);
      if (blindReadCount > 0) this.#findings.push(`${peer.index} served what it hasn't`);
      if (peer.isHere) this.#compare(peer);
    }
    return {
      seed: simulation.seed,
      peerCount: simulation.peers.length,
      hostileCount: this.#hostileCount,
      findings: this.#findings,
      completedCount: simulation.peers.filter((peer) => peer.completedAtMs !== null).length,
      virtualMs: simulation.nowMs,
      trace: simulation.trace,
    };
  }

  /** What the engine believes is what its store holds. */
  #compare(peer: SimulatedPeer): void {
    const { copy, state } = peer;
    if (copy === null || state.manifest === null) return;
    if (state.status.kind !== "running") {
      this.#findings.push(`${peer.index} is ${JSON.stringify(state.status)}`);
    }
    if (state.verifiedBytes !== copy.storedBytes || state.isComplete !== copy.isWhole) {
      this.#findings.push(
        `${peer.index} believes in ${state.verifiedBytes} of ${copy.storedBytes}`,
      );
    }
  }

  #honest(): SimulatedPeer[] {
    return this.#simulation.peers.filter((peer) => peer.isHere && peer.isHonest);
  }

  #look(): void {
    const { nowMs } = this.#simulation;
    for (const peer of this.#honest()) {
      if (peer.copy?.isWhole !== false) continue;
      if (!this.#isWithinReach(peer)) {
        this.#heldSinceMs.delete(peer);
        continue;
      }
      const heldSinceMs = this.#heldSinceMs.get(peer) ?? nowMs;
      this.#heldSinceMs.set(peer, heldSinceMs);
      const isStuck =
        nowMs - Math.max(heldSinceMs, peer.blockAtMs) >= STUCK_MS ||
        nowMs - Math.max(heldSinceMs, peer.pieceAtMs) >= PIECE_STUCK_MS;
      if (!isStuck) continue;
      const { pieceCount } = this.#simulation.content.manifest.layout;
      this.#findings.push(`${peer.index} is stuck at ${peer.copy.pieceCount} of ${pieceCount}`);
    }
  }

  /** Every piece that it misses is held by an honest peer that it could be connected to. */
  #isWithinReach(peer: SimulatedPeer): boolean {
    const { tracker, content } = this.#simulation;
    const others = this.#honest().filter(
      (other) =>
        other !== peer &&
        this.#simulation.isReachable(peer, other) &&
        (tracker.isUp || [...peer.wires.values()].some((wire) => wire.peer === other)),
    );
    if (others.some((other) => other.copy === null)) return true;
    for (let piece = 0; piece < content.manifest.layout.pieceCount; piece++) {
      if (peer.copy?.has(piece) === true) continue;
      if (!others.some((other) => other.copy?.has(piece) === true)) return false;
    }
    return true;
  }
}
