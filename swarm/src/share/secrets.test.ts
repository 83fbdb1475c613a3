import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { idBytes } from "../ids.ts";
import { deriveSecrets, derivePasswordCheck, deriveSwarm } from "./secrets.ts";

const crypto = webCrypto();
const publicKey = Uint8Array.from({ length: 32 }, (_, index) => index);
/** What comes of "correct horse battery staple" in this key's swarm (web/src/worker/stretch.test.ts). */
const stretched = new Uint8Array(
  Buffer.from("af87cd5f02cee43465ae58d0651efa9c2c2846abfd8c2d7c8be1cfa1c8edbd7d", "hex"),
);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// These texts and bytes are in every link that was ever sent: whoever changes them needs a new
// version of the link.
test("a key's secrets are these, today and in every later version", async () => {
  const secrets = await deriveSecrets(publicKey, crypto);
  expect(secrets.swarm).toBe("bpngOqUicSBtV_Rx5Nw570jWlSN7op5kkBsQkKIzvlM");
  expect(hex(secrets.signalSecret)).toBe(
    "f47c2be783018e1dd401967504acbaa183c1f0574b872e1aa8a2e6df75cd9e05",
  );
  expect(hex(secrets.proofSecret)).toBe(
    "d02a1d076f5f0e50407e5977236fa296ec2db4ce5dfa77e4a0fbc05140e341e8",
  );
});

test("they are HKDF-SHA-256 of the key, as another implementation computes it", async () => {
  const secrets = await deriveSecrets(publicKey, crypto);
  const other = (info: string) =>
    hex(new Uint8Array(hkdfSync("sha256", publicKey, "shoal share v1", info, 32)));
  expect(hex(idBytes(secrets.swarm))).toBe(other("swarm id"));
  expect(hex(secrets.signalSecret)).toBe(other("signal secret"));
  expect(hex(secrets.proofSecret)).toBe(other("proof secret"));
});

test("a password's secrets are these, today and in every later version", async () => {
  const secrets = await deriveSecrets(publicKey, crypto, stretched);
  expect(hex(secrets.signalSecret)).toBe(
    "f88581f8ffa979964d848703cc2cabc9afbb1ba175880ee7d4eeeb1924e36cc3",
  );
  expect(hex(secrets.proofSecret)).toBe(
    "cda9a94fb487319911e54cb30666f17c72af8ce5f9333b49783258a305c7e725",
  );
  expect(hex(await derivePasswordCheck(publicKey, crypto, stretched))).toBe("26bfc7ea");
});

test("they are HKDF-SHA-256 of key and stretched password", async () => {
  const secrets = await deriveSecrets(publicKey, crypto, stretched);
  const other = (info: string, byteCount: number) => {
    const known = new Uint8Array([...publicKey, ...stretched]);
    return hex(new Uint8Array(hkdfSync("sha256", known, "shoal share v1", info, byteCount)));
  };
  expect(hex(secrets.signalSecret)).toBe(other("signal secret", 32));
  expect(hex(secrets.proofSecret)).toBe(other("proof secret", 32));
  const check = await derivePasswordCheck(publicKey, crypto, stretched);
  expect(hex(check)).toBe(other("password check", 4));
});

test("a password leaves the swarm id as it is, and nothing else", async () => {
  const without = await deriveSecrets(publicKey, crypto);
  const secrets = await deriveSecrets(publicKey, crypto, stretched);
  expect(secrets.swarm).toBe(without.swarm);
  expect(await deriveSwarm(publicKey, crypto)).toBe(without.swarm);
  expect(hex(secrets.signalSecret)).not.toBe(hex(without.signalSecret));
  expect(hex(secrets.proofSecret)).not.toBe(hex(without.proofSecret));
});

test("another password gives others of each", async () => {
  const other = stretched.map((byte, at) => (at === 31 ? byte ^ 1 : byte));
  const [one, two] = [
    await deriveSecrets(publicKey, crypto, stretched),
    await deriveSecrets(publicKey, crypto, other),
  ];
  expect(hex(two.signalSecret)).not.toBe(hex(one.signalSecret));
  expect(hex(two.proofSecret)).not.toBe(hex(one.proofSecret));
  expect(hex(await derivePasswordCheck(publicKey, crypto, other))).not.toBe(
    hex(await derivePasswordCheck(publicKey, crypto, stretched)),
  );
});
