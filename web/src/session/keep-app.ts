/** Keeps the app in this browser, so that it opens when its server is gone. Loaded when all else is. */
import { pageLock } from "../protocol/page-lock.ts";
import { calm } from "./calm.ts";
import { hasServiceWorker, tellServiceWorker } from "./service-worker.ts";

/** So long it waits at most for a transfer to be over, which needs the machine more. */
const PATIENCE_MS = 60_000;

/** Where the browser doesn't let it, in silence: the page is the same without. */
export async function keepApp(): Promise<void> {
  if (!hasServiceWorker()) return;
  const script = document.querySelector<HTMLScriptElement>("script[type=module]");
  await calm(PATIENCE_MS);
  try {
    // A browser that keeps nothing for the site refuses here; asked to register, it complains aloud.
    await caches.keys();
    if (script !== null) holdForLife(pageLock(new URL(script.src).pathname));
    await tellServiceWorker("loaded");
  } catch {
    // Safe: tried again by the next page.
  }
}

function holdForLife(name: string): void {
  const forever = new Promise<never>(() => undefined);
  // Safe where it is refused: then the newest version alone is kept.
  navigator.locks.request(name, { mode: "shared" }, () => forever).catch(() => undefined);
}
