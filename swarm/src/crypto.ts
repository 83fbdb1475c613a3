/**
 * The port through which `swarm/` reaches cryptography. Every method is a pure function of its
 * arguments except the three that draw randomness, which is why a simulation can replace them.
 */
import type { Bytes } from "./bytes.ts";

/** An Ed25519 key pair. The private half stays inside. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** A 64-byte Ed25519 signature. */
  sign(message: Bytes): Promise<Bytes>;
}

/** An X25519 key pair. The private half stays inside. */
export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** The 32 shared bytes, or null where the other key is malformed or of small order. */
  agree(theirPublicKey: Bytes): Promise<Bytes | null>;
}

/** What the engine's host provides. No method throws for bad input from a stranger. */
export interface CryptoPort {
  randomBytes(count: number): Bytes;
  generateSigningKey(): Promise<SigningKey>;
  /** The Ed25519 pair of 32 secret bytes (RFC 8032's private key): always the same. */
  signingKeyFrom(secret: Bytes): Promise<SigningKey>;
  generateAgreementKey(): Promise<AgreementKey>;
  /** 32 bytes. */
  sha256(data: Bytes): Promise<Bytes>;
  /** Ed25519. False for a malformed or small-order key and for a malformed signature. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean>;
  /** HKDF-SHA-256 (RFC 5869); `byteCount` up to 8,160. */
  hkdf(secret: Bytes, salt: Bytes, info: Bytes, byteCount: number): Promise<Bytes>;
  /** HMAC-SHA-256: 32 bytes. */
  mac(key: Bytes, message: Bytes): Promise<Bytes>;
  /** Compares in constant time. */
  macMatches(key: Bytes, message: Bytes, tag: Bytes): Promise<boolean>;
  /** AES-256-GCM with a 12-byte nonce; the 16-byte tag is appended. */
  seal(key: Bytes, nonce: Bytes, plaintext: Bytes, associated: Bytes): Promise<Bytes>;
  /** Undoes `seal`, or null where key, nonce, associated data or bytes don't match. */
  open(key: Bytes, nonce: Bytes, sealed: Bytes, associated: Bytes): Promise<Bytes | null>;
}
