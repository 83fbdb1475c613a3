/** Every error, as what a person reads and the one thing that they can do about it. */
import type { ErrorCode } from "@shoal/swarm/errors";
import type { ShareState } from "../../protocol/state.ts";
import { strings } from "./strings.ts";
import { troubleStrings } from "./trouble-strings.ts";

/** What there is to do: press a button, or something that only the person can do. */
export type Action =
  | { readonly kind: "home" | "reload"; readonly label: string }
  | { readonly kind: "advice"; readonly text: string };

export type Trouble = {
  readonly title: string;
  readonly sentence: string;
  readonly action: Action;
};

type Role = ShareState["role"];

/** The words and the action for an error; some depend on who reads them. */
export function troubleOf(code: ErrorCode, role: Role): Trouble {
  const { title, sentence } = troubleStrings[code];
  return { title, sentence, action: actionFor(code, role) };
}

function actionFor(code: ErrorCode, role: Role): Action {
  const { action } = troubleStrings[code];
  switch (code) {
    case "link-damaged":
    case "insecure-context":
    case "no-webrtc":
    case "no-ed25519":
    case "no-opfs":
    case "contradiction":
    case "manifest-refused":
      return { kind: "advice", text: action };
    case "link-newer":
    case "second-tab":
      return { kind: "reload", label: action };
    case "no-space":
    case "storage-failed":
    case "internal":
      // A sharer's page has only files that were dropped on it: loading it again loses them.
      return { kind: role === "sharer" ? "home" : "reload", label: action };
    case "source-changed":
      return role === "sharer"
        ? { kind: "home", label: action }
        : { kind: "advice", text: troubleStrings[code].receiverAction };
    case "nothing-to-share":
    case "too-large":
      return { kind: "home", label: action };
  }
}

/**
 * Why a share that runs no more doesn't, in words; null while it runs.
 * @param stoppedHere Whether the person pressed stop on this page.
 */
export function endOf(state: ShareState, stoppedHere: boolean): Trouble | null {
  const { phase, error, role } = state;
  if (phase === "failed") return troubleOf(error ?? "internal", role);
  if (phase !== "ended") return null;
  if (error !== null) return troubleOf(error, role);
  if (role === "sharer") return worded(strings.ended.own, "home");
  return stoppedHere
    ? worded(strings.ended.byYou, "reload")
    : worded(strings.ended.bySharer, "home");
}

function worded(
  words: { readonly title: string; readonly sentence: string; readonly action: string },
  kind: "home" | "reload",
): Trouble {
  return { title: words.title, sentence: words.sentence, action: { kind, label: words.action } };
}
