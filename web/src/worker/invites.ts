/**
 * The invite of this page: a connection whose signals two people carry, by a code and a code back. It is
 * made whole before anything is shown, and waits as long as people take. One at a time: a new one replaces
 * the one before.
 */
import type { AgreementKey, CryptoPort } from "@shoal/swarm/crypto";
import type { PeerId } from "@shoal/swarm/ids";
import {
  type Invite,
  type Maker,
  makeInvite,
  makeReply,
  newExchange,
  openInvite,
  openReply,
  readInvite,
  readReply,
} from "@shoal/swarm/invite/codes";
import {
  type Candidate,
  candidateLine,
  describe,
  type Description,
  toSdp,
} from "@shoal/swarm/invite/description";
import type { Link } from "@shoal/swarm/share/link";
import type { SignalKind } from "@shoal/swarm/tracker/messages";
import type { Role } from "@shoal/swarm/wire/handshake";
import type { InviteState, ReplyRefusal } from "../protocol/invite.ts";

/**
 * Firefox gives a connection up 5 s after the last address of the other end came to nothing; the other end
 * answers only once a person has brought it the reply. So the addresses are told anew until then, which
 * also keeps a way through this end's router open.
 */
const RETELL_MS = 3_000;

/** Where nobody answers, and no packet goes (RFC 1112, 4): for a browser whose other end has told no address. */
const NOWHERE: Candidate = { kind: "host", priority: 1, address: "240.0.0.1", port: 9 };

export type InvitesPort = {
  /** A number for a connection that no carrier's signals make. */
  reserve(): number;
  /** Begin a connection whose signal is whole; the peer is null until the reply names it. */
  connect(connection: number, peer: PeerId | null, role: Role): void;
  /** The reply named who is at the other end. */
  name(connection: number, peer: PeerId): void;
  /** The other end's signal, as text. */
  apply(connection: number, text: string): void;
  abandon(connection: number): void;
  /** Whether this peer is connected, and has proved who it is. */
  isMet(peer: PeerId): boolean;
  tell(invite: InviteState): void;
};

type Common = {
  readonly connection: number;
  peer: PeerId | null;
};
type Pending = Common &
  (
    | { readonly role: "inviter"; readonly exchange: string; readonly fresh: AgreementKey }
    | { readonly role: "invited"; readonly invite: Invite; readonly offer: Description }
  );

export class Invites {
  readonly #maker: Maker;
  readonly #link: Link;
  readonly #crypto: CryptoPort;
  readonly #port: InvitesPort;
  #pending: Pending | null = null;
  #state: InviteState = { kind: "none" };
  /** Counts begun ones: what was awaited for an older one is of no use. */
  #turn = 0;
  #retelling: ReturnType<typeof setInterval> | undefined;

  constructor(maker: Maker, link: Link, crypto: CryptoPort, port: InvitesPort) {
    this.#maker = maker;
    this.#link = link;
    this.#crypto = crypto;
    this.#port = port;
  }

