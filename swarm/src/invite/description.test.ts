import fc from "fast-check";
import { describe as group, expect, test } from "vitest";
import { concat } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import {
  candidateLine,
  type Candidate,
  decodeDescription,
  describe,
  type Description,
  encodeDescription,
  toSdp,
} from "./description.ts";
import { formatAddress, parseAddress } from "./address.ts";

const FINGERPRINT =
  "39:A9:F6:C6:57:02:4C:41:E5:8A:B3:52:64:17:50:B5:D0:C1:67:92:4F:DE:AB:43:42:92:CD:16:86:E2:61:B6";

/** As Chromium 156 and Firefox 153 write them, shortened by nothing. */
const CHROMIUM = `v=0
o=- 4696610176586276337 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:2113193572 1 udp 2113937151 50f36f8f-415c-4b71-9a32-f1b2f505c737.local 42652 typ host generation 0 network-cost 999
a=candidate:1853887674 1 udp 1677729535 203.0.113.7 51309 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999
a=ice-ufrag:WIEd
a=ice-pwd:9scGVpH/4StKAPwLNd+xWStJ
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll("\n", "\r\n");
const FIREFOX = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5647948481687980555 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 ${FINGERPRINT}
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 2001:db8::7:1 36651 typ host
a=candidate:2 1 TCP 2105458943 a654b896-13a0-498e-aec5-a73e43dc18bd.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:00ce293c7c0a62f7cb5983fed1e1b770
a=ice-ufrag:5418eef1
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`.replaceAll("\n", "\r\n");

const letters = (least: number, most: number) =>
  fc.string({
    unit: fc.constantFrom(..."AZaz09+/"),
    minLength: least,
    maxLength: most,
  });
const bytes = (count: number) =>
  fc.uint8Array({ minLength: count, maxLength: count }).map((some) => new Uint8Array(some));
const address = fc.oneof(
  bytes(4).map((some) => formatAddress("ipv4", some)),
  bytes(16).map((some) => formatAddress("ipv6", some)),
  bytes(16).map((some) => formatAddress("mdns", some)),
);
const candidate: fc.Arbitrary<Candidate> = fc.record({
  kind: fc.constantFrom("host", "srflx", "relay"),
  priority: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  address,
  port: fc.integer({ min: 0, max: 65_535 }),
});
const description: fc.Arbitrary<Description> = fc.record({
  fingerprint: bytes(32),
  ufrag: letters(4, 32),
  password: letters(22, 64),
  candidates: fc.array(candidate, { maxLength: LIMITS.inviteCandidates }),
});

const byPriority = (all: readonly Candidate[]): Candidate[] =>
  all.toSorted((one, other) => other.priority - one.priority);

group("a description", () => {
  test("of Chromium's offer keeps what differs, and is written anew with nothing else", () => {
    const known = describe(CHROMIUM);
    expect(known).toMatchObject({
      ufrag: "WIEd",
      password: "9scGVpH/4StKAPwLNd+xWStJ",
      candidates: [
        { kind: "host", address: "50f36f8f-415c-4b71-9a32-f1b2f505c737.local", port: 42_652 },
        { kind: "srflx", priority: 1_677_729_535, address: "203.0.113.7", port: 51_309 },
      ],
    });
    const sdp = known && toSdp(known, "offer");
    expect(sdp).toContain(`a=fingerprint:sha-256 ${FINGERPRINT}\r\na=setup:active\r\n`);
    expect(sdp).not.toContain("network-cost");
    expect(sdp && describe(sdp)).toEqual(known);
  });

  test("of Firefox's answer leaves out TCP, by which nobody is reached", () => {
    const known = describe(FIREFOX);
    expect(known?.candidates).toEqual([
      {
        kind: "host",
        priority: 2_122_187_007,
        address: "2001:0db8:0000:0000:0000:0000:0007:0001",
        port: 36_651,
      },
    ]);
    expect(known && toSdp(known, "answer")).toContain("a=setup:passive\r\n");
  });

  test.each([
    ["no ICE password", CHROMIUM.replace(/a=ice-pwd.*\r\n/, "")],
    ["another hash", CHROMIUM.replace("sha-256", "sha-1")],
    ["another SCTP port", CHROMIUM.replace(":5000", ":5001")],
    ["nothing in it", ""],
  ])("of an SDP with %s is none", (_what, sdp) => {
    expect(describe(sdp)).toBeNull();
  });

  test("holds the best addresses of a machine that has very many", () => {
    const lines = Array.from(
      { length: 30 },
      (_, index) => `a=candidate:1 1 udp ${index + 1} 10.0.0.${index} 9000 typ host\r\n`,
    );
    const known = describe(CHROMIUM + lines.join(""));
    expect(known?.candidates).toHaveLength(LIMITS.inviteCandidates);
    expect(known?.candidates.at(-1)?.priority).toBe(25);
  });

  test("survives the round trip in bytes and in SDP, whatever is in it", () => {
    fc.assert(
      fc.property(description, (value) => {
        expect(decodeDescription(encodeDescription(value))).toEqual(value);
        const read = describe(toSdp(value, "offer"));
        expect(read).toEqual({ ...value, candidates: byPriority(value.candidates) });
      }),
    );
  });

  test("of arbitrary or altered bytes is refused, or brings no line of its own into an SDP", () => {
    const changed = fc
      .tuple(description, fc.nat(), fc.nat(255), bytes(3))
      .map(([value, at, by, more]) => {
        const encoded = concat(encodeDescription(value), more.subarray(0, at % 4));
        encoded[at % encoded.length] = by;
        return encoded;
      });
    const arbitrary = fc.uint8Array({ maxLength: 400 }).map((some) => new Uint8Array(some));
    fc.assert(
      fc.property(fc.oneof(arbitrary, changed), (some) => {
        const read = decodeDescription(some);
        if (read === null) return;
        expect(encodeDescription(read)).toEqual(some);
        const lines = toSdp(read, "answer").split(/[\r\n]+/);
        expect(lines).toHaveLength(16 + read.candidates.length);
        for (const line of lines) expect(line).toMatch(/^$|^[a-z]=[\w .:/+-]+$/);
      }),
    );
  });

  test("with more candidates than there may be is refused", () => {
    const [one] = fc.sample(candidate, 1);
    const [value] = fc.sample(description, 1);
    if (one === undefined || value === undefined) throw new Error("a sample has one");
    const many = Array.from({ length: LIMITS.inviteCandidates + 1 }, () => one);
    expect(decodeDescription(encodeDescription({ ...value, candidates: many }))).toBeNull();
  });
});

group("a candidate", () => {
  test("through a server has an address that it is related to, of which it tells nothing", () => {
    const relay = { kind: "relay", priority: 7, address: "192.0.2.4", port: 80 } as const;
    expect(candidateLine(relay, 3)).toBe(
      "candidate:3 1 udp 7 192.0.2.4 80 typ relay raddr 0.0.0.0 rport 0",
    );
  });
});

group("an address", () => {
  test.each([
    ["::", "0000:0000:0000:0000:0000:0000:0000:0000"],
    ["fe80::1", "fe80:0000:0000:0000:0000:0000:0000:0001"],
    ["2001:DB8:0:0:1::2", "2001:0db8:0000:0000:0001:0000:0000:0002"],
    ["10.0.0.255", "10.0.0.255"],
  ])("%s is read", (text, written) => {
    const known = parseAddress(text);
    expect(known && formatAddress(known.form, known.bytes)).toBe(written);
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "1:2:3",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    ":::",
    "shoal.example",
    "x.local",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});
