/**
 * Ed25519 public keys of small order. Under such a key anybody can forge a signature that browsers
 * accept, so a link, a peer or an announce that carries one is refused.
 */

/**
 * The y coordinates, little-endian hex, of the points whose order divides 8, and the two encodings
 * of them that aren't reduced modulo p = 2^255 - 19 (RFC 8032, 5.1.3 lets decoders meet them). The
 * sign bit of x is left out of the comparison, which covers the other half of the encodings.
 */
const SMALL_ORDER_Y: readonly string[] = [
  `00${"00".repeat(31)}`, // 0: order 4
  `01${"00".repeat(31)}`, // 1: the neutral point
  `ec${"ff".repeat(30)}7f`, // p - 1: order 2
  `ed${"ff".repeat(30)}7f`, // p, the same as 0
  `ee${"ff".repeat(30)}7f`, // p + 1, the same as 1
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
];

/** Whether these 32 bytes encode a point of small order. */
export function isSmallOrder(publicKey: Uint8Array): boolean {
  let y = "";
  for (const [index, byte] of publicKey.entries()) {
    y += (index === 31 ? byte & 0x7f : byte).toString(16).padStart(2, "0");
  }
  return SMALL_ORDER_Y.includes(y);
}
