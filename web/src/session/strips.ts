/**
 * Hands very many files to the worker without holding the page up: a browser asks for a chosen
 * file's size as it is posted, which takes 0.1 ms and more.
 */
import type { SharedFile, ToWorker } from "../protocol/messages.ts";
import { nextTask } from "./next-task.ts";

/** Files in a message: about 10 ms of the main thread's time, where a frame takes 16. */
const STRIP_FILES = 64;

/** Messages that carry files. */
type WithFiles = Extract<ToWorker, { type: "share" | "go-on" | "own-copy" }>;

/** One message after the other: their strips never mix. */
export class StripPoster {
  readonly #post: (message: ToWorker) => void;
  #isClosed = false;
  #underWay = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(post: (message: ToWorker) => void) {
    this.#post = post;
  }

  /** Posts it: in this task where it is small and nothing is under way. */
  post(message: WithFiles): void {
    this.#inTurn(() => this.#postInStrips(message));
  }

  /** Posts a message that means nothing before those that are under way. */
  postAfter(message: ToWorker): void {
    this.#inTurn(() => this.#post(message));
  }

  /** Posts nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  #inTurn(act: () => Promise<void> | void): void {
    const run = async (): Promise<void> => {
      await act();
      this.#underWay -= 1;
    };
    this.#underWay += 1;
    this.#last = this.#underWay === 1 ? run() : this.#last.then(run);
  }

  async #postInStrips(message: WithFiles): Promise<void> {
    const files: readonly SharedFile[] = message.files ?? [];
    const handles = message.type === "own-copy" ? [] : message.handles;
    let at = 0;
    for (; Math.max(files.length, handles.length) - at > STRIP_FILES; at += STRIP_FILES) {
      await nextTask(); // The first one's, too, has had work to do.
      if (this.#isClosed) return;
      const end = at + STRIP_FILES;
      const strip = { files: files.slice(at, end), handles: handles.slice(at, end) };
      this.#post({ type: "more-files", ...strip });
    }
    if (at > 0) await nextTask();
    if (this.#isClosed) return;
    this.#post(restOf(message, at));
  }
}

function restOf(message: WithFiles, from: number): WithFiles {
  switch (message.type) {
    case "share":
      return {
        ...message,
        files: message.files.slice(from),
        handles: message.handles.slice(from),
      };
    case "go-on":
      return {
        ...message,
        files: message.files?.slice(from) ?? null,
        handles: message.handles.slice(from),
      };
    case "own-copy":
      return { ...message, files: message.files.slice(from) };
  }
}
