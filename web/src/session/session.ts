/**
 * One share on this page: state outside React, and the commands that change it. Components read it
 * through `useSession`; they never touch sockets, connections or the worker.
 */
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { ConflictAnswer } from "../protocol/placing.ts";
import type { SharedFile } from "../protocol/messages.ts";
import type { ShareState } from "../protocol/state.ts";
import type { Viewer } from "./viewer.ts";

/** Files, and where they lie as far as the browser tells. */
export type SharedFiles = {
  readonly files: readonly SharedFile[];
  readonly handles: readonly FileSystemHandle[];
};

export interface Session {
  /** The newest state; the same object until something changed. */
  getState(): ShareState;
  /** Calls back after each change, at most a few times a second; returns the way to stop. */
  subscribe(changed: () => void): () => void;

  /** Receiver, locked: tries this password. */
  unlock(password: string): void;
  /** Sharer: what is shared, for another share of the same; null while this page doesn't know. */
  sharedFiles(): SharedFiles | null;
  /**
   * Starts fetching, as soon as the files are known, and saves once by itself when all is there. From
   * `ready` or `waiting`. Over a connection that costs it asks first, as `resume` does: see `hold`.
   */
  download(): void;
  /**
   * Receiver: ticks these files alone, by index; null: all. A download that runs goes on with them, and
   * without any it is over; once all that was fetched is there, `download` fetches the rest of them.
   */
  choose(files: ReadonlySet<number> | null): void;
  pause(): void;
  resume(): void;
  /** Answers what `hold` asks: whether to fetch over this connection, or to wait for another. */
  answerHold(mayUse: boolean): void;
  /** Sharer: ends the share for good, signed. Receiver: stops fetching and helping. */
  stop(): void;
  /**
   * Sharer, paused: goes on with these files, or with those that the browser knows where null, which
   * has to be within a click. `handles` say where the files lie, as for a new share.
   */
  goOnSharing(
    files: readonly SharedFile[] | null,
    handles: readonly FileSystemHandle[],
  ): Promise<void>;
  /** Sharer, paused: fetches the files like anyone who opens the link. */
  fetchInstead(): void;
  /** Receiver: takes what of these files is the share's, and fetches the rest. */
  bringCopy(files: readonly SharedFile[]): void;
  /**
   * Bounds what is sent to all peers together; null: no bound. A sharer's is kept with the share, a
   * receiver's until the page is left.
   */
  limitUpload(bytesPerSec: number | null): void;
  /**
   * Sharer: has the share found by this in the catalogue of the host that served the page, in place of
   * what was published before. `ShareState.listing` says what comes of it.
   */
  publish(description: Description): void;
  /** Sharer: takes it out of the catalogue, or gives up what is being published. */
  withdraw(): void;
  /**
   * Begins an invite: a connection to somebody by a code and a code back, without a server. Replaces one
   * that waits. `ShareState.invite` says what comes of it.
   */
  invite(): void;
  /** Answers the invite by which this share was opened: what follows the URL's `#`. */
  answerInvite(code: string): void;
  /** Inviter: takes what came back, a code or a URL that carries one. */
  takeReply(code: string): void;
  /** Gives the invite up; what is connected stays so. */
  cancelInvite(): void;
  /**
   * Has the browser say `words` when all is there and the page isn't in view, if the person lets it.
   * To be called while a press of a button is handled.
   */
  tellWhenDone(words: string): Promise<void>;
  /** Hands the fetched files to the browser: one file as it is, several as one ZIP. */
  save(): void;
  /** Hands one finished file to the browser; `index` into `ShareState.files`. */
  saveFile(index: number): void;
  /**
   * Asks where to, and writes the fetched files there: see `canChoosePlace`. Called while a press
   * of a button is handled, which is when browsers show what asks.
   */
  saveTo(): void;
  /** Says what to do with a name that is taken; `file` as in `placing`. */
  answerConflict(file: number, answer: ConflictAnswer, forAll: boolean): void;
  /** Goes on writing after a failure, with the file that failed or without it. */
  saveToAgain(leaveOut: boolean): void;
  /** Stops writing; what is written stays, and nothing of the file that was being written. */
  cancelSaveTo(): void;
  /** Shows one file, also while it still arrives. */
  readonly viewer: Pick<Viewer, "getState" | "subscribe" | "open" | "close">;
  /** Receiver: leaves, and removes what was fetched from this browser; settles once it is gone. */
  discard(): Promise<void>;
  /** Receiver: the same, and the page says so. */
  cancel(): Promise<void>;
  /** Leaves the swarm and frees everything. The session can't be used afterwards. */
  close(): void;
}
