/** The page's side of the service worker: starting it, and its questions. */
import type { PageWord, StreamQuestion } from "../protocol/stream.ts";

const SCRIPT = "/service-worker.js";
/** Starting one takes a browser some tens of milliseconds; a busy machine gets time. */
const START_MS = 15_000;

/** Whether this browser lets pages have one: private windows of some don't. */
export function hasServiceWorker(): boolean {
  return "serviceWorker" in navigator;
}

/**
 * Sees that this page's requests pass through the service worker.
 * @throws Where the browser doesn't let it, or it can't be fetched.
 */
export async function startServiceWorker(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) return;
  const controlled = new Promise<void>((resolve, reject) => {
    const options = { once: true, signal: AbortSignal.timeout(START_MS) };
    serviceWorker.addEventListener("controllerchange", () => resolve(), options);
    options.signal.addEventListener("abort", () => reject(new Error("it doesn't start")));
  });
  controlled.catch(() => undefined); // Safe: awaited below, unless registering fails before.
  // A page that was loaded past it isn't its own by itself.
  await tellServiceWorker("claim");
  await controlled;
}

/**
 * Registers it, and tells it something once it is there: never, where it can't be installed.
 * @throws Where the browser doesn't let it, or it can't be fetched.
 */
export async function tellServiceWorker(word: PageWord): Promise<void> {
  const { serviceWorker } = navigator;
  await serviceWorker.register(SCRIPT);
  const { active } = await serviceWorker.ready;
  active?.postMessage(word);
}

/** Keeps it from being stopped as idle for a moment. */
export function keepServiceWorker(): void {
  navigator.serviceWorker.controller?.postMessage("stay" satisfies PageWord);
}

/** Calls back with each question and the port for its answer, until the way to stop is called. */
export function answerQuestions(
  answer: (question: StreamQuestion, port: MessagePort) => void,
): () => void {
  const hear = ({ data, ports: [port] }: MessageEvent<StreamQuestion>): void => {
    if (port !== undefined) answer(data, port);
  };
  navigator.serviceWorker.addEventListener("message", hear);
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}
