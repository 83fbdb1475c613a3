import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { decodeIceServers, hasRelay, isStunUrl, isTurnUrl } from "./ice.ts";

const STUN = { urls: ["stun:stun.shoal.example"] };
const TURN = { urls: ["turn:a.example:3478?transport=tcp"], username: "1:a", credential: "b" };

describe("a URL", () => {
  test.each([
    "stun:shoal.example",
    "stuns:shoal.example:5349",
    "STUN:192.0.2.1:3478",
    "stun:[2001:db8::1]:3478",
  ])("%s is a STUN server's", (url) => {
    expect(isStunUrl(url)).toBe(true);
    expect(isTurnUrl(url)).toBe(false);
  });

  test.each([
    "turn:shoal.example",
    "turns:shoal.example:443?transport=tcp",
    "turn:[2001:db8::1]:3478?transport=udp",
  ])("%s is a TURN server's", (url) => {
    expect(isTurnUrl(url)).toBe(true);
    expect(isStunUrl(url)).toBe(false);
  });

  test.each([
    "",
    "stun:",
    "turn://shoal.example",
    "turn:user@shoal.example",
    "turn:shoal.example:0",
    "turn:shoal.example:65536",
    "stun:shoal.example?transport=udp",
    "turn:shoal.example?transport=sctp",
    "turn:shoal.example:3478 ",
    "https://shoal.example",
    `turn:${"a".repeat(LIMITS.iceLetters)}`,
  ])("%j is neither", (url) => {
    expect([isStunUrl(url), isTurnUrl(url)]).toEqual([false, false]);
  });
});

describe("a list", () => {
  test("is taken as it was sent", () => {
    expect(decodeIceServers([STUN, TURN])).toEqual([STUN, TURN]);
    expect(hasRelay([STUN, TURN])).toBe(true);
    expect(hasRelay([STUN])).toBe(false);
  });

  test.each([undefined, null, {}, "stun:a", 7])("isn't %j", (value) => {
    expect(decodeIceServers(value)).toEqual([]);
  });

  test("loses what a browser would refuse", () => {
    const { urls, username } = TURN;
    const odd = [null, 7, [], {}, { urls: "stun:a" }, { urls: [7] }, { urls: [] }, { urls }];
    for (const one of odd) expect(decodeIceServers([one, STUN])).toEqual([STUN]);
    expect(decodeIceServers([{ urls, username }])).toEqual([]);
    expect(decodeIceServers([{ ...TURN, credential: "" }])).toEqual([]);
    expect(decodeIceServers([{ ...TURN, urls: [...urls, "stun:a", "x"] }])).toEqual([TURN]);
    expect(decodeIceServers([{ ...STUN, extra: 1 }])).toEqual([STUN]);
  });

  test("past its bounds is cut, and longer words aren't taken", () => {
    const many = Array.from({ length: LIMITS.iceServers + 1 }, () => STUN);
    expect(decodeIceServers(many)).toHaveLength(LIMITS.iceServers);
    const urls = Array.from({ length: LIMITS.iceServers + 1 }, () => "stun:a");
    expect(decodeIceServers([{ urls }])[0]?.urls).toHaveLength(LIMITS.iceServers);
    const long = "x".repeat(LIMITS.iceLetters + 1);
    expect(decodeIceServers([{ ...TURN, credential: long }])).toEqual([]);
    expect(decodeIceServers([{ ...TURN, username: long }])).toEqual([]);
  });
});
