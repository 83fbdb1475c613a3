import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { concat } from "../bytes.ts";
import { isSmallOrder } from "./small-order.ts";

const P = 2n ** 255n - 19n;
const { Point } = ed25519;

/** 255 bits of y, and x's sign above them. */
function encoding(y: bigint, sign: 0 | 1): Uint8Array<ArrayBuffer> {
  let rest = y | (BigInt(sign) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(rest & 255n);
    rest >>= 8n;
    return byte;
  });
}

/** The y coordinates of all points whose order divides 8, as the curve's own arithmetic has them. */
function smallOrderYs(): bigint[] {
  const ys = new Set<bigint>();
  for (let seed = 1; seed < 200; seed++) {
    // A point times the prime order of the large subgroup leaves its torsion component.
    const [y] = [BigInt(seed) * 7n + 2n];
    for (const sign of [0, 1] as const) {
      const point = decoded(encoding(y, sign));
      if (point === null) continue;
      const { n } = Point.CURVE();
      ys.add(
        point
          .multiplyUnsafe(n - 1n)
          .add(point)
          .toAffine().y,
      );
    }
  }
  return [...ys];
}

function decoded(bytes: Uint8Array): InstanceType<typeof Point> | null {
  try {
    return Point.fromBytes(bytes, true);
  } catch {
    return null; // No point of the curve has this y.
  }
}

/** Every 32 bytes that a decoder may take for a point of small order. */
const encodings = smallOrderYs().flatMap((y) =>
  [y, y + P]
    .filter((spelling) => spelling < 2n ** 255n)
    .flatMap((spelling) => [encoding(spelling, 0), encoding(spelling, 1)]),
);

test("all encodings of all eight points are found, reduced or not, with either sign", () => {
  expect(smallOrderYs()).toHaveLength(5); // Two of order 8, one each of orders 1 and 2, and y = 0.
  expect(encodings).toHaveLength(14);
  for (const bytes of encodings) expect(isSmallOrder(bytes)).toBe(true);
});

test("points outside the large subgroup that aren't of small order are let be", () => {
  for (const torsion of encodings) {
    const point = decoded(torsion);
    if (point === null) continue;
    expect(isSmallOrder(Point.BASE.add(point).toBytes())).toBe(false);
  }
});

test("ordinary keys are let be", () => {
  for (let count = 0; count < 300; count++) {
    expect(isSmallOrder(ed25519.keygen().publicKey)).toBe(false);
  }
});

test("what is no key at all is let be", () => {
  expect(isSmallOrder(new Uint8Array(31))).toBe(false);
  expect(isSmallOrder(new Uint8Array(33))).toBe(false);
  expect(isSmallOrder(new Uint8Array(0))).toBe(false);
});

test("the host verifies a signature that nobody made, and the port refuses it", async () => {
  // R and the key are the neutral point, S is 0: the equation holds for every message.
  const neutral = encoding(1n, 0);
  const forged = concat(neutral, new Uint8Array(32));
  const message = new Uint8Array([1, 2, 3]);
  const key = await crypto.subtle.importKey("raw", neutral, "Ed25519", false, ["verify"]);
  expect(await crypto.subtle.verify("Ed25519", key, forged, message)).toBe(true);
  for (const bytes of encodings) {
    expect(await webCrypto().verify(bytes, message, forged)).toBe(false);
  }
});
