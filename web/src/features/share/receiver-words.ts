/** What a receiver's page says in each phase. */
import type { ShareState } from "../../protocol/state.ts";
import { titleOf } from "./head.tsx";
import { strings } from "./strings.ts";

type Words = {
  readonly tone: "calm" | "live" | "good" | "bad";
  readonly status: string;
  readonly title: string;
  /** Sentences under the title; the last one is what to do, if anything. */
  readonly lines: readonly string[];
};

export function receiverWords(state: ShareState): Words {
  const words = strings.receive;
  const title = titleOf(state);
  switch (state.phase) {
    case "connecting": {
      const count = state.swarmPeerCount ?? 0;
      const line = count === 0 ? words.connectingNobody : words.connectingSome(count);
      return {
        tone: "calm",
        status: words.connectingStatus,
        title: words.connecting,
        lines: [line],
      };
    }
    case "locked":
      return {
        tone: "calm",
        status: words.lockedStatus,
        title: words.locked,
        lines: [words.lockedWhy],
      };
    case "waiting": {
      const known = state.files.length > 0;
      const { status, title: why, sentence, action } = strings.waiting[waitingFor(state)];
      const lines = known ? [`${why}. ${sentence}`, action] : [sentence, action];
      return { tone: "calm", status, title: known ? title : why, lines };
    }
    case "ready":
      return { tone: "calm", status: words.ready, title, lines: [] };
    case "downloading":
      return {
        tone: "live",
        status: state.ownCopy?.isComparing === true ? words.comparing : words.downloading,
        title,
        lines: [],
      };
    case "paused":
      return { tone: "calm", status: words.paused, title, lines: [] };
    case "done": {
      const others = state.peers.filter(({ has }) => has < 1).length;
      const line = others === 0 ? words.helpingNone : words.helping(strings.people(others));
      return { tone: "good", status: words.done, title, lines: [line] };
    }
    case "sharing":
    case "ended":
    case "failed":
      // Shown by other views.
      return { tone: "calm", status: "", title, lines: [] };
  }
}

/** What is missing: people, or only a way to them. The server's count may be two minutes old. */
function waitingFor({ files, peers, swarmPeerCount }: ShareState): keyof typeof strings.waiting {
  const isUnreached = peers.length === 0 && (swarmPeerCount ?? 0) > 0;
  if (files.length > 0) return isUnreached ? "unreachedKnown" : "known";
  return isUnreached ? "unreachedUnknown" : "unknown";
}
