/**
 * One connection to one peer. `simple-peer` negotiates it and keeps its life; the data goes over a
 * channel of our own beside its, made in the same task so that it can move into the worker.
 */
import type { IceServer } from "@shoal/swarm/tracker/ice";
import type { SignalKind } from "@shoal/swarm/tracker/messages";
import SimplePeer from "simple-peer/simplepeer.min.js";
import { asBrowsersTakeIt } from "./ice-servers.ts";

export type PeerConnectionEvents = {
  /** A signal for the other end, as text. */
  readonly signal: (kind: SignalKind, text: string) => void;
  /** Both descriptions are set. */
  readonly stable: (localFingerprint: string, remoteFingerprint: string) => void;
  /** The ends have reached each other, through a TURN server or without. */
  readonly reached: (isRelayed: boolean) => void;
  /** It ended, in whatever way; told once. */
  readonly closed: () => void;
};

/** What `simple-peer` keeps to itself and we need. */
type Inside = SimplePeer.Instance & { readonly _pc: RTCPeerConnection };

const LABEL = "shoal";
/** Both ends name the same: below what every SCTP negotiates, apart from simple-peer's own. */
const CHANNEL_ID = 0;

export class PeerConnection {
  /** For the worker: to be handed over in this same task. */
  readonly channel: RTCDataChannel;
  readonly #peer: Inside;
  #isClosed = false;

  constructor(
    isInitiator: boolean,
    iceServers: readonly IceServer[],
    events: PeerConnectionEvents,
  ) {
    const options = {
      initiator: isInitiator,
      trickle: true,
      config: { iceServers: iceServers.map(asBrowsersTakeIt) },
    };
    const peer = new SimplePeer(options) as Inside;
    this.#peer = peer;
    this.channel = peer._pc.createDataChannel(LABEL, { negotiated: true, id: CHANNEL_ID });
    this.channel.binaryType = "arraybuffer";

    peer.on("signal", (data: unknown) => {
      const kind = kindOf(data);
      if (kind !== null) events.signal(kind, JSON.stringify(data));
    });
    peer._pc.addEventListener("signalingstatechange", () => {
      const local = fingerprintOf(peer._pc.localDescription);
      const remote = fingerprintOf(peer._pc.remoteDescription);
      if (peer._pc.signalingState === "stable" && local && remote) events.stable(local, remote);
    });
    peer.on("connect", () => {
      isRelayed(peer._pc).then(events.reached, () => undefined); // Safe: it has ended since.
    });
    // Four ways to end, told as one. After `error` it destroys itself and `close` follows.
    const ended = (): void => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      peer.destroy();
      events.closed();
    };
    peer.on("error", ended);
    peer.on("close", ended);
    peer.on("end", ended);
    peer.on("finish", ended);
  }

  /** The other end's signal. Nonsense ends the connection. */
  apply(text: string): void {
    if (this.#isClosed) return;
    try {
      const data: unknown = JSON.parse(text);
      if (kindOf(data) === null) throw new TypeError("not a signal");
      this.#peer.signal(data as SimplePeer.SignalData);
    } catch {
      this.#peer.destroy(); // Safe: `close` tells the worker, for this peer alone.
    }
  }

  close(): void {
    this.#peer.destroy();
  }
}

function kindOf(data: unknown): SignalKind | null {
  if (typeof data !== "object" || data === null || !("type" in data)) return null;
  const { type } = data;
  return type === "offer" || type === "answer" || type === "candidate" ? type : null;
}

/** Whether the pair of addresses that carries it has a TURN server's at either end. */
async function isRelayed(connection: RTCPeerConnection): Promise<boolean> {
  const stats = await connection.getStats();
  const byId = new Map<unknown, Readonly<Record<string, unknown>>>();
  stats.forEach((one: RTCStats & Record<string, unknown>) => byId.set(one.id, one));
  const all = [...byId.values()];
  const selectedId = all.find(({ type }) => type === "transport")?.["selectedCandidatePairId"];
  // Firefox has no such id and marks the pair.
  const pair = byId.get(selectedId) ?? all.find(({ selected }) => selected === true);
  return [pair?.["localCandidateId"], pair?.["remoteCandidateId"]].some(
    (id) => byId.get(id)?.["candidateType"] === "relay",
  );
}

/** `sha-256 AB:CD:...` of a description's certificate. */
function fingerprintOf(description: RTCSessionDescription | null): string | null {
  return /a=fingerprint:(\S+ \S+)/.exec(description?.sdp ?? "")?.[1] ?? null;
}
