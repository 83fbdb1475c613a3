/** A peer as a server meets it: a real socket, real keys, and what arrived. */
import { fromBase64url, toBase64url } from "@shoal/swarm/bytes";
import type { CryptoPort, SigningKey } from "@shoal/swarm/crypto";
import { type PeerId, peerIdOf, type SwarmId } from "@shoal/swarm/ids";
import {
  agreementStatement,
  type AnnounceReply,
  decodeAnnounceReply,
  decodeChallenge,
  decodeIncomingSignal,
  decodeReply,
  type IncomingSignal,
  type Join,
  joinStatement,
  type Reply,
  TRACKER_PATH,
} from "@shoal/swarm/tracker/messages";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { io, type Socket } from "socket.io-client";

export const crypto: CryptoPort = webCrypto();

export class TestPeer {
  readonly socket: Socket;
  readonly host: string;
  readonly challenge: string;
  readonly signals: IncomingSignal[] = [];

  private constructor(socket: Socket, host: string, challenge: string) {
    this.socket = socket;
    this.host = host;
    this.challenge = challenge;
    socket.on("signal", (value: unknown) => {
      const signal = decodeIncomingSignal(value);
      if (signal) this.signals.push(signal);
    });
  }

  /** Connects and waits for the challenge. Rejects where the server refuses the socket. */
  static async connect(port: number, extraHeaders: Record<string, string> = {}): Promise<TestPeer> {
    const host = extraHeaders["Host"] ?? `127.0.0.1:${port}`;
    const socket = io(`http://127.0.0.1:${port}`, {
      path: TRACKER_PATH,
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      extraHeaders,
    });
    const greeting = await new Promise<unknown>((resolve, reject) => {
      socket.once("challenge", resolve);
      socket.once("connect_error", reject);
    });
    const challenge = decodeChallenge(greeting);
    if (challenge === null) throw new Error("not a challenge");
    return new TestPeer(socket, host, challenge.challenge);
  }

  /** Resolves with the server's answer to any event with any argument. */
  async ask(event: string, ...args: readonly unknown[]): Promise<unknown> {
    const answer: unknown = await this.socket.timeout(5000).emitWithAck(event, ...args);
    return answer;
  }

  async join(swarm: SwarmId, key: SigningKey): Promise<Reply> {
    return decodeReply(await this.ask("join", await makeJoin(swarm, key, this)));
  }

  async announce(swarm: SwarmId, numWant = 50, held = "nothing"): Promise<AnnounceReply> {
    return decodeAnnounceReply(await this.ask("announce", { swarm, numWant, held }));
  }

  async leave(swarm: SwarmId): Promise<Reply> {
    return decodeReply(await this.ask("leave", { swarm }));
  }

  async signal(swarm: SwarmId, to: PeerId, body = "c2VhbGVk"): Promise<Reply> {
    const exchange = toBase64url(new Uint8Array(16).fill(7));
    return decodeReply(await this.ask("signal", { swarm, to, kind: "offer", exchange, body }));
  }

  /** Resolves once the server, or the network, has ended this peer's socket. */
  async ended(): Promise<void> {
    if (!this.socket.connected) return;
    await new Promise<void>((resolve) => {
      this.socket.once("disconnect", () => resolve());
    });
  }
}

/** A join as an honest peer makes it, for this host and challenge. */
export async function makeJoin(
  swarm: SwarmId,
  key: SigningKey,
  { host, challenge }: { readonly host: string; readonly challenge: string },
): Promise<Join> {
  const agreement = await crypto.generateAgreementKey();
  const challengeBytes = fromBase64url(challenge);
  if (challengeBytes === null) throw new Error("a challenge is base64url");
  const statement = agreementStatement(swarm, agreement.publicKey);
  return {
    swarm,
    peerKey: toBase64url(key.publicKey),
    agreementKey: toBase64url(agreement.publicKey),
    agreementSignature: toBase64url(await key.sign(statement)),
    proof: toBase64url(await key.sign(joinStatement(host, challengeBytes, swarm))),
  };
}

/** A peer that has connected, joined and announced, with its id. */
export async function memberOf(
  port: number,
  swarm: SwarmId,
  extraHeaders: Record<string, string> = {},
): Promise<{ peer: TestPeer; key: SigningKey; id: PeerId }> {
  const key = await crypto.generateSigningKey();
  const peer = await TestPeer.connect(port, extraHeaders);
  const joined = await peer.join(swarm, key);
  const announced = await peer.announce(swarm);
  if (!joined.ok || !announced.ok) throw new Error("an honest peer is let in");
  return { peer, key, id: await peerIdOf(key.publicKey, crypto) };
}
