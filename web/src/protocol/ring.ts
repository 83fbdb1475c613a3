/**
 * What the tabs of one browser say to each other about the ring, over a `BroadcastChannel`. One of them
 * holds the browser's place in the ring (the *host*), and does for all what only it can; every open share
 * and every search that wants something of the ring is a *client*.
 */
import type { RingRecord } from "@shoal/swarm/overlay/io";
import type { RingId } from "@shoal/swarm/overlay/position";
import type { RingConfig } from "@shoal/swarm/overlay/core";
import type { PeerId } from "@shoal/swarm/ids";

const RING_CHANNEL = "shoal:ring";
/** The Web Lock that the host holds. */
export const RING_LOCK = "shoal:ring";

/** How narrow a ring is: for tests, where a small one shall have long ways. */
export type RingDegree = Pick<RingConfig, "nearEachSide" | "fingers" | "copies">;

/** Random, one for each client of this browser. */
export type ClientId = string;

/** The host's place in the ring, as it is now. */
export type RingPlace = {
  readonly ring: RingId;
  /** Peers that it has a link to: with none there is nobody to ask. */
  readonly linkCount: number;
};

/** What a share's page can say of it. */
export type RingView = RingPlace & {
  /** Links that the last lookup of a member went over which found one; null: none has yet. */
  readonly hops: number | null;
};

export type ToRingHost =
  /** Where are you? Answered with `here`, by a host. */
  | { readonly type: "who" }
  | { readonly type: "put"; readonly record: RingRecord }
  | {
      readonly type: "get";
      readonly client: ClientId;
      readonly request: number;
      readonly key: string;
    }
  /** A signal for a member of a swarm, through the ring. `conversation` is the client's own name for it. */
  | {
      readonly type: "reach";
      readonly client: ClientId;
      readonly conversation: string;
      readonly ring: RingId;
      readonly signal: Uint8Array<ArrayBuffer>;
    }
  /** Back to who called. */
  | { readonly type: "reply"; readonly call: number; readonly signal: Uint8Array<ArrayBuffer> }
  /** A neighbour of this client's swarm says that its browser has this place. */
  | {
      readonly type: "met";
      readonly client: ClientId;
      readonly peer: PeerId;
      readonly ring: RingId;
    }
  /** That neighbour brought a first signal of its browser's, or a further one. */
  | {
      readonly type: "heard";
      readonly client: ClientId;
      readonly peer: PeerId;
      readonly content: Uint8Array<ArrayBuffer>;
    };

export type FromRingHost =
  /** Also told whenever it changes. Null: the host has gone, and another one may come. */
  | { readonly type: "here"; readonly place: RingPlace | null }
  | {
      readonly type: "found";
      readonly client: ClientId;
      readonly request: number;
      readonly records: readonly RingRecord[];
      /** Links that the question went over, at most. */
      readonly hops: number;
    }
  /** The other end's, of a conversation that this client began. */
  | {
      readonly type: "answered";
      readonly client: ClientId;
      readonly conversation: string;
      readonly signal: Uint8Array<ArrayBuffer>;
    }
  /** It leads nowhere, or is over. */
  | { readonly type: "over"; readonly client: ClientId; readonly conversation: string }
  /** For whichever client can open it: somebody's first signal, or a further one. */
  | {
      readonly type: "called";
      readonly call: number;
      readonly signal: Uint8Array<ArrayBuffer>;
    }
  /** To a neighbour in this client's swarm, for its browser. */
  | {
      readonly type: "say";
      readonly client: ClientId;
      readonly peer: PeerId;
      readonly content: Uint8Array<ArrayBuffer>;
    };

/** The part of a `BroadcastChannel` that both sides use. */
export interface RingPipe<Out, In> {
  post(message: Out): void;
  /** Replaces what heard before. */
  hear(heard: (message: In) => void): void;
  close(): void;
}

export const hostPipe = (): RingPipe<FromRingHost, ToRingHost> => pipe("host");
export const clientPipe = (): RingPipe<ToRingHost, FromRingHost> => pipe("clients");

type End = "host" | "clients";

/** Messages to the host and from it go over one channel, and say to which end. */
function pipe<Out, In>(mine: End): RingPipe<Out, In> {
  const channel = new BroadcastChannel(RING_CHANNEL);
  const theirs: End = mine === "host" ? "clients" : "host";
  return {
    post: (message) => channel.postMessage({ to: theirs, message }),
    hear(heard) {
      channel.addEventListener("message", ({ data }: MessageEvent<{ to: End; message: In }>) => {
        if (data.to === mine) heard(data.message);
      });
    },
    close: () => channel.close(),
  };
}
