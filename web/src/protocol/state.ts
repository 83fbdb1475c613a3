/** What a page shows of one share: the state that views derive from, and nothing else. */
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { ErrorCode } from "@shoal/swarm/errors";
import type { OwnCopySnapshot } from "@shoal/swarm/engine/io";
import type { PieceMap } from "@shoal/swarm/engine/piece-map";
import type { PeerId } from "@shoal/swarm/ids";
import type { Person } from "@shoal/swarm/person";
import type { InviteState } from "./invite.ts";
import type { Placing } from "./placing.ts";
import type { RingView } from "./ring.ts";
import type { Room } from "./room.ts";

/** Where the share on this page stands. The names are part of the page's contract. */
export type Phase =
  /** This page made the share and serves it. */
  | "sharing"
  /** Reaching the server and the first peer; the files aren't known yet. */
  | "connecting"
  /** Asks for a password. */
  | "locked"
  /** Nobody who is here has what is missing. Goes on by itself when someone comes. */
  | "waiting"
  /** The files are known; download hasn't been pressed. */
  | "ready"
  | "downloading"
  /** By the person's wish; a sharer's: this page could go on sharing, and asks for the files. */
  | "paused"
  /** Every piece of the chosen files is verified and on disk; goes on seeding. */
  | "done"
  /** The sharer ended the share. What is here stays. */
  | "ended"
  /** `error` says why. */
  | "failed";

/** A trouble that doesn't stop what is running. */
export type Notice =
  /** The server can't be reached: no new peers until it is back; retried by itself. */
  | "server-unreachable"
  /** Offline, says the browser. */
  | "offline"
  /** The disk filled up in the middle: it goes on by itself when there is room. */
  | "disk-full"
  /** The last attempt to hand the files to the browser failed; save can be pressed again. */
  | "save-failed";

/** Why files that a person chose weren't taken; with the first file that is the reason, if one is. */
export type Refusal = {
  readonly reason:
    /** A file of the share isn't among them. */
    | "missing"
    /** It is there, with another size. */
    | "other-size"
    /** It isn't as it was when it was shared. */
    | "other-content"
    | "unreadable"
    /** The browser may not read them without being asked to. */
    | "not-allowed"
    /** None of them is a file of the share. */
    | "none-match";
  readonly name: string;
};

/** Where a share stands that asks for a password. */
export type Lock =
  | "asked"
  /** One was given, and is worked on for a second or more. */
  | "trying"
  /** The last one was. */
  | "wrong";

export type FileState = {
  /** Path from the share's top, folders first; already checked and normalised. */
  readonly path: readonly string[];
  readonly sizeBytes: number;
  readonly verifiedBytes: number;
};

/** What brought the signals by which a peer was reached. */
export type CarrierName =
  | "tracker"
  /** A peer that both ends are connected to. */
  | "neighbour"
  /** The ring of peers across swarms. */
  | "ring"
  /** A code that a person passed on. */
  | "invite";

/** How a peer was met and is reached; null while unknown. */
export type PeerWay = {
  /** Through a TURN server. */
  readonly isRelayed: boolean | null;
  readonly foundBy: CarrierName | null;
};

export type PeerState = PeerWay & {
  readonly id: PeerId;
  /** Who they say they are, made harmless; null until they do. */
  readonly person: Person | null;
  /** Share of all pieces that this peer has, 0 to 1. */
  readonly has: number;
  readonly isSharer: boolean;
  readonly downloadBytesPerSec: number;
  readonly uploadBytesPerSec: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
};

/** Whether the browser says a word when all is there while the page isn't in view. */
export type Telling =
  /** It could, if the person wishes. */
  | "off"
  | "on"
  /** The person, or a policy, doesn't let it. */
  | "denied"
  | "impossible";

/** Why the connection is to be spared: mobile data, or the person told the browser so. */
export type Metered = "cellular" | "save-data";

/** What holds a download off such a connection: a question to the person, or their wish to wait. */
export type Hold = "asking" | "waiting";

/** What came and went in the time of one sample, in bytes per second. */
export type SpeedSample = { readonly down: number; readonly up: number };

/** Where a share stands with the catalogue of the host that served the page. */
export type Listing =
  /** The host has no catalogue, or this share can't be listed. */
  | { readonly kind: "off" }
  | { readonly kind: "unlisted" }
  /** `description` null: a withdrawal. */
  | { readonly kind: "sending"; readonly description: Description | null }
  | { readonly kind: "listed"; readonly description: Description }
  /** It didn't work; `description`: what was to be published, null for a withdrawal. */
  | {
      readonly kind: "refused";
      readonly reason: ListingRefusal;
      readonly description: Description | null;
    };

