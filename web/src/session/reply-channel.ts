/**
 * A reply that was opened as a URL, or scanned, in the browser that invited: the tab that shows it hands it
 * to the tab that waits for it.
 */
import { readReply } from "@shoal/swarm/invite/codes";

const CHANNEL = "shoal:invite-replies";
/** Tabs that are asleep take longer than others; a guess. */
const ANSWER_MS = 2_000;

type Message =
  | { readonly type: "reply"; readonly code: string }
  /** A tab waits for the reply of this exchange, and has taken it. */
  | { readonly type: "taken"; readonly exchange: string };

/** Hands a reply to this browser's other tabs: whether one waited for it. */
export function handOverReply(code: string): Promise<boolean> {
  const exchange = readReply(code)?.exchange;
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), ANSWER_MS);
    channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      if (data.type === "taken" && data.exchange === exchange) resolve(true);
    });
    channel.postMessage({ type: "reply", code } satisfies Message);
  }).finally(() => channel.close());
}

/** Takes the reply to the invite of this exchange where another tab was opened with it; returns the way to stop. */
export function onReply(exchange: string, take: (code: string) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (data.type !== "reply" || readReply(data.code)?.exchange !== exchange) return;
    channel.postMessage({ type: "taken", exchange } satisfies Message);
    take(data.code);
  });
  return () => channel.close();
}