  /** Begins an invite; once its connection knows how it can be reached, its code is told. */
  async invite(): Promise<void> {
    const turn = this.#begin();
    this.#tell({ kind: "making", role: "inviter" });
    const fresh = await this.#crypto.generateAgreementKey();
    if (turn !== this.#turn) return;
    const exchange = newExchange(this.#crypto);
    this.#pending = {
      role: "inviter",
      connection: this.#port.reserve(),
      peer: null,
      exchange,
      fresh,
    };
    this.#port.connect(this.#pending.connection, null, "initiator");
  }

  /** Takes the invite that this page was opened with; then the reply's code is told. */
  async answer(code: string): Promise<void> {
    const turn = this.#begin();
    this.#tell({ kind: "making", role: "invited" });
    const invite = readInvite(code);
    const opened = invite && (await openInvite(invite, this.#maker.secrets, this.#crypto));
    if (turn !== this.#turn) return;
    if (opened === null || invite === null) return this.#fail("invited", "altered");
    const { peer, description: offer } = opened;
    if (peer === this.#maker.identity.peer) return this.#fail("invited", "own");
    const connection = this.#port.reserve();
    this.#pending = { role: "invited", connection, peer, invite, offer };
    if (this.look()) return;
    this.#port.connect(connection, peer, "responder");
    // Without addresses: these are told over and over.
    const sdp = toSdp({ ...offer, candidates: [] }, "offer");
    this.#port.apply(connection, JSON.stringify({ type: "offer", sdp }));
    this.#retell(connection, offer.candidates);
  }

  /** Takes the code that came back. What isn't good leaves the invite waiting, and is told. */
  async reply(code: string): Promise<void> {
    const [pending, state] = [this.#pending, this.#state];
    if (pending?.role !== "inviter" || pending.peer !== null || state.kind !== "waiting") return;
    const refuse = (refusal: ReplyRefusal): void => this.#tell({ ...state, refusal });
    const reply = readReply(code);
    if (reply === null) return refuse(readInvite(code) === null ? "damaged" : "invite");
    if (reply.exchange !== pending.exchange) return refuse("other");
    const { secrets, identity } = this.#maker;
    const opened = await openReply(reply, pending.fresh, secrets, this.#crypto);
    if (this.#pending !== pending || pending.peer !== null) return;
    if (opened === null || opened.peer === identity.peer) return refuse("altered");
    pending.peer = opened.peer;
    if (this.look()) return;
    this.#tell({ kind: "connecting" });
    this.#port.name(pending.connection, opened.peer);
    const sdp = toSdp(opened.description, "answer");
    this.#port.apply(pending.connection, JSON.stringify({ type: "answer", sdp }));
  }

  /** The person needs it no more; what is connected stays so. */
  cancel(): void {
    this.#begin();
    this.#tell({ kind: "none" });
  }

  /** The whole signal of a connection. False where it is none of the invite's. */
  local(connection: number, kind: SignalKind, text: string): boolean {
    if (this.#pending?.connection !== connection) return false;
    if (kind !== "candidate") void this.#makeCode(this.#pending, text);
    return true;
  }

  /** A connection is gone. */
  closed(connection: number): void {
    const pending = this.#pending;
    if (pending?.connection !== connection || this.look()) return;
    const { kind } = this.#state;
    if (kind === "making") this.#fail(pending.role, "no-way");
    else this.#fail(pending.role, kind === "connecting" ? "unreachable" : "expired");
  }

  /** Whether the other end is there now, which ends the invite. Asked whenever peers may have come. */
  look(): boolean {
    const pending = this.#pending;
    if (pending === null || pending.peer === null || !this.#port.isMet(pending.peer)) return false;
    this.#drop();
    this.#tell({ kind: "connected", peer: pending.peer });
    return true;
  }

  async #makeCode(pending: Pending, text: string): Promise<void> {
    const description = describe(sdpIn(text));
    const hasWay = description !== null && description.candidates.length > 0;
    const code = hasWay ? await this.#codeOf(pending, description) : null;
    if (this.#pending !== pending || this.#state.kind !== "making") return;
    const { role } = pending;
    if (code !== null) return this.#tell({ kind: "waiting", role, code, refusal: null });
    this.#end();
    this.#fail(role, "no-way");
  }

  #codeOf(pending: Pending, description: Description): Promise<string | null> {
    if (pending.role === "invited") {
      return makeReply(this.#maker, pending.invite, description, this.#crypto);
    }
    const { exchange, fresh } = pending;
    const of = { exchange, freshKey: fresh.publicKey, description };
    return makeInvite(this.#maker, this.#link, of, this.#crypto);
  }

  #retell(connection: number, candidates: readonly Candidate[]): void {
    // Each time under another foundation, or it would be taken for what is known already.
    let foundation = 0;
    const tell = (): void => {
      for (const candidate of [...candidates, NOWHERE]) {
        const line = candidateLine(candidate, ++foundation);
        const signal = { candidate: line, sdpMid: "0", sdpMLineIndex: 0 };
        this.#port.apply(connection, JSON.stringify({ type: "candidate", candidate: signal }));
      }
    };
    tell();
    this.#retelling = setInterval(tell, RETELL_MS);
  }

  #begin(): number {
    this.#end();
    return ++this.#turn;
  }

  /** Lets go of what waits. */
  #end(): void {
    const pending = this.#pending;
    this.#drop();
    if (pending !== null) this.#port.abandon(pending.connection);
  }

  #drop(): void {
    clearInterval(this.#retelling);
    this.#pending = null;
  }

  #fail(role: Pending["role"], reason: Extract<InviteState, { kind: "failed" }>["reason"]): void {
    this.#drop();
    this.#tell({ kind: "failed", role, reason });
  }

  #tell(state: InviteState): void {
    this.#state = state;
    this.#port.tell(state);
  }
}

/** The page's own signal: an SDP as JSON. */
function sdpIn(text: string): string {
  const signal: unknown = JSON.parse(text);
  if (typeof signal !== "object" || signal === null || !("sdp" in signal)) return "";
  return typeof signal.sdp === "string" ? signal.sdp : "";
}
