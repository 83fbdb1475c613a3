/** Who a connection comes from, as far as limits look: never told, never logged. */
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

/** One address of IPv4, or all 2^64 of IPv6 that a provider gives to one subscriber, as text. */
export type Source = string;

const SUBSCRIBER_BITS = 64;

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
