import type { PeerId } from "@shoal/swarm/ids";
import type { OutgoingSignal } from "@shoal/swarm/tracker/messages";
import { beforeEach, expect, test } from "vitest";
import type { CarrierName } from "../protocol/state.ts";
import { type Carrier, Carriers } from "./carriers.ts";

const PEER = "peer" as PeerId;
const SIGNAL = { to: PEER } as OutgoingSignal;

let carried: CarrierName[];
let broken: Set<CarrierName>;
let carriers: Carriers;

function carrier(name: CarrierName, knows: boolean): Carrier {
  return {
    name,
    acquaintance: (peer) => (knows ? { peer, agreementKey: new TextEncoder().encode(name) } : null),
    carry: async () => {
      if (broken.has(name)) return false;
      carried.push(name);
      return true;
    },
  };
}

beforeEach(() => {
  carried = [];
  broken = new Set();
  carriers = new Carriers([carrier("tracker", false), carrier("neighbour", true)]);
});

test("a signal goes by the first that can take it, and the next ones go the same way", async () => {
  broken.add("tracker");
  expect(await carriers.carry(SIGNAL)).toBe(true);
  broken.clear();
  expect(await carriers.carry(SIGNAL)).toBe(true);
  expect(carried).toEqual(["neighbour", "neighbour"]);
  expect(carriers.foundBy(PEER)).toBe("neighbour");
});

test("an answer goes back by what brought the signal, until that dies", async () => {
  carriers.brought(PEER, "neighbour");
  await carriers.carry(SIGNAL);
  broken.add("neighbour");
  await carriers.carry(SIGNAL);
  expect(carried).toEqual(["neighbour", "tracker"]);
  expect(carriers.foundBy(PEER)).toBe("tracker");
});

test("where none can, nothing is delivered, and a peer that none named isn't known", async () => {
  broken.add("tracker").add("neighbour");
  expect(await carriers.carry(SIGNAL)).toBe(false);
  expect(carriers.foundBy(PEER)).toBeNull();
  expect(new Carriers([carrier("tracker", false)]).acquaintance(PEER)).toBeNull();
  expect(carriers.acquaintance(PEER)?.peer).toBe(PEER);
});
