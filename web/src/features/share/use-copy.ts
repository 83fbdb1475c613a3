import { useEffect, useState } from "react";

/** `by-hand`: the browser didn't let the page copy, and the person has to. */
type Copied = "no" | "yes" | "by-hand";

/**
 * Puts a text on the clipboard, and says what came of it.
 *
 * @param shownMs For so long it says that it has copied; null: from then on.
 */
export function useCopy(text: string, shownMs: number | null = null) {
  const [copied, setCopied] = useState<Copied>("no");

  useEffect(() => {
    if (copied !== "yes" || shownMs === null) return;
    const timer = setTimeout(() => setCopied("no"), shownMs);
    return () => clearTimeout(timer);
  }, [copied, shownMs]);

  async function copy(): Promise<Copied> {
    let outcome: Copied = "yes";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      outcome = "by-hand"; // Safe: no clipboard on plain http, or not allowed; the page shows how.
    }
    setCopied(outcome);
    return outcome;
  }

  return { copied, copy };
}
