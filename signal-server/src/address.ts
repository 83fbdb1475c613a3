/** Who a connection comes from, as far as limits look: never told, never logged. */
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

/** One address of IPv4, or all 2^64 of IPv6 that a provider gives to one subscriber, as text. */
export type Source = string;

const SUBSCRIBER_BITS = 64;

const SAME_SOURCE = 0;
const SAME_NETWORK = 1;
const ELSEWHERE = 2;

/** A request's way here. */
type Way = Pick<IncomingMessage, "headers"> & {
  readonly socket: Pick<IncomingMessage["socket"], "remoteAddress">;
};

/**
 * The source of a request that has come over so many proxies of one's own. Each has put the address
 * that it saw at the end of `X-Forwarded-For`; what stands before those, anybody may have written.
 */
export function sourceOf(request: Way, proxyHops: number): Source {
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  let address = request.socket.remoteAddress ?? "";
  for (let hops = 0; hops < proxyHops; hops++) {
    const before = forwarded.pop()?.trim() ?? "";
    // A proxy that says nothing usable is taken for the source itself.
    if (!ipaddr.isValid(before)) break;
    address = before;
  }
  return subscriber(address);
}

function subscriber(address: string): Source {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address); // An IPv4 address in IPv6's clothes is one of IPv4.
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const groups = parsed.parts.slice(0, SUBSCRIBER_BITS / 16);
  return `${groups.map((group) => group.toString(16)).join(":")}::/${SUBSCRIBER_BITS}`;
}

/**
 * How near two sources are, the less the nearer: the same, or of the same /24 of IPv4 or /48 of IPv6,
 * which is how networks are handed out, or neither.
 */
export function distance(one: Source, other: Source): 0 | 1 | 2 {
  if (one === other) return SAME_SOURCE;
  return networkOf(one) === networkOf(other) ? SAME_NETWORK : ELSEWHERE;
}

/** All of a source's text but its last part. */
const networkOf = (source: Source): string => source.replace(/[.:][^.:]+(?:::\/64)?$/, "");
