/** The file that a page shows, or is about to: state outside React, beside its session's. */
import { type Kind, typeOf } from "../protocol/file-types.ts";
import type { FileRefusal, FromWorker, ToWorker } from "../protocol/messages.ts";
import {
  answerQuestions,
  hasServiceWorker,
  keepServiceWorker,
  startServiceWorker,
} from "./service-worker.ts";

/** Browsers stop a service worker that has had nothing to do for half a minute. */
const KEEP_MS = 10_000;

export type Viewed = { /** Into `ShareState.files`. */ readonly file: number } & (
  | /** Its first bytes aren't here yet, which tell whether it is what it says. */
    { readonly step: "beginning" }
  /** To be shown as this, from this path on the page's own origin. */
  | { readonly step: "open"; readonly kind: Kind; readonly path: string }
  | { readonly step: "refused"; readonly why: FileRefusal | "no-service-worker" }
);

/** As what a file of this name can be opened in this browser; null: not at all. */
export function kindOf(name: string): Kind | null {
  const kind = typeOf(name)?.kind ?? null;
  if (!hasServiceWorker()) return null;
  return kind === "pdf" && !navigator.pdfViewerEnabled ? null : kind;
}

export class Viewer {
  readonly #post: (message: ToWorker, transfer?: Transferable[]) => void;
  readonly #listeners = new Set<() => void>();
  #state: Viewed | null = null;
  #stopAnswering: () => void = () => undefined;
  #keeping: ReturnType<typeof setInterval> | undefined;

  /** `post` reaches the engine's worker. */
  constructor(post: (message: ToWorker, transfer?: Transferable[]) => void) {
    this.#post = post;
  }

  /** Null while nothing is open; the same object until something changed. */
  readonly getState = (): Viewed | null => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** Opens this file of the share in place of what is open. */
  readonly open = (file: number): void => {
    this.close();
    const asked: Viewed = { file, step: "beginning" };
    this.#set(asked);
    startServiceWorker().then(
      () => {
        if (this.#state === asked) this.#begin(file);
      },
      () => {
        // Safe: the person is told, and can save the file instead.
        if (this.#state !== asked) return;
        this.#set({ file, step: "refused", why: "no-service-worker" });
      },
    );
  };

  readonly close = (): void => {
    if (this.#state === null) return;
    this.#stopAnswering();
    clearInterval(this.#keeping);
    this.#post({ type: "close-file" });
    this.#set(null);
  };

  /** What the worker says of the file that was to be opened. */
  answered(message: Extract<FromWorker, { type: "file-opened" | "file-refused" }>): void {
    const { file } = message;
    if (this.#state?.file !== file || this.#state.step !== "beginning") return;
    if (message.type === "file-refused") this.#set({ file, step: "refused", why: message.why });
    else this.#set({ file, step: "open", kind: message.kind, path: message.path });
  }

  #begin(file: number): void {
    this.#stopAnswering = answerQuestions((question, port) => {
      this.#post({ ...question, port }, [port]);
    });
    this.#keeping = setInterval(keepServiceWorker, KEEP_MS);
    this.#post({ type: "open-file", file });
  }

  #set(state: Viewed | null): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
