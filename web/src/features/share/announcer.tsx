import type { ShareState } from "../../protocol/state.ts";
import { formatPercent } from "../../ui/format.ts";
import { verifiedShare } from "./progress.tsx";
import { t } from "../../locales/words.ts";

/** Speaks of progress in quarters: a screen reader says each change of this text, and no more. */
export function Announcer({
  state,
  status,
}: {
  readonly state: ShareState;
  readonly status: string;
}) {
  return (
    <p role="status" className="visually-hidden">
      {words(state, status)}
    </p>
  );
}

function words(state: ShareState, status: string): string {
  switch (state.phase) {
    case "sharing":
      return state.link === null ? t("share.link.making") : t("share.announce.linkReady");
    case "downloading": {
      const quarter = Math.floor(verifiedShare(state) * 4) / 4;
      return quarter === 0
        ? status
        : t("share.announce.percent", { percent: formatPercent(quarter) });
    }
    case "connecting":
    case "locked":
    case "waiting":
    case "ready":
    case "paused":
    case "done":
      return status;
    case "ended":
    case "failed":
      // The alert has said it.
      return "";
  }
}
