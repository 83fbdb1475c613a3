/**
 * What the page and the engine's worker say to each other. The page owns sockets and connections,
 * the worker owns everything that decides; payload never passes here unless a channel can't be
 * moved into the worker.
 */
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { ErrorCode } from "@shoal/swarm/errors";
import type { PieceMap } from "@shoal/swarm/engine/piece-map";
import type { PeerId } from "@shoal/swarm/ids";
import type { Person } from "@shoal/swarm/person";
import type { IceServer } from "@shoal/swarm/tracker/ice";
import type { SignalKind } from "@shoal/swarm/tracker/messages";
import type { InviteState } from "./invite.ts";
import type { ConflictAnswer, Placing } from "./placing.ts";
import type { RingDegree, RingView } from "./ring.ts";
import type { Room } from "./room.ts";
import type { Kind } from "./file-types.ts";
import type { Listing, Lock, Notice, Refusal, ShareState } from "./state.ts";
import type { StreamQuestion } from "./stream.ts";

/** Files with their paths, folders first. */
export type SharedFile = { readonly path: readonly string[]; readonly file: File };

/** The commands of a person that the worker carries out. */
export type Command = "download" | "pause" | "resume" | "stop";

export type ToWorker =
  /**
   * Files and handles that belong before those of the next message which has some: of very many, each
   * message takes a few, since a browser looks at every file's size when it is posted.
   */
  | {
      readonly type: "more-files";
      readonly files: readonly SharedFile[];
      readonly handles: readonly FileSystemHandle[];
    }
  /** First message: make a share. `trackers` are hosts that the link is to name. */
  | {
      readonly type: "share";
      readonly files: readonly SharedFile[];
      readonly trackers: readonly string[];
      /** Where the files, or the folders that they are in, lie; none where the browser doesn't tell. */
      readonly handles: readonly FileSystemHandle[];
      /** The page's address without its fragment: what the link begins with. */
      readonly pageUrl: string;
      /** As it was typed; null: none. */
      readonly password: string | null;
      /** The host that served the page has a catalogue. */
      readonly hasCatalogue: boolean;
    }
  /** First message: open a link. */
  | {
      readonly type: "open";
      readonly link: string;
      readonly trackers: readonly string[];
      /** A download of an earlier session, which goes on by itself else, begins paused. */
      readonly isHeld: boolean;
      /** As for `share`. */
      readonly hasCatalogue: boolean;
    }
  /** Receiver, locked: what was typed. */
  | { readonly type: "unlock"; readonly password: string }
  | { readonly type: "command"; readonly command: Command }
  /**
   * Receiver: these files alone, by index and in order; null: all. A download that runs goes on with
   * them. `choice` counts such messages, and comes back with the state that is after this one.
   */
  | {
      readonly type: "choose-files";
      readonly files: readonly number[] | null;
      readonly choice: number;
    }
  /** Who the person says they are, and whether they hide their address, from now on. */
  | { readonly type: "introduce"; readonly person: Person; readonly hidesAddress: boolean }
  /** Whether this share takes part in the ring, and how narrow that is to be. */
  | { readonly type: "ring"; readonly isOn: boolean; readonly degree: RingDegree }
  /** A bound on the payload sent to all peers together, from now on; null: none. */
  | { readonly type: "limit-upload"; readonly bytesPerSec: number | null }
  /** Sharer: the share can be found in the host's catalogue by this, from now on. */
  | { readonly type: "publish"; readonly description: Description }
  /** Sharer: it can't any more. */
  | { readonly type: "withdraw" }
  /** Sharer, paused: goes on with these files; null: with those that the browser knows. */
  | {
      readonly type: "go-on";
      readonly files: readonly SharedFile[] | null;
      readonly handles: readonly FileSystemHandle[];
    }
  /** Sharer, paused: fetches the files like anyone who opens the link. */
  | { readonly type: "fetch-instead" }
  /** Receiver: files that may be the share's. */
  | { readonly type: "own-copy"; readonly files: readonly SharedFile[] }
  /** Prepare a file, or all that are chosen as one where null, to be handed to the browser. */
  | { readonly type: "save"; readonly file: number | null }
  /** Write all chosen files to a folder, or the only one to a file, that the person chose. */
  | {
      readonly type: "place";
      readonly place: FileSystemDirectoryHandle | FileSystemFileHandle;
    }
  | {
      readonly type: "place-answer";
      readonly file: number;
      readonly answer: ConflictAnswer;
      readonly forAll: boolean;
    }
  /** Go on after a failure: with the file that failed, or without it. */
  | { readonly type: "place-again"; readonly leaveOut: boolean }
  | { readonly type: "place-cancel" }
  /** Show a file; what is missing of it is fetched, and no more. */
  | { readonly type: "open-file"; readonly file: number }
  | { readonly type: "close-file" }
  /** The service worker asks for an opened file, and is answered on the port. */
  | (StreamQuestion & { readonly port: MessagePort })
  /** Invite somebody by a code, in place of an invite that waits. */
  | { readonly type: "invite" }
  /** The invite that this page was opened with: the part of the URL after the `#`. */
  | { readonly type: "answer-invite"; readonly code: string }
  /** Inviter: what the person was sent back. */
  | { readonly type: "invite-reply"; readonly code: string }
  | { readonly type: "invite-cancel" }
  /** Leave, and remove what was fetched from this browser. */
  | { readonly type: "discard" }
  /** Sockets to these are opened as well: none of the link's own has answered for a while. */
  | { readonly type: "more-trackers"; readonly hosts: readonly string[] }
  | { readonly type: "tracker-challenge"; readonly host: string; readonly challenge: unknown }
  | { readonly type: "tracker-down"; readonly host: string }
  | { readonly type: "tracker-reply"; readonly request: number; readonly reply: unknown }
  | { readonly type: "tracker-signal"; readonly signal: unknown }
  /** A connection's data channel: moved here, or null where the page forwards its frames. */
  | {
      readonly type: "channel";
      readonly connection: number;
      readonly channel: RTCDataChannel | null;
    }
  /** The channel of a second connection to the same page. */
  | { readonly type: "lane"; readonly connection: number; readonly channel: RTCDataChannel }
  | {
      readonly type: "connection-signal";
      readonly connection: number;
      readonly kind: SignalKind;
      readonly text: string;
    }
  /** Both descriptions are set: the DTLS fingerprints are known. */
  | {
      readonly type: "connection-stable";
      readonly connection: number;
      readonly localFingerprint: string;
      readonly remoteFingerprint: string;
    }
  /** The ends have reached each other: through a TURN server, or without. */
  | {
      readonly type: "connection-way";
      readonly connection: number;
      readonly isRelayed: boolean;
    }
  | { readonly type: "connection-closed"; readonly connection: number }
  | { readonly type: "forwarded-open"; readonly connection: number }
  | {
      readonly type: "forwarded-frame";
      readonly connection: number;
      readonly frame: ArrayBuffer;
    }
  /** `deliveredBytes` have left the page's send buffer since the channel opened. */
  | {
      readonly type: "forwarded-delivered";
      readonly connection: number;
      readonly deliveredBytes: number;
    };

