/**
 * What stands between this browser and others, tried one after the other: the browser itself, the
 * server, a connection within the page, the way out by UDP, a relay. It joins a swarm of its own that
 * nobody else is in, since a tracker names its STUN and TURN servers to members alone.
 */
import type { ErrorCode } from "@shoal/swarm/errors";
import { swarmIdOf } from "@shoal/swarm/ids";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import { TrackerClient } from "@shoal/swarm/tracker/client";
import { hasRelay, type IceServer } from "@shoal/swarm/tracker/ice";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { asBrowsersTakeIt } from "./ice-servers.ts";
import { whyUnsupported } from "./support.ts";
import { TrackerSocket } from "./tracker-socket.ts";

/** What came of each step; null: it isn't known yet, or something before it failed. */
export type Findings = {
  readonly browser: "good" | Extract<ErrorCode, "insecure-context" | "no-webrtc"> | null;
  /** `no-websocket`: the page's own address answers, but a WebSocket to it doesn't come about. */
  readonly server: "good" | "unreachable" | "no-websocket" | "refused" | null;
  readonly channel: "good" | "blocked" | null;
  /** `unsure`: nothing failed, and nothing shows that it works. */
  readonly udp: "good" | "blocked" | "unsure" | "not-offered" | null;
  /** How the relay is reached. */
  readonly relay: "udp" | "tcp" | "blocked" | "not-offered" | null;
  /** The STUN and TURN servers that were tried. */
  readonly iceUrls: readonly string[];
  readonly isOver: boolean;
};

const NOTHING: Findings = {
  browser: null,
  server: null,
  channel: null,
  udp: null,
  relay: null,
  iceUrls: [],
  isOver: false,
};

const SERVER_MS = 8_000;
const CHANNEL_MS = 10_000;
/** Browsers give a silent STUN server up after about ten seconds. */
const GATHER_MS = 12_000;

const SWARM_BYTES = 32;

/** Tells what it has found after each step, until `signal` says that nobody wants to know. */
export async function checkConnection(
  tell: (findings: Findings) => void,
  signal: AbortSignal,
): Promise<void> {
  let findings = NOTHING;
  const found = (part: Partial<Findings>): void => {
    findings = { ...findings, ...part };
    if (!signal.aborted) tell(findings);
  };
  const unsupported = whyUnsupported();
  found({
    browser:
      unsupported === "insecure-context" || unsupported === "no-webrtc" ? unsupported : "good",
  });
  const { server, iceServers } = await reachServer(signal);
  found({ server });
  if (unsupported === null && !signal.aborted) {
    found({ channel: (await isConnectable()) ? "good" : "blocked" });
    if (server === "good" && !signal.aborted) {
      found({ iceUrls: iceServers.flatMap(({ urls }) => urls) });
      found(await tryWays(iceServers));
    }
  }
  found({ isOver: true });
}

// The server.

type Reached = Pick<Findings, "server"> & { readonly iceServers: readonly IceServer[] };

async function reachServer(signal: AbortSignal): Promise<Reached> {
  const { host } = location;
  const challenged = Promise.withResolvers<unknown>();
  const socket = new TrackerSocket(host, {
    challenge: challenged.resolve,
    signal: () => undefined,
    down: () => challenged.reject(new Error("down")),
  });
  const leave = (): void => socket.close();
  signal.addEventListener("abort", leave, { once: true });
  try {
    const challenge = await within(SERVER_MS, challenged.promise);
    const crypto = webCrypto();
    const swarm = swarmIdOf(globalThis.crypto.getRandomValues(new Uint8Array(SWARM_BYTES)));
    const identity = await makeIdentity(swarm, crypto);
    const client = new TrackerClient(host, identity, {
      request: (event: string, message: unknown) => socket.request(event, message),
    });
    if (!(await client.challenged(challenge))) return { server: "refused", iceServers: [] };
    const reply = await client.announce("nothing", 0, null);
    await client.leave();
    return reply.ok
      ? { server: "good", iceServers: reply.iceServers }
      : { server: "refused", iceServers: [] };
  } catch {
    // Safe: which of the two it is, is the finding.
    return { server: (await isAnswering()) ? "no-websocket" : "unreachable", iceServers: [] };
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

async function isAnswering(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(SERVER_MS);
    return (await fetch("/health", { cache: "no-store", signal })).ok;
  } catch {
    return false; // Safe: no answer is one.
  }
}

/** Rejects when it takes longer. */
function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("late")), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

// WebRTC.

/** Whether two connections of this page reach each other. */
async function isConnectable(): Promise<boolean> {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  try {
    const opened = Promise.withResolvers<undefined>();
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      from.addEventListener("icecandidate", ({ candidate }) => {
        // Safe: one that isn't taken is one way less, and the outcome tells.
        if (candidate !== null) to.addIceCandidate(candidate).catch(() => undefined);
      });
    }
    const channel = one.createDataChannel("check");
    channel.addEventListener("open", () => opened.resolve(undefined));
    await one.setLocalDescription();
    if (one.localDescription !== null) await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    if (other.localDescription !== null) await one.setRemoteDescription(other.localDescription);
    await within(CHANNEL_MS, opened.promise);
    return true;
  } catch {
    return false; // Safe: whatever the browser's reason, peers won't connect either.
  } finally {
    one.close();
    other.close();
  }
}

/** A STUN or TURN server couldn't be reached (`RTCPeerConnectionIceErrorEvent`, W3C WebRTC). */
const UNREACHABLE = 701;

/** Which ways out the page's browser finds with these servers. */
async function tryWays(iceServers: readonly IceServer[]): Promise<Pick<Findings, "udp" | "relay">> {
  if (iceServers.length === 0) return { udp: "not-offered", relay: "not-offered" };
  const connection = new RTCPeerConnection({ iceServers: iceServers.map(asBrowsersTakeIt) });
  const candidates: RTCIceCandidate[] = [];
  let isUdpRefused = false;
  try {
    const gathered = Promise.withResolvers<undefined>();
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate === null) gathered.resolve(undefined);
      else candidates.push(candidate);
    });
    connection.addEventListener("icecandidateerror", ({ errorCode, url }) => {
      if (errorCode === UNREACHABLE && !/transport=tcp/.test(url)) isUdpRefused = true;
    });
    connection.createDataChannel("check");
    await connection.setLocalDescription();
    await within(GATHER_MS, gathered.promise).catch(() => undefined); // Safe: what came so far counts.
  } finally {
    connection.close();
  }
  const relays = candidates.filter(({ type }) => type === "relay");
  const relay = !hasRelay(iceServers)
    ? "not-offered"
    : relays.length === 0
      ? "blocked"
      : relays.some((candidate) => wayOf(candidate) === "udp")
        ? "udp"
        : "tcp";
  const isOut = relay === "udp" || candidates.some(({ type }) => type === "srflx");
  return { udp: isOut ? "good" : isUdpRefused ? "blocked" : "unsure", relay };
}

/** How the relay of a candidate is reached; where the browser doesn't tell, its priority does. */
function wayOf(candidate: RTCIceCandidate): "udp" | "tcp" {
  const { relayProtocol, priority } = candidate as RTCIceCandidate & {
    readonly relayProtocol?: string | null;
  };
  if (relayProtocol !== undefined && relayProtocol !== null) {
    return relayProtocol === "udp" ? "udp" : "tcp";
  }
  // The type preference, in the highest byte: by custom 2 over UDP, less over TCP and TLS.
  return (priority ?? 0) >>> 24 >= 2 ? "udp" : "tcp";
}
