/**
 * Where a peer can be reached, as bytes: an IPv4 or IPv6 address, or a browser's mDNS name, which stands
 * for an address that it doesn't tell. What comes out as text is nothing but digits, letters, dots, colons
 * and hyphens.
 */
import { type Bytes, concat } from "../bytes.ts";

/** `mdns`: a UUID and `.local` (draft-ietf-mmusic-mdns-ice-candidates). */
export type AddressForm = "ipv4" | "ipv6" | "mdns";

export const ADDRESS_BYTES: Record<AddressForm, number> = { ipv4: 4, ipv6: 16, mdns: 16 };

const MDNS = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f:]{2,39}$/i;
const IPV6_GROUPS = 8;

/** Null for any other name or form. */
export function parseAddress(
  text: string,
): { readonly form: AddressForm; readonly bytes: Bytes } | null {
  const uuid = MDNS.exec(text)?.slice(1).join("");
  if (uuid !== undefined) return { form: "mdns", bytes: fromHex(uuid) };
  if (IPV4.test(text)) {
    const numbers = text.split(".").map(Number);
    return numbers.every((number) => number < 256)
      ? { form: "ipv4", bytes: Uint8Array.from(numbers) }
      : null;
  }
  const bytes = IPV6.test(text) ? parseIpv6(text) : null;
  return bytes && { form: "ipv6", bytes };
}

export function formatAddress(form: AddressForm, bytes: Bytes): string {
  if (form === "ipv4") return bytes.join(".");
  const hex = toHex(bytes);
  if (form === "ipv6") return (hex.match(/.{4}/g) ?? []).join(":");
  const [a, b, c, d, e] = [0, 8, 12, 16, 20].map((from, index, all) =>
    hex.slice(from, all[index + 1]),
  );
  return `${a}-${b}-${c}-${d}-${e}.local`;
}

function parseIpv6(text: string): Bytes | null {
  const halves = text.split("::");
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return null;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return concat(...groups.map((group) => fromHex(group.padStart(4, "0"))));
}

const toHex = (bytes: Bytes): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (hex: string): Bytes =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
