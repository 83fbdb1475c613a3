/** The words of the page that looks at the connection. */
export const strings = {
  title: "Connection check",
  pageTitle: "Connection check · Shoal",
  lead: "Tries, from this browser, everything that a share needs. Nothing of yours is sent.",
  running: "Checking…",
  again: "Check again",
  home: "To the home page",
  verdicts: { good: "works", bad: "doesn’t work", unsure: "unclear", waiting: "not tried yet" },
  summary: {
    running: "Looking…",
    good: "All that a share needs works here.",
    direct:
      "Files can travel between people whose networks let them reach each other. This server offers no relay for the others.",
    bad: "Something is in the way. What to do about it stands beside it.",
  },
  steps: {
    browser: "This browser",
    server: "Shoal’s server",
    channel: "Connections between browsers",
    udp: "The way out by UDP",
    relay: "A relay, for strict networks",
  },
  browser: {
    good: "It has all that Shoal needs.",
    "insecure-context":
      "The page came over plain http. Open it by an address that starts with https://.",
    "no-webrtc":
      "WebRTC is missing or switched off. Allow it in the browser’s settings, or in the extension that blocks it.",
  },
  server: {
    good: "It answers.",
    unreachable: "It doesn’t answer. Check that you are online, or ask whoever runs it.",
    "no-websocket":
      "The page loads, but a WebSocket doesn’t come through. A proxy or filter on the way has to allow them.",
    refused: "It answers, but doesn’t take this browser in just now. Try again in a minute.",
  },
  channel: {
    good: "Two connections of this page have found each other.",
    blocked:
      "WebRTC is there but may not connect. A setting, an extension or a policy of this device keeps it from using the network.",
  },
  udp: {
    good: "Packets get out, and answers come back.",
    blocked:
      "UDP gets no answer. A firewall has to let it out; until then only a relay over TCP helps.",
    unsure: "Nothing failed, but nothing shows that it works. A share will tell.",
    "not-offered": "Not tried: this server names nobody to try it with.",
  },
  relay: {
    udp: "It answers by UDP.",
    tcp: "It answers by TCP, which is slower.",
    blocked:
      "This server names one, but it can’t be reached from here. A firewall has to let it through.",
    "not-offered":
      "This server offers none: people in networks that are closed to each other can’t connect.",
  },
  admin: {
    title: "For an administrator",
    lead: "What has to be let through:",
    page: (origin: string) => `${origin}: the page, by HTTPS`,
    socket: (address: string) => `${address}: WebSocket, held open`,
    ice: (url: string) => `${url}: STUN or TURN`,
    peers: "UDP from and to high ports, for the connections between browsers",
  },
} as const;
