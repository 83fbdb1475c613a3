import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import { hasNeededCrypto, webCrypto } from "./webcrypto.ts";

/** The contract of the crypto port, which every implementation of it passes. */
describe.each([["WebCrypto", webCrypto()]])("%s as the crypto port", (_name, port) => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
  const filled = (count: number, value: number) => new Uint8Array(count).fill(value);
  const message = utf8("message");
  /** The same bytes with one bit flipped. */
  const flipped = (value: Uint8Array, at = 0) =>
    new Uint8Array(value.map((byte, index) => (index === at ? byte ^ 1 : byte)));

  test("draws as many bytes as asked for, and others each time", () => {
    expect(port.randomBytes(32)).toHaveLength(32);
    expect(hex(port.randomBytes(32))).not.toBe(hex(port.randomBytes(32)));
  });

  test("hashes as everybody else does", async () => {
    expect(hex(await port.sha256(message))).toBe(
      createHash("sha256").update(message).digest("hex"),
    );
    expect(hex(await port.sha256(new Uint8Array(0)))).toMatch(/^e3b0c442/);
  });

  test("derives the first vector of RFC 5869", async () => {
    const salt = bytes("000102030405060708090a0b0c");
    const info = bytes("f0f1f2f3f4f5f6f7f8f9");
    expect(hex(await port.hkdf(filled(22, 0x0b), salt, info, 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  describe("signatures", () => {
    test("by a key verify under it, and under nothing else", async () => {
      const [key, other] = [await port.generateSigningKey(), await port.generateSigningKey()];
      const signature = await key.sign(message);
      expect([key.publicKey.length, signature.length]).toEqual([32, 64]);
      expect(await port.verify(key.publicKey, message, signature)).toBe(true);
      expect(await port.verify(other.publicKey, message, signature)).toBe(false);
      expect(await port.verify(key.publicKey, utf8("massage"), signature)).toBe(false);
      for (const at of [0, 31, 32, 63]) {
        expect(await port.verify(key.publicKey, message, flipped(signature, at))).toBe(false);
      }
    });

    test("verify as RFC 8032 has them", async () => {
      const publicKey = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
      const signature = bytes(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
      );
      expect(await port.verify(publicKey, new Uint8Array(0), signature)).toBe(true);
    });

    test("by a pair of known secret bytes are those of RFC 8032", async () => {
      const secret = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
      const key = await port.signingKeyFrom(secret);
      expect(hex(key.publicKey)).toBe(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      );
      expect(hex(await key.sign(new Uint8Array(0)))).toMatch(/^e5564300c360ac72/);
    });

    test("and keys of any other length or form are false, not thrown", async () => {
      const key = await port.generateSigningKey();
      const signature = await key.sign(message);
      for (const length of [0, 31, 33, 64]) {
        expect(await port.verify(filled(length, 1), message, signature)).toBe(false);
      }
      for (const length of [0, 63, 65]) {
        expect(await port.verify(key.publicKey, message, filled(length, 1))).toBe(false);
      }
      const noPoint = filled(32, 0xff); // y is past p, and no point has it.
      expect(await port.verify(noPoint, message, signature)).toBe(false);
      expect(await port.verify(filled(32, 2), message, signature)).toBe(false);
    });
  });

  describe("agreement", () => {
    test("comes to the same at both ends, and to something else with anybody else", async () => {
      const [a, b, c] = [
        await port.generateAgreementKey(),
        await port.generateAgreementKey(),
        await port.generateAgreementKey(),
      ];
      const shared = await a.agree(b.publicKey);
      expect(shared).toHaveLength(32);
      expect(await b.agree(a.publicKey)).toEqual(shared);
      expect(await a.agree(c.publicKey)).not.toEqual(shared);
    });

    test.each([
      ["0", "00".repeat(32)],
      ["1", `01${"00".repeat(31)}`],
      ["a point of order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"],
      ["another of order 8", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"],
      ["p - 1", `ec${"ff".repeat(30)}7f`],
      ["p", `ed${"ff".repeat(30)}7f`],
      ["p + 1", `ee${"ff".repeat(30)}7f`],
    ])("with %s, under which everybody agrees on nothing, is refused", async (_what, key) => {
      const mine = await port.generateAgreementKey();
      expect(await mine.agree(bytes(key))).toBeNull();
    });

    test("with a key of another length is refused", async () => {
      const mine = await port.generateAgreementKey();
      for (const length of [0, 31, 33]) expect(await mine.agree(filled(length, 9))).toBeNull();
    });
  });

  describe("authentication codes", () => {
    test("are HMAC-SHA-256", async () => {
      const key = filled(32, 7);
      expect(hex(await port.mac(key, message))).toBe(
        createHmac("sha256", key).update(message).digest("hex"),
      );
    });

    test("match for the same key and message alone, at their whole length", async () => {
      const key = filled(32, 7);
      const tag = await port.mac(key, message);
      expect(await port.macMatches(key, message, tag)).toBe(true);
      expect(await port.macMatches(filled(32, 8), message, tag)).toBe(false);
      expect(await port.macMatches(key, utf8("massage"), tag)).toBe(false);
      expect(await port.macMatches(key, message, flipped(tag))).toBe(false);
      expect(await port.macMatches(key, message, tag.slice(0, 16))).toBe(false);
      expect(await port.macMatches(key, message, new Uint8Array(0))).toBe(false);
    });
  });

  describe("seals", () => {
    const [key, nonce, associated] = [filled(32, 1), filled(12, 2), utf8("to Bob")];

    test("open with key, nonce and associated data as they were", async () => {
      const sealed = await port.seal(key, nonce, message, associated);
      expect(sealed).toHaveLength(message.length + 16);
      expect(await port.open(key, nonce, sealed, associated)).toEqual(message);
    });

    test("open with nothing else, and don't throw", async () => {
      const sealed = await port.seal(key, nonce, message, associated);
      expect(await port.open(filled(32, 9), nonce, sealed, associated)).toBeNull();
      expect(await port.open(key, filled(12, 9), sealed, associated)).toBeNull();
      expect(await port.open(key, nonce, sealed, utf8("to Eve"))).toBeNull();
      expect(await port.open(key, nonce, flipped(sealed), associated)).toBeNull();
      expect(
        await port.open(key, nonce, flipped(sealed, sealed.length - 1), associated),
      ).toBeNull();
      for (const length of [0, 1, 15, 16, sealed.length - 1]) {
        expect(await port.open(key, nonce, sealed.slice(0, length), associated)).toBeNull();
      }
    });
  });
});

test("this host has what is needed", async () => {
  expect(await hasNeededCrypto()).toBe(true);
});
