/** What is to be said of each finding. */
import type { Findings } from "../../session/connection-check.ts";
import { t } from "../../locales/words.ts";

export const STEPS = ["browser", "server", "channel", "udp", "relay"] as const;
export type Step = (typeof STEPS)[number];

export type Verdict = "good" | "bad" | "unsure" | "waiting";

/** Findings that neither help nor harm by themselves. */
const UNSURE: ReadonlySet<string> = new Set(["unsure", "not-offered", "refused"]);
const GOOD: ReadonlySet<string> = new Set(["good", "udp", "tcp"]);

export function verdictOf(
  step: Step,
  findings: Findings | null,
): { readonly verdict: Verdict; readonly sentence: string | null } {
  const finding = findings?.[step] ?? null;
  if (finding === null) return { verdict: "waiting", sentence: null };
  const verdict = GOOD.has(finding) ? "good" : UNSURE.has(finding) ? "unsure" : "bad";
  return { verdict, sentence: sentenceOf(step, findings) };
}

function sentenceOf(step: Step, findings: Findings | null): string | null {
  if (findings === null) return null;
  const { browser, server, channel, udp, relay } = findings;
  switch (step) {
    case "browser":
      return browser && t(`check.browser.${browser}`);
    case "server":
      return server && t(`check.server.${server}`);
    case "channel":
      return channel && t(`check.channel.${channel}`);
    case "udp":
      return udp && t(`check.udp.${udp}`);
    case "relay":
      return relay && t(`check.relay.${relay}`);
  }
}

/** The page's last word. A relay that is missing is no fault of this browser. */
export function summaryOf(findings: Findings | null): "running" | "good" | "direct" | "bad" {
  if (findings === null || !findings.isOver) return "running";
  const { browser, server, channel, udp, relay } = findings;
  const isWorking = browser === "good" && server === "good" && channel === "good";
  const isRelayed = relay === "udp" || relay === "tcp";
  if (!isWorking || (!isRelayed && (udp === "blocked" || relay === "blocked"))) return "bad";
  return isRelayed ? "good" : "direct";
}
