/** A thread of this process, as far as who talks to it is concerned. */
import { Worker } from "node:worker_threads";
import { SERVER_LIMITS } from "../limits.ts";
import type { FromIndex, ToIndex } from "./index-messages.ts";

export interface Thread {
  post(message: ToIndex): void;
  end(): void;
}

/** Starts one. `heard` is called with what it says; `ended` once, and with why, when it is no more. */
export type OpenThread = (
  heard: (message: FromIndex) => void,
  ended: (why: unknown) => void,
) => Thread;

/** Threads that run a built file. */
export const threadOf =
  (file: URL): OpenThread =>
  (heard, ended) => {
    const { indexMegabytes } = SERVER_LIMITS.catalogue;
    const resourceLimits = { maxOldGenerationSizeMb: indexMegabytes };
    const worker = new Worker(file, { name: "search", env: {}, resourceLimits });
    let why: unknown = null;
    worker.on("message", heard);
    worker.on("error", (error) => (why = error));
    worker.on("exit", () => ended(why));
    return {
      post: (message) => worker.postMessage(message),
      end: () => void worker.terminate(),
    };
  };
