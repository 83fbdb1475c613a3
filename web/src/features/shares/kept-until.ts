/** Until when something stays, as the list says it. */
import type { KeptDays } from "../../protocol/kept.ts";
import { formatDay } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** `usedMs`, `nowMs`: wall clock. */
export function keptUntil(usedMs: number, days: KeptDays, nowMs: number): string {
  if (days === null) return t("shares.keptForever");
  const untilMs = usedMs + days * DAY_MS;
  return untilMs <= nowMs
    ? t("shares.goesNext")
    : t("shares.keptUntil", { date: formatDay(untilMs) });
}