export type ListingRefusal =
  /** The host doesn't list this share. */
  | "blocked"
  /** As many are listed from this address as the host lets. */
  | "too-many"
  /** The host doesn't answer: tried again by itself. */
  | "unreachable"
  /** For any other reason. */
  | "refused";

export type ShareState = {
  readonly role: "sharer" | "receiver";
  readonly phase: Phase;
  /** Set when `phase` is `failed`; on `ended`, why it ended if not by the sharer's wish. */
  readonly error: ErrorCode | null;
  readonly notices: readonly Notice[];
  /** The whole URL; null until a sharer's link is made (milliseconds). */
  readonly link: string | null;
  /** Whether the link asks for a password. */
  readonly isProtected: boolean;
  /** Sharer: as it was set on this page, which alone knows it; null after a reload. */
  readonly password: string | null;
  /** Receiver: null unless `locked`. */
  readonly lock: Lock | null;
  /** What to call the share: its only file's or folder's name, or "" while unknown. */
  readonly name: string;
  /** Empty until the manifest is known. */
  readonly files: readonly FileState[];
  /** Receiver: the files that are ticked, by index; null: all. */
  readonly chosen: ReadonlySet<number> | null;
  /**
   * Receiver: the files that a download fetches, or has fetched. As `chosen`, but once all of them are
   * there: then others are chosen first, and fetched when download is pressed again.
   */
  readonly fetched: ReadonlySet<number> | null;
  /** Of a receiver's `fetched` files alone; of a sharer's all. */
  readonly totalBytes: number;
  readonly verifiedBytes: number;
  /** Content whose piece hashes are known: at the sharer, how far hashing has come. */
  readonly hashedBytes: number;
  /** Payload to and from peers. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Over the last seconds. */
  readonly downloadBytesPerSec: number;
  readonly uploadBytesPerSec: number;
  /** The last minute's, one a second, the newest last. */
  readonly speeds: readonly SpeedSample[];
  /** Where the pieces are; null until the files are known. */
  readonly pieces: PieceMap | null;
  /** The person's bound on what is sent to all peers together; null: none. */
  readonly uploadLimitBytesPerSec: number | null;
  /** Null while unknown. */
  readonly secondsLeft: number | null;
  /** The person asked for the files on this page. */
  readonly wanted: boolean;
  /** The person stopped on this page, which is why it `ended`: `resume` goes on with what is here. */
  readonly stoppedHere: boolean;
  /** The person cancelled on this page, which is why it `ended`: nothing of it is kept. */
  readonly cancelled: boolean;
  /** This page's own, in this share; null until it joins. */
  readonly self: PeerId | null;
  /** Connected peers only. */
  readonly peers: readonly PeerState[];
  /**
   * Full copies among them: how often everything is out there, and behind the point the share of
   * pieces that are out once more.
   */
  readonly copiesOut: number;
  /** Peers in the swarm according to the server, this one left out; null while unknown. */
  readonly swarmPeerCount: number | null;
  /** Whether a tracker names a relay, for peers that can't reach each other; null while unknown. */
  readonly hasRelay: boolean | null;
  /** Sharer: this browser has what it takes to go on after the page was closed. */
  readonly isKept: boolean;
  /** Sharer, paused: the browser still knows where the files lie. */
  readonly knowsFiles: boolean;
  /** Sharer, paused: hash pages that the chosen files were compared with; null while none are. */
  readonly checking: { readonly done: number; readonly total: number } | null;
  /** Of the files that were chosen last for this share. */
  readonly refusal: Refusal | null;
  /** Receiver: how far their own copy is compared; null where they brought none. */
  readonly ownCopy: OwnCopySnapshot | null;
  readonly telling: Telling;
  /** Null where the connection costs nothing, as far as the browser tells. */
  readonly metered: Metered | null;
  /** Receiver: null while nothing is held. */
  readonly hold: Hold | null;
  /** A ZIP or file is being handed to the browser right now. */
  readonly saving: boolean;
  /** Null while unknown. */
  readonly room: Room | null;
  /** Files are written to a place that the person chose, or were; null where none was. */
  readonly placing: Placing | null;
  readonly invite: InviteState;
  /** Sharer; a receiver's is `off`. */
  readonly listing: Listing;
  /** This browser's place in the ring; null where it has none. */
  readonly ring: RingView | null;
};
