/** The crypto port over WebCrypto: the same in a browser's worker and in Node. */
import { type Bytes, concat, fromBase64url } from "../src/bytes.ts";
import type { AgreementKey, CryptoPort, SigningKey } from "../src/crypto.ts";
import { isSmallOrder } from "../src/share/small-order.ts";

/** False where this browser lacks Ed25519, X25519 or, without https, WebCrypto at all. */
export async function hasNeededCrypto(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
    return true;
  } catch {
    return false; // Safe: the answer to the question is no, whatever the browser's reason.
  }
}

/** The port. Draws randomness from the host's generator. */
export function webCrypto(): CryptoPort {
  const { subtle } = crypto;

  const hmacKey = (key: Bytes) =>
    subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);

  const aesKey = (key: Bytes) =>
    subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);

  return {
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    generateSigningKey,
    signingKeyFrom,
    generateAgreementKey,

    async sha256(data) {
      return new Uint8Array(await subtle.digest("SHA-256", data));
    },

    async verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || signature.length !== 64) return false;
      if (isSmallOrder(publicKey)) return false;
      try {
        const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
        return await subtle.verify("Ed25519", key, signature, message);
      } catch {
        return false; // Safe: hosts throw for keys that are no curve points; those sign nothing.
      }
    },

    async hkdf(secret, salt, info, byteCount) {
      const key = await subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
      const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
      return new Uint8Array(await subtle.deriveBits(algorithm, key, byteCount * 8));
    },

    async mac(key, message) {
      return new Uint8Array(await subtle.sign("HMAC", await hmacKey(key), message));
    },

    async macMatches(key, message, tag) {
      return subtle.verify("HMAC", await hmacKey(key), tag, message);
    },

    async seal(key, nonce, plaintext, associated) {
      const algorithm = { name: "AES-GCM", iv: nonce, additionalData: associated };
      return new Uint8Array(await subtle.encrypt(algorithm, await aesKey(key), plaintext));
    },

    async open(key, nonce, sealed, associated) {
      try {
        const algorithm = { name: "AES-GCM", iv: nonce, additionalData: associated };
        return new Uint8Array(await subtle.decrypt(algorithm, await aesKey(key), sealed));
      } catch {
        return null; // Safe: decryption fails for forged or foreign bytes; the caller drops them.
      }
    },
  };
}

/** A `CryptoKey`, by whatever name the host's types know it. */
type PrivateKey = Parameters<typeof crypto.subtle.sign>[1];

/** A signing key whose private half a browser can keep, though nobody can read it. */
export type KeptSigningKey = SigningKey & { readonly privateKey: PrivateKey };

/** Makes an Ed25519 pair; the private half can't be extracted. */
export async function generateSigningKey(): Promise<KeptSigningKey> {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("Ed25519 makes a pair");
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return signingKeyOf(pair.privateKey, publicKey);
}

/** A pair that was made in an earlier session. */
export function signingKeyOf(privateKey: PrivateKey, publicKey: Bytes): KeptSigningKey {
  return {
    privateKey,
    publicKey,
    async sign(message) {
      return new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
    },
  };
}

/** Base64url of what an Ed25519 private key begins with in PKCS #8 (RFC 8410); its 32 bytes follow. */
const PKCS8_HEAD = "MC4CAQAwBQYDK2VwBCIEIA";

async function signingKeyFrom(secret: Bytes): Promise<SigningKey> {
  const pkcs8 = concat(fromBase64url(PKCS8_HEAD) ?? secret, secret);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  const publicKey = fromBase64url(x);
  if (publicKey === null) throw new Error("a pair has a public half");
  return signingKeyOf(key, publicKey);
}

async function generateAgreementKey(): Promise<AgreementKey> {
  const pair = await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  if (!("privateKey" in pair)) throw new Error("X25519 makes a pair");
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    async agree(theirPublicKey) {
      try {
        const theirs = await crypto.subtle.importKey("raw", theirPublicKey, "X25519", false, []);
        const algorithm = { name: "X25519", public: theirs };
        const bits = await crypto.subtle.deriveBits(algorithm, pair.privateKey, 256);
        const shared = new Uint8Array(bits);
        return shared.every((byte) => byte === 0) ? null : shared;
      } catch {
        return null; // Safe: small-order and malformed keys are refused by throwing (RFC 7748, 6.1).
      }
    },
  };
}
