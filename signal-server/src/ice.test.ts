import { describe, expect, test } from "vitest";
import { IceServers, missingIce } from "./ice.ts";

const TURN = { urls: ["turn:turn.shoal.example"], secret: "a secret of many letters" };
const STUN_URLS = ["stun:turn.shoal.example"];

describe("what peers are told", () => {
  test("is nothing where nothing is set", () => {
    const none = new IceServers({ stunUrls: [], turn: null }, () => 0);
    expect(none.for("192.0.2.1")).toEqual([]);
  });

  test("is a user name with its expiry, an hour ahead, and its HMAC-SHA1", () => {
    const servers = new IceServers({ stunUrls: STUN_URLS, turn: TURN }, () => 1_000_000_500);
    const [stun, turn] = servers.for("192.0.2.1");
    expect(stun).toEqual({ urls: STUN_URLS });
    expect(turn).toEqual({
      urls: TURN.urls,
      username: "1003600:b/HgewHK143OtMAo",
      // printf %s <the user name> | openssl sha1 -hmac "a secret of many letters" -binary | base64
      credential: "IoRjYnnTcPPiTd3NUyaBAFKh1fw=",
    });
  });

  test("is one user for a source, whose address can't be seen in it, and another for another", () => {
    const servers = new IceServers({ stunUrls: [], turn: TURN }, () => 0);
    const userOf = (source: string) => servers.for(source)[0]?.username?.split(":")[1];
    expect(userOf("192.0.2.1")).toBe(userOf("192.0.2.1"));
    expect(userOf("192.0.2.1")).not.toBe(userOf("192.0.2.2"));
  });
});

test("what peers will miss is said, unless there is a relay", () => {
  expect(missingIce({ stunUrls: [], turn: null })).toContain("no STUN_URLS and no TURN_URLS");
  expect(missingIce({ stunUrls: STUN_URLS, turn: null })).toContain("no TURN_URLS");
  expect(missingIce({ stunUrls: [], turn: TURN })).toBeNull();
});
