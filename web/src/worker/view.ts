/** From the engine's snapshot to what the page shows. */
import type { EngineSnapshot } from "@shoal/swarm/engine/io";
import type { PeerId } from "@shoal/swarm/ids";
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { StateUpdate } from "../protocol/messages.ts";
import type { PeerWay, Phase } from "../protocol/state.ts";
import type { Choice, Wishes } from "./wishes.ts";

/** What the person pressed: the engine may fetch an opened file besides. */
type Wished = Pick<Wishes, "isAsked" | "isPaused" | "chosen">;

/** How much there is of some files, and whether each of them is whole. */
type Sum = {
  readonly totalBytes: number;
  readonly verifiedBytes: number;
  readonly isWhole: boolean;
};

/** Of the files that the person chose; null: of all. */
export function sumOf(
  { manifest, verifiedBytes, verifiedBytesOfFile, isComplete }: EngineSnapshot,
  chosen: Choice,
): Sum {
  const layout = manifest?.layout;
  if (layout === undefined) return { totalBytes: 0, verifiedBytes: 0, isWhole: false };
  const { totalBytes, fileSizes } = layout;
  if (chosen === null) return { totalBytes, verifiedBytes, isWhole: isComplete };
  const sum = { totalBytes: 0, verifiedBytes: 0 };
  for (const file of chosen) {
    sum.totalBytes += fileSizes[file] ?? 0;
    sum.verifiedBytes += verifiedBytesOfFile[file] ?? 0;
  }
  return { ...sum, isWhole: sum.verifiedBytes >= sum.totalBytes };
}

/** What the page shows while nothing is known of a share. */
function phaseOf(
  snapshot: EngineSnapshot,
  isSharer: boolean,
  wishes: Wished,
  { isWhole }: Sum,
): Phase {
  if (snapshot.status.kind === "failed") return "failed";
  if (snapshot.status.kind === "ended") return "ended";
  if (isSharer) return "sharing";
  if (snapshot.status.kind === "left") return "ended";
  if (snapshot.manifest === null) {
    // Waiting means: the tracker was asked, and nobody who is here can tell what this is.
    const isHopeful =
      snapshot.isMeeting || snapshot.isMissingHeld || snapshot.swarmPeerCount === null;
    return isHopeful ? "connecting" : "waiting";
  }
  if (snapshot.wanted && (snapshot.isComplete || (wishes.isAsked && isWhole))) return "done";
  if (!snapshot.wanted || !wishes.isAsked) return "ready";
  if (snapshot.paused || snapshot.isDiskFull || wishes.isPaused) return "paused";
  const isComparing = snapshot.ownCopy?.isComparing ?? false;
  return snapshot.isMissingHeld || isComparing ? "downloading" : "waiting";
}

/** Seconds left at a rate that is smoothed over about ten updates, so that it doesn't jump. */
export class Forecast {
  #smoothBytesPerSec: number | null = null;

  secondsLeft(leftBytes: number, bytesPerSec: number, isRunning: boolean): number | null {
    if (!isRunning || bytesPerSec <= 0) {
      this.#smoothBytesPerSec = null;
      return null;
    }
    this.#smoothBytesPerSec ??= bytesPerSec;
    this.#smoothBytesPerSec += (bytesPerSec - this.#smoothBytesPerSec) / 10;
    return leftBytes / this.#smoothBytesPerSec;
  }
}

/** A share's name: its only file's, or the folder that holds everything, else of the first. */
export function nameOf({ manifest }: Pick<EngineSnapshot, "manifest">): string {
  const files = manifest?.files ?? [];
  const top = files[0]?.path[0] ?? "";
  const isCommon = files.every((file) => file.path[0] === top);
  return isCommon || files.length === 0 ? top : `${top} + ${files.length - 1}`;
}

/** What the page of a share shows that its sharer could go on with. */
export function restingView(manifest: Manifest, hashedBytes: number): StateUpdate {
  return {
    phase: "paused",
    error: null,
    name: nameOf({ manifest }),
    totalBytes: manifest.layout.totalBytes,
    verifiedBytes: 0,
    hashedBytes,
    sentBytes: 0,
    receivedBytes: 0,
    downloadBytesPerSec: 0,
    uploadBytesPerSec: 0,
    secondsLeft: null,
    wanted: false,
    stoppedHere: false,
    peers: [],
    copiesOut: 0,
    swarmPeerCount: null,
    ownCopy: null,
  };
}

/**
 * Of a receiver, bytes are those of the files that they chose.
 *
 * @param wayOf How each peer was met and is reached, as far as is known.
 */
export function viewOf(
  snapshot: EngineSnapshot,
  isSharer: boolean,
  forecast: Forecast,
  wishes: Wished,
  wayOf: (peer: PeerId) => PeerWay = () => ({ isRelayed: null, foundBy: null }),
): StateUpdate {
  const sum = sumOf(snapshot, wishes.chosen);
  const { totalBytes, verifiedBytes } = sum;
  const phase = phaseOf(snapshot, isSharer, wishes, sum);
  const { manifest, status, downloadBytesPerSec } = snapshot;
  const pieceCount = manifest?.layout.pieceCount ?? 0;
  const isChanged = status.kind === "ended" && status.reason === "sourceChanged";
  return {
    phase,
    error: status.kind === "failed" ? status.code : isChanged ? "source-changed" : null,
    name: nameOf(snapshot),
    totalBytes,
    verifiedBytes,
    hashedBytes: snapshot.hashedBytes,
    sentBytes: snapshot.sentBytes,
    receivedBytes: snapshot.receivedBytes,
    downloadBytesPerSec,
    uploadBytesPerSec: snapshot.uploadBytesPerSec,
    secondsLeft: forecast.secondsLeft(
      totalBytes - verifiedBytes,
      downloadBytesPerSec,
      phase === "downloading",
    ),
    peers: snapshot.peers.map((peer) => ({
      id: peer.peer,
      person: peer.person,
      has: pieceCount === 0 ? 0 : peer.pieceCount / pieceCount,
      isSharer: peer.isSharer,
      ...wayOf(peer.peer),
      downloadBytesPerSec: peer.downloadBytesPerSec,
      uploadBytesPerSec: peer.uploadBytesPerSec,
      receivedBytes: peer.receivedBytes,
      sentBytes: peer.sentBytes,
    })),
    copiesOut: snapshot.copiesOut,
    wanted: snapshot.wanted && (wishes.isAsked || snapshot.isComplete),
    stoppedHere: status.kind === "left",
    ownCopy: snapshot.ownCopy,
    swarmPeerCount: snapshot.swarmPeerCount,
  };
}
