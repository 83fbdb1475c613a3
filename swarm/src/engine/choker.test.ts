import { expect, test } from "vitest";
import { chooseUnchoked } from "./choker.ts";

test("everyone who is interested is served, and nobody else", () => {
  const peers = [
    { connection: 1, peerInterested: true },
    { connection: 2, peerInterested: false },
    { connection: 3, peerInterested: true },
  ];
  expect(chooseUnchoked(peers)).toEqual(new Set([1, 3]));
  expect(chooseUnchoked([])).toEqual(new Set());
});
