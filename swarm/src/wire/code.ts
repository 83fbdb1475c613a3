/** Codes on the wire, and what they stand for. */
import type { SignalKind } from "../tracker/messages.ts";

/** What a signal is, in a byte: between neighbours, and through the ring. */
export const SIGNAL_KIND: Readonly<Record<SignalKind, number>> = {
  offer: 0,
  answer: 1,
  candidate: 2,
};

/** What a code stands for; null for one that stands for nothing, or isn't there. */
export function nameOf<Name extends string>(
  codes: Readonly<Record<Name, number>>,
  code: number | undefined,
): Name | null {
  for (const name in codes) if (codes[name] === code) return name;
  return null;
}
