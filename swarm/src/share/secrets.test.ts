import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { idBytes } from "../ids.ts";
import { deriveSecrets } from "./secrets.ts";

const crypto = webCrypto();
const publicKey = Uint8Array.from({ length: 32 }, (_, index) => index);
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
