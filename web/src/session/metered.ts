/**
 * Whether the connection costs by the byte, or is to be spared, as far as the browser tells: Chromium
 * tells of both, others of neither.
 */
import type { Metered } from "../protocol/state.ts";

/** Of the Network Information API what is used here; no browser has all of it everywhere. */
type NetworkInformation = EventTarget & {
  readonly type?: string;
  readonly saveData?: boolean;
};

function information(): NetworkInformation | undefined {
  return (navigator as { readonly connection?: NetworkInformation }).connection;
}

/** Why the connection is to be spared; null where nothing says so. */
export function meteredNow(): Metered | null {
  const connection = information();
  if (connection?.type === "cellular") return "cellular";
  return connection?.saveData === true ? "save-data" : null;
}

/** Calls back whenever that may have changed; returns the way to stop. */
export function watchConnection(changed: () => void): () => void {
  const connection = information();
  connection?.addEventListener("change", changed);
  return () => connection?.removeEventListener("change", changed);
}
