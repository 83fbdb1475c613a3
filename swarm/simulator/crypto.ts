/**
 * Cryptography for simulations: a fast digest stands for SHA-256, and a digest over a public key
 * for a signature under it. Anyone could forge it, so scripted cheats spoil bytes instead. It
 * answers at once, and the same in every run.
 */
import { type Bytes, concat, u32, utf8 } from "../src/bytes.ts";
import type { CryptoPort, SigningKey } from "../src/crypto.ts";
import type { Chance } from "./random.ts";

/** 32 bytes that differ where the input differs in length or any byte. */
export function digest(data: Uint8Array): Bytes {
  let a = 0x9e3779b9 ^ data.length;
  let b = 0x85ebca6b;
  const wordCount = data.length >> 2;
  if ((data.byteOffset & 3) === 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset, wordCount);
    for (let index = 0; index < wordCount; index++) {
      a = Math.imul(a ^ (words[index] ?? 0), 0x01000193);
      b = (Math.imul(b, 0x2c1b3c6d) + a) | 0;
    }
  } else {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let index = 0; index < wordCount; index++) {
      a = Math.imul(a ^ view.getUint32(index * 4, true), 0x01000193);
      b = (Math.imul(b, 0x2c1b3c6d) + a) | 0;
    }
  }
  for (let index = wordCount * 4; index < data.length; index++) {
    a = Math.imul(a ^ (data[index] ?? 0), 0x01000193);
    b = (Math.imul(b, 0x2c1b3c6d) + a) | 0;
  }
  const out = new Uint32Array(8);
  for (let index = 0; index < 8; index++) {
    a = Math.imul(a ^ (a >>> 15) ^ b, 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 13) ^ a, 0xc2b2ae35);
    out[index] = a ^ (b >>> 16) ^ index;
  }
  return new Uint8Array(out.buffer);
}

const tag = (label: string, ...parts: readonly Uint8Array[]): Bytes =>
  digest(concat(utf8(label), ...parts.flatMap((part) => [u32(part.length), part])));

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** The port, with `chance` for whatever is drawn. */
export function simulatedCrypto(chance: Chance): CryptoPort {
  const signature = (publicKey: Bytes, message: Bytes): Bytes =>
    concat(tag("sign 1", publicKey, message), tag("sign 2", publicKey, message));
  const none = (): never => {
    throw new Error("signals aren't simulated");
  };
  const pair = (publicKey: Bytes): SigningKey => ({
    publicKey,
    sign: async (message) => signature(publicKey, message),
  });
  return {
    randomBytes: (count) => chance.bytes(count),
    generateSigningKey: async () => pair(chance.bytes(32)),
    signingKeyFrom: async (secret) => pair(tag("public key", secret)),
    generateAgreementKey: async () => ({ publicKey: chance.bytes(32), agree: none }),
    sha256: async (data) => digest(data),
    verify: async (publicKey, message, claimed) => isSame(signature(publicKey, message), claimed),
    hkdf: async (secret, salt, info, byteCount) => {
      const bytes = tag("hkdf", secret, salt, info);
      return bytes.slice(0, byteCount);
    },
    mac: async (key, message) => tag("mac", key, message),
    macMatches: async (key, message, claimed) => isSame(tag("mac", key, message), claimed),
    seal: none,
    open: none,
  };
}
