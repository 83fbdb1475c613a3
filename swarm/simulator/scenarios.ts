/** What `pnpm simulate` runs: each scenario gives figures for a seed, and what is wrong with them. */
import { LIMITS } from "../src/limits.ts";
import { ampleCrowd, boundMs, type Crowd, equalCrowd, gather, unequalCrowd } from "./crowd.ts";
import { faultRun } from "./faults.ts";
import { HOSTILE } from "./hostile.ts";
import type { SimulatedPeer } from "./peer.ts";
import { watch } from "./picture.ts";
import { RING_SCENARIOS } from "./ring/scenarios.ts";
import type { Outcome, Scenario, Settings } from "./scenario.ts";

/** Nothing takes ten times as long as it must. */
const PATIENCE = 10;
const RIDER_SHARE = 0.1;
/** The seeder's uplink, in leechers' uplinks: what it has to give isn't what there is too little of. */
const RIDERS_SEEDER = 4;
const LEAVES_AFTER = 1.15;
const NEWCOMER_MS = 10_000;
/** Connections with which a swarm is one well-mixed mesh. */
const MESH_LEAST = 8;
/** Frames by which neighbours tell of others, and pass on signals. */
const EXCHANGE_TYPES = new Set([0x60, 0x61, 0x62, 0x63, 0x64, 0x65]);

/** From its name on the command line. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  equal: {
    about: "flash crowd with equal uplinks; finished peers stay",
    run: async (seed, { peers, mbits, draws }) =>
      crowdOutcome(seed, await gather(seed, equalCrowd(peers, mbits)), draws),
    gates: [
      { figure: "last / bound", most: 1.2, aim: 1.1 },
      { figure: "waste %", most: 1, aim: 1 },
    ],
  },
  unequal: {
    about: "flash crowd with uplinks from 0.5 to 50 Mbit/s; finished peers stay",
    run: async (seed, { peers, draws }) =>
      crowdOutcome(seed, await gather(seed, unequalCrowd(peers)), draws),
    gates: [
      { figure: "last / bound", most: 1.4, aim: 1.25 },
      { figure: "waste %", most: 1, aim: 1 },
    ],
  },
  ample: {
    about: "the sharer is the bottleneck: how often does it send the file?",
    run: async (seed, { peers, draws }) =>
      crowdOutcome(seed, await gather(seed, ampleCrowd(peers)), draws),
    gates: [{ figure: "seeder's copies", most: 1.25, aim: 1.1 }],
  },
  leaving: {
    about: `the sharer vanishes after sending ${LEAVES_AFTER} x the file`,
    run: leaving,
    gates: [],
  },
  trackerless: {
    about: "no tracker from the start, each knows one peer; the sharer vanishes as in `leaving`",
    run: trackerless,
    gates: [
      { figure: "mesh s", most: 60, aim: 30 },
      { figure: "last / bound", most: 1.6, aim: 1.3 },
      { figure: "told KB", most: 400, aim: 200 },
    ],
  },
  riders: {
    about: "a tenth sends nothing",
    run: riders,
    gates: [{ figure: "givers / riders", most: 1, aim: 1 }],
  },
  newcomer: {
    about: "somebody comes when all are busy with each other",
    run: newcomer,
    gates: [],
  },
  faults: {
    about: "whatever may go wrong; `--peers` is of no account",
    run: async (seed) => {
      const { findings, trace, peerCount, hostileCount, completedCount } = await faultRun(seed);
      const figures = { peers: peerCount, hostile: hostileCount, completed: completedCount };
      return { seed, figures, problems: findings, trace };
    },
    gates: [],
  },
  ...RING_SCENARIOS,
};

function start({ seeder, leechers }: Crowd): void {
  seeder.join();
  for (const peer of leechers) peer.join();
}

const isDone = (peer: SimulatedPeer): boolean => peer.completedAtMs !== null;

/** Whether all are done, to be asked after each event: most of them it answers by one look. */
function untilAllDone(peers: readonly SimulatedPeer[]): () => boolean {
  let doneCount = 0;
  return () => {
    for (let peer = peers[doneCount]; peer !== undefined && isDone(peer); peer = peers[doneCount]) {
      doneCount++;
    }
    return doneCount === peers.length;
  };
}

