import { expect, test } from "vitest";
import { concat, toBase64url, utf8 } from "../bytes.ts";
import { type PeerId, swarmIdOf } from "../ids.ts";
import { type End, opposite, proofStatement } from "./handshake.ts";

const filled = (value: number) => new Uint8Array(32).fill(value);
const peer = (value: number): PeerId => toBase64url(filled(value)) as PeerId;
const swarm = swarmIdOf(filled(1));
const alice: End = { peer: peer(2), fingerprint: "sha-256 AA:01", nonce: filled(4) };
const bob: End = { peer: peer(3), fingerprint: "sha-256 BB:02", nonce: filled(5) };
const text = (bytes: Uint8Array): string => bytes.toString();

test("a statement is the role, the swarm, and each end's id, nonce and fingerprint", () => {
  expect(proofStatement(swarm, "initiator", alice, bob)).toEqual(
    concat(
      utf8("shoal proof v1\0initiator\0"),
      filled(1),
      concat(filled(2), filled(4), utf8("sha-256 aa:01\0")),
      concat(filled(3), filled(5), utf8("sha-256 bb:02\0")),
    ),
  );
});

test("fingerprints mean the same in capitals", () => {
  const lower = { ...alice, fingerprint: alice.fingerprint.toLowerCase() };
  const stated = proofStatement(swarm, "responder", alice, bob);
  expect(proofStatement(swarm, "responder", lower, bob)).toEqual(stated);
});

test("nothing that was stated for anything else passes for it", () => {
  const stated = proofStatement(swarm, "initiator", alice, bob);
  const others: Record<string, Uint8Array> = {
    "reflected by the other end": proofStatement(swarm, "responder", bob, alice),
    "reflected with the role kept": proofStatement(swarm, "initiator", bob, alice),
    "in the other role": proofStatement(swarm, "responder", alice, bob),
    "in another swarm": proofStatement(swarmIdOf(filled(9)), "initiator", alice, bob),
    "with the fingerprints swapped": proofStatement(
      swarm,
      "initiator",
      { ...alice, fingerprint: bob.fingerprint },
      { ...bob, fingerprint: alice.fingerprint },
    ),
    "with one fingerprint for both": proofStatement(swarm, "initiator", alice, {
      ...bob,
      fingerprint: alice.fingerprint,
    }),
    "to someone in the middle": proofStatement(swarm, "initiator", alice, {
      ...bob,
      fingerprint: "sha-256 CC:03",
    }),
    "to another peer": proofStatement(swarm, "initiator", alice, { ...bob, peer: peer(8) }),
    "by another peer": proofStatement(swarm, "initiator", { ...alice, peer: peer(8) }, bob),
    "over another connection of mine": proofStatement(
      swarm,
      "initiator",
      { ...alice, nonce: filled(7) },
      bob,
    ),
    "over another connection of theirs": proofStatement(swarm, "initiator", alice, {
      ...bob,
      nonce: filled(7),
    }),
  };
  for (const [what, other] of Object.entries(others)) {
    expect(text(other), what).not.toBe(text(stated));
  }
  const all = [stated, ...Object.values(others)].map(text);
  expect(new Set(all).size).toBe(all.length);
});

test("what both ends state of each other is the same", () => {
  // What Bob checks Alice's proof against is made of his own view of the connection.
  const bobsView = proofStatement(swarm, opposite("responder"), alice, bob);
  expect(bobsView).toEqual(proofStatement(swarm, "initiator", alice, bob));
});
