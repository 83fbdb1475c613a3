import { describe, expect, test } from "vitest";
import { distance, sourceOf } from "./address.ts";

const source = (remoteAddress: string | undefined, forwarded?: string, proxyHops = 0): string =>
  sourceOf(
    {
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
      socket: { remoteAddress },
    },
    proxyHops,
  );

describe("a connection's source", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    [undefined, "unknown"],
  ])("%s is %s", (address, expected) => {
    expect(source(address)).toBe(expected);
  });

  test("is the same for all addresses of one /64 and for no other", () => {
    expect(source("2001:db8::1")).toBe(source("2001:db8::ffff:1"));
    expect(source("2001:db8::1")).not.toBe(source("2001:db8:0:1::1"));
  });

  test("is what the proxies say, as many as are trusted", () => {
    const forwarded = "198.51.100.1, 198.51.100.2,203.0.113.9";
    expect(source("10.0.0.1", forwarded, 0)).toBe("10.0.0.1");
    expect(source("10.0.0.1", forwarded, 1)).toBe("203.0.113.9");
    expect(source("10.0.0.1", forwarded, 2)).toBe("198.51.100.2");
  });

  test.each([
    [undefined, 1, "10.0.0.1"],
    ["", 1, "10.0.0.1"],
    ["evil, unknown", 1, "10.0.0.1"],
    ["evil, 203.0.113.9", 2, "203.0.113.9"],
    ["203.0.113.9", 5, "203.0.113.9"],
    ["203.0.113.9:4711", 1, "10.0.0.1"],
  ])("where %j was forwarded over %i proxies, is %s", (forwarded, hops, expected) => {
    expect(source("10.0.0.1", forwarded, hops)).toBe(expected);
  });
});

describe("two sources", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7", 0],
    ["203.0.113.7", "203.0.113.8", 1],
    ["203.0.113.7", "203.0.112.7", 2],
    ["2001:db8:1:2::1", "2001:db8:1:2::2", 0],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", 1],
    ["2001:db8:1:2::1", "2001:db8:2:2::1", 2],
    ["203.0.113.7", "2001:db8:1:2::1", 2],
    ["::ffff:203.0.113.7", "203.0.113.9", 1],
  ])("%s and %s are %i apart", (one, other, expected) => {
    expect(distance(source(one), source(other))).toBe(expected);
    expect(distance(source(other), source(one))).toBe(expected);
  });
});
