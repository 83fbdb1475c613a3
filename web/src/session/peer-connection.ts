/**
 * One connection to one peer. `simple-peer` negotiates it and keeps its life; the data goes over a
 * channel of our own beside its, made in the same task so that it can move into the worker.
 */
import type { IceServer } from "@shoal/swarm/tracker/ice";
import type { SignalKind } from "@shoal/swarm/tracker/messages";
import SimplePeer from "simple-peer/simplepeer.min.js";
import { withoutAddress } from "./hidden-address.ts";
import { asBrowsersTakeIt } from "./ice-servers.ts";

export type PeerConnectionEvents = {
  /** A signal for the other end, as text. Of a connection whose signal `isWhole` the only one. */
  readonly signal: (kind: SignalKind, text: string) => void;
  /** Both descriptions are set. */
  readonly stable: (localFingerprint: string, remoteFingerprint: string) => void;
  /** The ends have reached each other, through a TURN server or without. */
  readonly reached: (isRelayed: boolean) => void;
  /** What the other page said to this one, beside the data. */
  readonly heard: (text: string) => void;
  /** It ended, in whatever way; told once. */
  readonly closed: () => void;
};

/** What `simple-peer` keeps to itself and we need. */
type Inside = SimplePeer.Instance & { readonly _pc: RTCPeerConnection };

const LABEL = "shoal";
/** Both ends name the same: below what every SCTP negotiates, apart from simple-peer's own. */
const CHANNEL_ID = 0;
/** By then the other end's signals tell of every address that it is reached by; a guess. */
const WAY_KNOWN_MS = 3_000;

export class PeerConnection {
  /** For the worker: to be handed over in this same task. */
  readonly channel: RTCDataChannel;
  readonly #peer: Inside;
  #isClosed = false;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;

  constructor(
    isInitiator: boolean,
    iceServers: readonly IceServer[],
    /** The other end is to be reached through a relay alone, and to learn no address from here. */
    isAddressHidden: boolean,
    /** Its offer or answer is told once all its addresses are in it; the other end's may still come. */
    isWhole: boolean,
    events: PeerConnectionEvents,
  ) {
    const options = {
      initiator: isInitiator,
      trickle: !isWhole,
      config: {
        iceServers: iceServers.map(asBrowsersTakeIt),
        iceTransportPolicy: isAddressHidden ? "relay" : "all",
      },
    } as const;
    const peer = new SimplePeer(options) as Inside;
    this.#peer = peer;
    this.channel = peer._pc.createDataChannel(LABEL, { negotiated: true, id: CHANNEL_ID });
    this.channel.binaryType = "arraybuffer";

    if (isWhole && !isInitiator) outlastFailures(peer);

    peer.on("signal", (data: unknown) => {
      const kind = kindOf(data);
      const shown = isAddressHidden ? withoutAddress(data) : data;
      if (kind !== null && shown !== null) events.signal(kind, JSON.stringify(shown));
    });
    peer._pc.addEventListener("signalingstatechange", () => {
      const local = fingerprintOf(peer._pc.localDescription);
      const remote = fingerprintOf(peer._pc.remoteDescription);
      if (peer._pc.signalingState === "stable" && local && remote) events.stable(local, remote);
    });
    peer.on("connect", () => void this.#tellWay(events.reached));
    peer.on("data", (data: Uint8Array) => events.heard(new TextDecoder().decode(data)));
    // Four ways to end, told as one. After `error` it destroys itself and `close` follows.
    const ended = (): void => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      clearTimeout(this.#lookAgain);
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

  /** Says something to the other page, beside the data; to nobody while it isn't open. */
  say(text: string): void {
    if (this.#peer.connected) this.#peer.send(text);
  }

  close(): void {
    this.#peer.destroy();
  }

  async #tellWay(reached: PeerConnectionEvents["reached"], isLast = false): Promise<void> {
    try {
      const way = await wayOf(this.#peer._pc);
      if (this.#isClosed) return;
      if (way !== "unsure" || isLast) return reached(way === "relayed");
      this.#lookAgain = setTimeout(() => void this.#tellWay(reached, true), WAY_KNOWN_MS);
    } catch {
      // Safe: it has ended since.
    }
  }
}

/**
 * The other end of an invite answers only once a person has brought it the reply. Until then Chromium says
 * "failed" every 15 s, which ends nothing: it goes on when it is told of addresses anew.
 */
function outlastFailures(peer: Inside): void {
  const { _pc: connection } = peer;
  const { oniceconnectionstatechange: iceChanged, onconnectionstatechange: changed } = connection;
  connection.oniceconnectionstatechange = (event) => {
    const isPause = connection.iceConnectionState === "failed" && !peer.connected;
    if (!isPause) iceChanged?.call(connection, event);
  };
  connection.onconnectionstatechange = (event) => {
    const isPause = connection.connectionState === "failed" && !peer.connected;
    if (!isPause) changed?.call(connection, event);
  };
}

function kindOf(data: unknown): SignalKind | null {
  if (typeof data !== "object" || data === null || !("type" in data)) return null;
  const { type } = data;
  return type === "offer" || type === "answer" || type === "candidate" ? type : null;
}

/**
 * Whether the pair of addresses that carries it has a TURN server's at either end. Unsure where the
 * other end's address has shown by itself: its signal may still come, and say that it is a relay's.
 */
async function wayOf(connection: RTCPeerConnection): Promise<"direct" | "relayed" | "unsure"> {
  const stats = await connection.getStats();
  const byId = new Map<unknown, Readonly<Record<string, unknown>>>();
  stats.forEach((one: RTCStats & Record<string, unknown>) => byId.set(one.id, one));
  const all = [...byId.values()];
  const selectedId = all.find(({ type }) => type === "transport")?.["selectedCandidatePairId"];
  // Firefox has no such id and marks the pair.
  const pair = byId.get(selectedId) ?? all.find(({ selected }) => selected === true);
  const local = byId.get(pair?.["localCandidateId"]);
  const remote = byId.get(pair?.["remoteCandidateId"]);
  const told = all.filter(
    ({ type, address, port }) =>
      type === "remote-candidate" && address === remote?.["address"] && port === remote?.["port"],
  );
  const kinds = [local, remote, ...told].map((candidate) => candidate?.["candidateType"]);
  if (kinds.includes("relay")) return "relayed";
  return remote?.["candidateType"] === "prflx" ? "unsure" : "direct";
}

/** `sha-256 AB:CD:...` of a description's certificate. */
function fingerprintOf(description: RTCSessionDescription | null): string | null {
  return /a=fingerprint:(\S+ \S+)/.exec(description?.sdp ?? "")?.[1] ?? null;
}
