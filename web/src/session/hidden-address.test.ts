import { describe, expect, it } from "vitest";
import { withoutAddress } from "./hidden-address.ts";

const RELAY = "candidate:3 1 udp 41885439 198.51.100.7 50001 typ relay";
const HOST = "candidate:1 1 udp 2122260223 192.0.2.5 50000 typ host generation 0";
const PLAIN = `${RELAY} raddr 0.0.0.0 rport 0`;

const of = (candidate: string) => ({
  type: "candidate",
  candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 },
});

describe("withoutAddress", () => {
  it.each([
    ["a host’s", HOST],
    ["one behind mDNS", HOST.replace("192.0.2.5", "4f1c.local")],
    ["a router’s", HOST.replace("host", "srflx raddr 10.0.0.2 rport 5")],
    ["one that a peer saw", HOST.replace("host", "prflx")],
    ["one that calls itself a relay later", `${HOST} ufrag typ-relay`],
    ["of no kind", "candidate:1"],
  ])("lets no candidate go out that is %s", (_whose, candidate) => {
    expect(withoutAddress(of(candidate))).toBeNull();
  });

  it.each([
    ["IPv4", `${RELAY} raddr 192.0.2.5 rport 50000`],
    ["IPv6", `${RELAY} raddr 2001:db8::5 rport 50000`],
    ["nothing", PLAIN],
  ])("takes from a relay’s candidate that it is reached from %s", (_what, candidate) => {
    expect(withoutAddress(of(candidate))).toEqual(of(PLAIN));
    expect(withoutAddress(of(`${candidate} generation 0`))).toEqual(of(`${PLAIN} generation 0`));
  });

  it("says that there are no more", () => {
    expect(withoutAddress(of(""))).toEqual(of(""));
  });

  it("takes every address but relays’ out of a description, and nothing else", () => {
    const described = (address: string, port: number, candidates: readonly string[]) => ({
      type: "offer",
      sdp: [
        "v=0",
        `o=mozilla 7 0 IN IP4 ${address}`,
        "s=-",
        "t=0 0",
        "a=fingerprint:sha-256 AA:BB",
        `m=application ${port} UDP/DTLS/SCTP webrtc-datachannel`,
        `c=IN IP4 ${address}`,
        ...candidates.map((candidate) => `a=${candidate}`),
        `a=rtcp:${port} IN IP4 ${address}`,
        "a=ice-ufrag:abcd",
        "a=sctp-port:5000",
        "",
      ].join("\r\n"),
    });
    const full = described("192.0.2.5", 50000, [HOST, `${RELAY} raddr 192.0.2.5 rport 50000`]);
    expect(withoutAddress(full)).toEqual(described("0.0.0.0", 9, [PLAIN]));
  });

  it.each([null, "offer", { type: "candidate", candidate: HOST }, { type: "offer", sdp: 7 }])(
    "lets nothing go out that it doesn’t know: %o",
    (signal) => {
      expect(withoutAddress(signal)).toBeNull();
    },
  );
});
