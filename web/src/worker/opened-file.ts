/**
 * The file that the page shows while it may still arrive, and the streams of its bytes, each of which
 * gives a part when it is asked for one.
 */
import { type Bytes, toBase64url } from "@shoal/swarm/bytes";
import { type FileType, HEAD_BYTES, typeOfContent } from "../protocol/file-types.ts";
import type { StreamAnswer, StreamCommand, StreamPart } from "../protocol/stream.ts";
import { rangeOf } from "./range.ts";

/** Verified bytes of a share's files; what isn't here yet is waited for. */
export type Content = {
  /** At least one byte, `mostBytes` at most. @throws Where they won't come, or by the signal. */
  read(file: number, offset: number, mostBytes: number, signal: AbortSignal): Promise<Bytes>;
};

/** One part on its way to the page: all the memory that a stream takes here. */
const PART_BYTES = 256 * 1024;
/**
 * An answer to a range ends here, and what plays asks for the next. Browsers stop service workers in
 * the middle of long answers, and ask for what they don't come to need.
 */
const RANGE_BYTES = 4 * 1024 * 1024;
/** Browsers don't always say that they have lost interest; who asks for more ends the oldest. */
const STREAM_COUNT = 6;

const TOKEN_BYTES = 16;

export class OpenedFile {
  /** Nobody can guess it: it names the file to whoever shows it, and to nobody else. */
  readonly token = toBase64url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  readonly index: number;
  readonly #name: string;
  readonly #sizeBytes: number;
  readonly #content: Content;
  readonly #closing = new AbortController();
  /** The oldest first. */
  readonly #streams = new Set<AbortController>();
  #type: FileType | null = null;

  constructor(index: number, name: string, sizeBytes: number, content: Content) {
    this.index = index;
    this.#name = name;
    this.#sizeBytes = sizeBytes;
    this.#content = content;
  }

  /**
   * As what it may be shown, by its name and its first bytes, which are waited for; null: not at all.
   * @throws Where they won't come, or it is closed before.
   */
  async begin(): Promise<FileType | null> {
    const head = new Uint8Array(Math.min(HEAD_BYTES, this.#sizeBytes));
    for (let at = 0; at < head.length;) {
      const bytes = await this.#content.read(
        this.index,
        at,
        head.length - at,
        this.#closing.signal,
      );
      head.set(bytes, at);
      at += bytes.length;
    }
    this.#type = typeOfContent(this.#name, head);
    return this.#type;
  }

  /** Every stream of it ends. */
  close(): void {
    this.#closing.abort();
  }

  /** Answers one request, of this `Range`, on a port of its own. */
  serve(port: MessagePort, range: string | null): void {
    const tell = (answer: StreamAnswer): void => port.postMessage(answer);
    if (this.#type === null || this.#closing.signal.aborted) {
      tell({ type: "unknown" });
      return port.close();
    }
    const { mime, kind } = this.#type;
    const size = this.#sizeBytes;
    const isPlayed = kind === "audio" || kind === "video";
    const asked = rangeOf(isPlayed ? range : null, size);
    const head = { type: "head", mime, sizeBytes: size } as const;
    if (asked.kind === "outside") {
      tell({ ...head, part: null, isRange: true });
      return port.close();
    }
    const isRange = asked.kind === "part";
    const { start, end } = isRange ? asked.part : { start: 0, end: size };
    const part = { start, end: isRange ? Math.min(end, start + RANGE_BYTES) : end };
    this.#stream(port, part.start, part.end);
    tell({ ...head, part, isRange });
  }

  #stream(port: MessagePort, start: number, end: number): void {
    const stream = new AbortController();
    const signal = AbortSignal.any([stream.signal, this.#closing.signal]);
    const aborted = (): void => say({ type: "broken" });
    const finish = (): void => {
      signal.removeEventListener("abort", aborted);
      this.#streams.delete(stream);
      port.close();
    };
    const say = (part: StreamPart): void => {
      port.postMessage(part, part.type === "bytes" ? [part.bytes] : []);
      if (part.type !== "bytes") finish();
    };
    let at = start;
    const pull = async (): Promise<void> => {
      if (at === end) return say({ type: "end" });
      try {
        const mostBytes = Math.min(PART_BYTES, end - at);
        const { buffer, length } = await this.#content.read(this.index, at, mostBytes, signal);
        at += length;
        say({ type: "bytes", bytes: buffer });
      } catch {
        say({ type: "broken" }); // Safe: what shows the file says so, and may ask again.
      }
    };
    signal.addEventListener("abort", aborted);
    port.addEventListener("message", ({ data: command }: MessageEvent<StreamCommand>) => {
      if (command === "pull") void pull();
      else stream.abort();
    });
    port.start();
    this.#streams.add(stream);
    const [oldest] = this.#streams;
    if (this.#streams.size > STREAM_COUNT) oldest?.abort();
  }
}
