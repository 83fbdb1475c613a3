import { expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { Suspicion } from "./suspicion.ts";

const [A, B, C] = [1, 2, 3];
const good = ["g0", "g1", "g2"];

test("who sent a block that differs from the good one lied, and nobody else", () => {
  const suspicion = new Suspicion();
  suspicion.mismatched(0, [A, B, C], ["g0", "bad", "g2"]);
  expect(suspicion.matched(0, good)).toEqual(new Set([B]));
});

test("several liars are found out together, over several bad versions", () => {
  const suspicion = new Suspicion();
  suspicion.mismatched(0, [A, B, C], ["bad", "g1", "g2"]);
  suspicion.mismatched(0, [B, B, C], ["g0", "g1", "worse"]);
  expect(suspicion.matched(0, good)).toEqual(new Set([A, C]));
});

test("whoever sent the same bad block twice is named once", () => {
  const suspicion = new Suspicion();
  for (let times = 0; times < 2; times++) suspicion.mismatched(0, [A, B, B], ["x", "g1", "g2"]);
  expect([...suspicion.matched(0, good)]).toEqual([A]);
});

test("of a piece that always matched nobody is suspected", () => {
  const suspicion = new Suspicion();
  suspicion.mismatched(1, [A], ["bad"]);
  expect(suspicion.matched(0, good)).toEqual(new Set());
});

test("a verdict is given once", () => {
  const suspicion = new Suspicion();
  suspicion.mismatched(0, [A], ["bad"]);
  expect(suspicion.matched(0, ["g0"])).toEqual(new Set([A]));
  expect(suspicion.matched(0, ["g0"])).toEqual(new Set());
});

test("past the bound on suspect pieces the oldest is forgotten", () => {
  const suspicion = new Suspicion();
  for (let piece = 0; piece <= LIMITS.suspectPieces; piece++) {
    suspicion.mismatched(piece, [A], ["bad"]);
  }
  expect(suspicion.matched(0, ["g0"])).toEqual(new Set());
  for (let piece = 1; piece <= LIMITS.suspectPieces; piece++) {
    expect(suspicion.matched(piece, ["g0"])).toEqual(new Set([A]));
  }
});

test("of one piece eight bad versions are kept, the newest", () => {
  const suspicion = new Suspicion();
  for (let sender = 1; sender <= 9; sender++) suspicion.mismatched(0, [sender], ["bad"]);
  expect(suspicion.matched(0, ["g0"])).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]));
});