/** The middle one; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

const tookMs = (peer: SimulatedPeer): number => (peer.completedAtMs ?? Infinity) - peer.joinedAtMs;

/** Jain, Chiu and Hawe (1984): 1 where all are equal, 1 / n where one has it all. */
function fairness(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

/** Payload that came and wasn't needed, in percent of what was. */
function wastePercent(leechers: readonly SimulatedPeer[]): number {
  let received = 0;
  let stored = 0;
  for (const peer of leechers) {
    if (!peer.isHere || peer.copy === null) continue;
    received += peer.state.receivedBytes;
    stored += peer.copy.storedBytes + peer.copy.keptBytes;
  }
  return (100 * (received - stored)) / stored;
}

async function crowdOutcome(seed: number, crowd: Crowd, draws: boolean): Promise<Outcome> {
  const { simulation, seeder, leechers } = crowd;
  const bound = boundMs(crowd);
  start(crowd);
  const filling = draws ? watch(crowd, bound / 100) : undefined;
  const isWhole = await simulation.run(bound * PATIENCE, untilAllDone(leechers));
  const times = leechers.map((peer) => peer.completedAtMs ?? Infinity);
  const { totalBytes } = simulation.content.manifest.layout;
  return {
    seed,
    figures: {
      "first / bound": Math.min(...times) / bound,
      "median / bound": median(times) / bound,
      "last / bound": Math.max(...times) / bound,
      "seeder's copies": seeder.state.sentBytes / totalBytes,
      "fairness of sending": fairness(
        leechers.map((peer) => peer.state.sentBytes / peer.host.options.uplinkBytesPerSec),
      ),
      "waste %": wastePercent(leechers),
    },
    problems: isWhole ? [] : ["not everybody finished"],
    trace: simulation.trace,
    ...(filling === undefined ? {} : { filling }),
  };
}

async function leaving(seed: number, { peers, mbits }: Settings): Promise<Outcome> {
  const crowd = await gather(seed, equalCrowd(peers, mbits));
  const { simulation, seeder, leechers } = crowd;
  const { totalBytes } = simulation.content.manifest.layout;
  start(crowd);
  let sentBytes = 0;
  simulation.onDelivered = (from) => {
    if (from !== seeder || !seeder.isHere) return;
    ({ sentBytes } = seeder.state);
    if (sentBytes >= LEAVES_AFTER * totalBytes) seeder.vanish();
  };
  const isWhole = await simulation.run(boundMs(crowd) * PATIENCE, untilAllDone(leechers));
  const completed = leechers.filter(isDone).length;
  return {
    seed,
    figures: {
      "seeder's copies": sentBytes / totalBytes,
      completed,
      "last / bound": Math.max(...leechers.map(tookMs)) / boundMs(crowd),
    },
    problems: isWhole ? [] : [`${completed} of ${leechers.length} finished`],
    trace: simulation.trace,
  };
}

/**
 * Whoever comes reaches the sharer or, when that has enough, one that came before: as by a link's
 * invite. The rest follows from what neighbours tell each other.
 */
async function trackerless(seed: number, { peers, mbits }: Settings): Promise<Outcome> {
  const crowd = await gather(seed, equalCrowd(peers, mbits));
  const { simulation, seeder, leechers } = crowd;
  const { totalBytes } = simulation.content.manifest.layout;
  let [sentBytes, toldBytes] = [0, 0];
  simulation.onDelivered = (from, _to, frame) => {
    if (EXCHANGE_TYPES.has(frame[0] ?? 0)) toldBytes += frame.length;
    if (from !== seeder || !seeder.isHere) return;
    ({ sentBytes } = seeder.state);
    if (sentBytes >= LEAVES_AFTER * totalBytes) seeder.vanish();
  };
  simulation.tracker.goDown(simulation.peers);
  start(crowd);
  const chance = simulation.chance.fork();
  for (const [index, peer] of leechers.entries()) {
    const known = index < LIMITS.dialledPeers ? seeder : chance.of(leechers.slice(0, index));
    simulation.connect(peer, known);
  }
  const enough = Math.min(MESH_LEAST, leechers.length - 1);
  const isMesh = () => leechers.every((peer) => peer.wires.size >= enough);
  const endMs = boundMs(crowd) * PATIENCE;
  const areMet = await simulation.run(endMs, isMesh);
  const meshMs = simulation.nowMs;
  const isWhole = await simulation.run(endMs, untilAllDone(leechers));
  const completed = leechers.filter(isDone).length;
  const problems = areMet ? [] : ["no mesh came about"];
  if (!isWhole) problems.push(`${completed} of ${leechers.length} finished`);
  return {
    seed,
    figures: {
      "mesh s": meshMs / 1000,
      "told KB": toldBytes / 1000 / (leechers.length + 1),
      "seeder's copies": sentBytes / totalBytes,
      "last / bound": Math.max(...leechers.map(tookMs)) / boundMs(crowd),
    },
    problems,
    trace: simulation.trace,
  };
}

async function riders(seed: number, { peers, mbits }: Settings): Promise<Outcome> {
  const rider = HOSTILE.find((behaviour) => behaviour.name === "unchokes nobody");
  const every = Math.round(1 / RIDER_SHARE);
  const equal = equalCrowd(peers, mbits);
  const uplinkBytesPerSec = RIDERS_SEEDER * equal.seeder.uplinkBytesPerSec;
  const crowd = await gather(seed, {
    ...equal,
    seeder: { ...equal.seeder, uplinkBytesPerSec },
    behaviour: (index) => (rider !== undefined && index % every === 0 ? rider : {}),
  });
  const { simulation, leechers } = crowd;
  start(crowd);
  const isWhole = await simulation.run(boundMs(crowd) * PATIENCE, untilAllDone(leechers));
  const giving = leechers.filter((peer) => peer.isHonest).map(tookMs);
  const riding = leechers.filter((peer) => !peer.isHonest).map(tookMs);
  const figures = {
    "givers' median / bound": median(giving) / boundMs(crowd),
    "givers' last / bound": Math.max(...giving) / boundMs(crowd),
    "riders' first / bound": Math.min(...riding) / boundMs(crowd),
    "riders' median / bound": median(riding) / boundMs(crowd),
    "givers / riders": median(giving) / median(riding),
  };
  const problems = isWhole ? [] : ["somebody starved"];
  if (figures["givers / riders"] >= 1) problems.push("riding paid");
  return { seed, figures, problems, trace: simulation.trace };
}

async function newcomer(seed: number, { peers, mbits }: Settings): Promise<Outcome> {
  const crowd = await gather(seed, equalCrowd(peers, mbits));
  const { simulation, leechers } = crowd;
  const late = leechers.at(-1);
  if (late === undefined) throw new Error("nobody to come late");
  const joinsAtMs = boundMs(crowd) / 2;
  crowd.seeder.join();
  for (const peer of leechers) if (peer !== late) peer.join();
  await simulation.run(joinsAtMs);
  late.join();
  const has = await simulation.run(joinsAtMs + 60_000, () => late.firstPieceAtMs !== null);
  const firstMs = (late.firstPieceAtMs ?? Infinity) - late.joinedAtMs;
  const problems = has && firstMs <= NEWCOMER_MS ? [] : [`first piece after ${firstMs} ms`];
  return { seed, figures: { "first piece s": firstMs / 1000 }, problems, trace: simulation.trace };
}
