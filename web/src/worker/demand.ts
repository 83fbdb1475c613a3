/**
 * What of a leecher's files is asked for right now. What isn't here yet is waited for, and the engine
 * fetches it before all else: the newest demand first, since that is where the person looks.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import type { PieceReader } from "@shoal/swarm/driver";
import type { Layout } from "@shoal/swarm/share/layout";

export type DemandPorts = {
  /** Whether a piece is verified and stored. */
  readonly holds: (piece: number) => boolean;
  /** Whether what is missing may still come. */
  readonly isHopeful: () => boolean;
  /** Where the newest demand is. */
  readonly playAt: (file: number, offset: number) => void;
};

type Wait = {
  readonly piece: number;
  readonly file: number;
  readonly offset: number;
  readonly come: () => void;
  readonly fail: (why: string) => void;
};

export class Demand {
  readonly #layout: Layout;
  readonly #reader: PieceReader;
  readonly #ports: DemandPorts;
  /** The newest last. */
  readonly #waits = new Set<Wait>();

  constructor(layout: Layout, reader: PieceReader, ports: DemandPorts) {
    this.#layout = layout;
    this.#reader = reader;
    this.#ports = ports;
  }

  /**
   * Bytes of a file from `offset` on: at least one, as many as its piece has, `mostBytes` at most.
   * @throws Where they can't be read or won't come, or by the signal.
   */
  async read(file: number, offset: number, mostBytes: number, signal: AbortSignal): Promise<Bytes> {
    const { pieceBytes } = this.#layout;
    const piece = this.#layout.piecesOfFile(file).first + Math.floor(offset / pieceBytes);
    const inPiece = offset % pieceBytes;
    await this.#wait(piece, file, offset, signal);
    const length = Math.min(mostBytes, this.#layout.span(piece).length - inPiece);
    const bytes = new Uint8Array(length);
    await this.#reader.read({ piece, offset: inPiece, length }, bytes);
    return bytes;
  }

  /** Something changed: pieces may have come, or may never come. */
  changed(): void {
    if (this.#waits.size === 0) return;
    const isHopeful = this.#ports.isHopeful();
    for (const wait of this.#waits) {
      if (this.#ports.holds(wait.piece)) wait.come();
      else if (!isHopeful) wait.fail("the rest won't come");
    }
  }

  #wait(piece: number, file: number, offset: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ports.holds(piece)) return resolve();
      if (signal.aborted) return reject(new Error("nobody waits for it"));
      const aborted = (): void => wait.fail("nobody waits for it any more");
      const end = (): void => {
        signal.removeEventListener("abort", aborted);
        this.#waits.delete(wait);
        const newest = [...this.#waits].at(-1);
        if (newest !== undefined) this.#ports.playAt(newest.file, newest.offset);
      };
      const wait: Wait = {
        piece,
        file,
        offset,
        come: () => {
          end();
          resolve();
        },
        fail: (why) => {
          end();
          reject(new Error(why));
        },
      };
      signal.addEventListener("abort", aborted);
      this.#waits.add(wait);
      this.#ports.playAt(file, offset);
      this.changed();
    });
  }
}
