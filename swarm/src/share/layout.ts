/**
 * Where pieces lie. Every file starts a piece of its own, so that a piece belongs to one file, a
 * file is complete when its pieces are, and one that isn't wanted costs nothing. A hash page is a
 * run of pieces that covers at most 32 MiB.
 */
import { LIMITS } from "../limits.ts";

/** A run of bytes of one file. */
export type Span = { readonly file: number; readonly offset: number; readonly length: number };

export class Layout {
  readonly pieceBytes: number;
  readonly pieceCount: number;
  readonly pageCount: number;
  /** Pieces in every page but the last. */
  readonly piecesPerPage: number;
  readonly totalBytes: number;
  readonly fileSizes: readonly number[];
  /** The first piece of each file, and behind them the piece count. */
  readonly #firstPieces: readonly number[];

  /** `pieceBytes` is a power of two; sizes are whole numbers of bytes. */
  constructor(fileSizes: readonly number[], pieceBytes: number) {
    this.fileSizes = fileSizes;
    this.pieceBytes = pieceBytes;
    this.piecesPerPage = LIMITS.pageContentBytes / pieceBytes;
    const firstPieces = [0];
    let pieceCount = 0;
    let totalBytes = 0;
    for (const size of fileSizes) {
      pieceCount += Math.ceil(size / pieceBytes);
      totalBytes += size;
      firstPieces.push(pieceCount);
    }
    this.#firstPieces = firstPieces;
    this.pieceCount = pieceCount;
    this.totalBytes = totalBytes;
    this.pageCount = Math.ceil(pieceCount / this.piecesPerPage);
  }

  /** The bytes of a piece. */
  span(piece: number): Span {
    let low = 0;
    let high = this.fileSizes.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#firstPiece(middle) <= piece) low = middle;
      else high = middle;
    }
    const offset = (piece - this.#firstPiece(low)) * this.pieceBytes;
    const size = this.fileSizes[low] ?? 0;
    return { file: low, offset, length: Math.min(this.pieceBytes, size - offset) };
  }

  /** Whether these are the bounds of a block: whole ones, the last cut by its piece's end. */
  isBlock(block: { piece: number; offset: number; length: number }): boolean {
    if (block.piece >= this.pieceCount || block.offset % LIMITS.blockBytes !== 0) return false;
    const pieceBytes = this.span(block.piece).length;
    return (
      block.offset < pieceBytes &&
      block.length === Math.min(LIMITS.blockBytes, pieceBytes - block.offset)
    );
  }

  /** Pieces `[first, end)` of a file; none for an empty one. */
  piecesOfFile(file: number): { readonly first: number; readonly end: number } {
    return { first: this.#firstPiece(file), end: this.#firstPiece(file + 1) };
  }

  pageOf(piece: number): number {
    return Math.floor(piece / this.piecesPerPage);
  }

  /** Pieces `[first, end)` of a page. */
  piecesOfPage(page: number): { readonly first: number; readonly end: number } {
    const first = page * this.piecesPerPage;
    return { first, end: Math.min(first + this.piecesPerPage, this.pieceCount) };
  }

  #firstPiece(file: number): number {
    return this.#firstPieces[file] ?? this.pieceCount;
  }
}

/** So many pieces are enough for a swarm to spread, as far as a piece stays within the first size; */
const MANY_PIECES = 512;
const QUICK_PIECE_BYTES = 256 * 1024;
/** of larger shares there are more pieces, up to so many. */
const MOST_PIECES = 16_384;

/**
 * The piece size for a share: the smallest power of two from 64 KiB that makes about 500 pieces or
 * fewer, but of up to 256 KiB only; then the smallest up to 4 MiB that makes about 16,000 or fewer.
 *
 * Many pieces spread sooner (the 1 + log2(N)/M of Mundinger, Weber and Weiss), but with 500 there
 * are 2% left to gain for 1,000 peers, and each piece costs requests, a hash, a write and HAVEs:
 * 100 MB to four in one browser engine took 15% less of the processor in pieces of 256 KiB than of
 * 64 KiB. Larger ones cost more again: 512 MB from one to one took a tenth more in pieces of 1 MiB,
 * which fall out of the processor's caches between network, hash and disk.
 */
export function pieceBytesFor(totalBytes: number): number {
  let pieceBytes: number = LIMITS.pieceBytesLeast;
  const isTooSmall = (): boolean =>
    totalBytes / pieceBytes > (pieceBytes < QUICK_PIECE_BYTES ? MANY_PIECES : MOST_PIECES);
  while (pieceBytes < LIMITS.pieceBytesMost && isTooSmall()) pieceBytes *= 2;
  return pieceBytes;
}