/** State without what has messages of its own: the list of files is sent once. */
export type StateUpdate = Omit<
  ShareState,
  | "files"
  | "link"
  | "notices"
  | "saving"
  | "role"
  | "self"
  | "placing"
  | "listing"
  | "ring"
  | "room"
  | "isKept"
  | "knowsFiles"
  | "checking"
  | "refusal"
  | "hasRelay"
  | "uploadLimitBytesPerSec"
  | "pieces"
  | "speeds"
  | "telling"
  | "chosen"
  | "fetched"
  | "cancelled"
  | "metered"
  | "hold"
  | "isProtected"
  | "password"
  | "lock"
  | "invite"
>;

export type FileEntry = { readonly path: readonly string[]; readonly sizeBytes: number };

export type FileRefusal =
  /** Its bytes aren't what its name says. */
  | "unlike"
  /** What is missing of it won't come. */
  | "gone";

export type FromWorker =
  | { readonly type: "link"; readonly link: string }
  /** This page's own id in the share. */
  | { readonly type: "self"; readonly peer: PeerId }
  /** Trackers to hold a socket to. */
  | { readonly type: "trackers"; readonly hosts: readonly string[] }
  /** It has taken this browser in. */
  | { readonly type: "tracker-joined"; readonly host: string }
  | { readonly type: "files"; readonly files: readonly FileEntry[] }
  | {
      readonly type: "state";
      readonly state: StateUpdate;
      /** Of the newest `choose-files` that this is after; 0 before the first. */
      readonly choice: number;
      readonly verifiedBytesOfFile: Float64Array<ArrayBuffer>;
      /** Null until the files are known. */
      readonly pieces: PieceMap | null;
    }
  | { readonly type: "role"; readonly role: ShareState["role"] }
  /** Sharer: what of the share this browser keeps, and where the files lie if it knows. */
  | {
      readonly type: "kept";
      readonly isKept: boolean;
      readonly handles: readonly FileSystemHandle[];
    }
  /** Receiver: which files are wanted, where the page didn't say so; by index and in order. */
  | { readonly type: "chosen"; readonly files: readonly number[] }
  /** Sharer: the files that an earlier visit's share goes on with. */
  | {
      readonly type: "shared-files";
      readonly files: readonly SharedFile[];
      readonly handles: readonly FileSystemHandle[];
    }
  /** Sharer: how much may be sent per second, by an earlier visit's choice; null: no bound. */
  | { readonly type: "upload-limit"; readonly bytesPerSec: number | null }
  /** Where this browser is in the ring; null: it isn't. */
  | { readonly type: "ring"; readonly view: RingView | null }
  /** Told where the host has a catalogue. */
  | { readonly type: "listing"; readonly listing: Listing }
  /** Receiver: where it stands with the password; null: it was right. */
  | { readonly type: "lock"; readonly lock: Lock | null }
  | { readonly type: "checking"; readonly checking: ShareState["checking"] }
  /** Null: the files were taken. */
  | { readonly type: "refusal"; readonly refusal: Refusal | null }
  | { readonly type: "discarded" }
  | { readonly type: "failed"; readonly code: ErrorCode }
  | { readonly type: "notice"; readonly notice: Notice; readonly isOn: boolean }
  /** Files are being made ready to be handed to the browser. */
  | { readonly type: "saving"; readonly isOn: boolean }
  | { readonly type: "room"; readonly room: Room }
  /** How far writing to a chosen place is; null where there is nothing to say of it. */
  | { readonly type: "placing"; readonly placing: Placing | null }
  | { readonly type: "ready-to-save"; readonly file: File; readonly name: string }
  /** What it may be shown as, and the path of its bytes. */
  | {
      readonly type: "file-opened";
      readonly file: number;
      readonly kind: Kind;
      readonly path: string;
    }
  | { readonly type: "file-refused"; readonly file: number; readonly why: FileRefusal }
  | {
      readonly type: "tracker-request";
      readonly host: string;
      readonly request: number;
      readonly event: string;
      readonly message: unknown;
    }
  /** For connections from now on. */
  | { readonly type: "ice-servers"; readonly servers: readonly IceServer[] }
  | {
      readonly type: "connect";
      readonly connection: number;
      readonly isInitiator: boolean;
      /** Its first signal is to hold all addresses, and stays the only one. */
      readonly isWhole?: true;
    }
  | { readonly type: "invite"; readonly invite: InviteState }
  | { readonly type: "apply-signal"; readonly connection: number; readonly text: string }
  /** Open a second connection to the same page: much comes over this one. */
  | { readonly type: "widen"; readonly connection: number }
  | { readonly type: "disconnect"; readonly connection: number }
  | { readonly type: "forward"; readonly connection: number; readonly frame: ArrayBuffer };
