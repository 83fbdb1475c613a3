import { argon2id } from "@noble/hashes/argon2.js";
import { parseSwarmId } from "@shoal/swarm/ids";
import { passwordBytes } from "@shoal/swarm/share/password";
import { expect, test } from "vitest";
import { stretch } from "./stretch.ts";

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

test("the library computes what RFC 9106 says (5.3)", () => {
  const password = new Uint8Array(32).fill(1);
  const options = {
    t: 3,
    m: 32,
    p: 4,
    dkLen: 32,
    key: new Uint8Array(8).fill(3),
    personalization: new Uint8Array(12).fill(4),
  };
  expect(hex(argon2id(password, new Uint8Array(16).fill(2), options))).toBe(
    "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
  );
});

// As a second implementation computes it. Whoever changes it needs another field in the link.
test("a password comes to these bytes, today and in every later version", async () => {
  const swarm = parseSwarmId("bpngOqUicSBtV_Rx5Nw570jWlSN7op5kkBsQkKIzvlM");
  const password = passwordBytes("correct horse battery staple");
  if (swarm === null || password === null) throw new Error("both are good");
  expect(hex(await stretch(password, swarm))).toBe(
    "af87cd5f02cee43465ae58d0651efa9c2c2846abfd8c2d7c8be1cfa1c8edbd7d",
  );
});
