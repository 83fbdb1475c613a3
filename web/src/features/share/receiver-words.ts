/** What a receiver's page says in each phase. */
import type { ShareState } from "../../protocol/state.ts";
import { fetchedCount, tickedSince } from "./file-choice.ts";
import { titleOf } from "./head.tsx";
import { t } from "../../locales/words.ts";

type Words = {
  readonly tone: "calm" | "live" | "good" | "bad";
  readonly status: string;
  readonly title: string;
  /** Sentences under the title; the last one is what to do, if anything. */
  readonly lines: readonly string[];
};

export function receiverWords(state: ShareState): Words {
  const title = titleOf(state);
  switch (state.phase) {
    case "connecting": {
      const count = state.swarmPeerCount ?? 0;
      const line =
        count === 0
          ? t("share.receive.connectingNobody")
          : t("share.receive.connectingSome", { count });
      return {
        tone: "calm",
        status: t("share.receive.connectingStatus"),
        title: t("share.receive.connecting"),
        lines: [line],
      };
    }
    case "locked":
      return {
        tone: "calm",
        status: t("share.receive.lockedStatus"),
        title: t("share.receive.locked"),
        lines: [t("share.receive.lockedWhy")],
      };
    case "waiting": {
      const known = state.files.length > 0;
      const {
        status,
        title: why,
        sentence,
        action,
      } = t(`share.waiting.${waitingFor(state)}`, { returnObjects: true });
      const lines = known ? [`${why}. ${sentence}`, action] : [sentence, action];
      return { tone: "calm", status, title: known ? title : why, lines };
    }
    case "ready":
      return { tone: "calm", status: t("share.receive.ready"), title, lines: [] };
    case "downloading":
      return {
        tone: "live",
        status:
          state.ownCopy?.isComparing === true
            ? t("share.receive.comparing")
            : t("share.receive.downloading"),
        title,
        lines: [],
      };
    case "paused":
      return {
        tone: "calm",
        status: t("share.receive.paused"),
        title,
        lines: state.hold === "waiting" ? [t("share.metered.waiting")] : [],
      };
    case "done": {
      const others = state.peers.filter(({ has }) => has < 1).length;
      const line =
        others === 0
          ? t("share.receive.helpingNone")
          : t("share.receive.helping", { count: others });
      const left = state.files.length - fetchedCount(state);
      if (left === 0) {
        return { tone: "good", status: t("share.receive.done"), title, lines: [line] };
      }
      // Ticked since: the button says so.
      const isMore = tickedSince(state).fileCount > 0;
      const lines = isMore ? [line] : [`${t("share.receive.leftOut", { count: left })} ${line}`];
      return { tone: "good", status: t("share.receive.doneChosen"), title, lines };
    }
    case "sharing":
    case "ended":
    case "failed":
      // Shown by other views.
      return { tone: "calm", status: "", title, lines: [] };
  }
}

type Lack = "unknown" | "known" | "unreachedUnknown" | "unreachedKnown";

/** What is missing: people, or only a way to them. The server's count may be two minutes old. */
function waitingFor({ files, peers, swarmPeerCount }: ShareState): Lack {
  const isUnreached = peers.length === 0 && (swarmPeerCount ?? 0) > 0;
  if (files.length > 0) return isUnreached ? "unreachedKnown" : "known";
  return isUnreached ? "unreachedUnknown" : "unknown";
}
