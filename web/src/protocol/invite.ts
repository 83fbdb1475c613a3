/** An invite: a connection whose signals two people carry, by a code and a code back. */
import type { PeerId } from "@shoal/swarm/ids";

/** Who made the first code, and who opened it. */
export type InviteRole = "inviter" | "invited";

/** Why a code that came back wasn't taken. */
export type ReplyRefusal =
  /** It is no reply: cut, mistyped, something else. */
  | "damaged"
  /** It is an invite. */
  | "invite"
  /** It answers another invite, perhaps to another share. */
  | "other"
  /** It was altered on its way. */
  | "altered";

export type InviteFailure =
  /** The browser has no address that it would tell, or makes no connection. */
  | "no-way"
  /** Nobody connected in time. */
  | "expired"
  /** Both codes are there, and the two can't reach each other. */
  | "unreachable"
  /** The invite was altered on its way. */
  | "altered"
  /** It is this page's own. */
  | "own";

export type InviteState =
  | { readonly kind: "none" }
  | { readonly kind: "making"; readonly role: InviteRole }
  /** The inviter's for the reply, the invited one's for the inviter to take it. */
  | {
      readonly kind: "waiting";
      readonly role: InviteRole;
      /** To be handed over: what follows the `#`. */
      readonly code: string;
      /** Inviter: of the code that was given last. */
      readonly refusal: ReplyRefusal | null;
    }
  /** Inviter: the reply is there. */
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly peer: PeerId }
  | { readonly kind: "failed"; readonly role: InviteRole; readonly reason: InviteFailure };
