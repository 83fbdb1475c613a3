/** Every error, as what a person reads and the one thing that they can do about it. */
import type { ErrorCode } from "@shoal/swarm/errors";
import { LIMITS } from "@shoal/swarm/limits";
import type { ShareState } from "../../protocol/state.ts";
import { t } from "../../locales/words.ts";
import { formatBytes } from "../../ui/format.ts";

/**
 * What a button does: goes home, loads the page again, fetches again, goes on after a stop, opens the
 * link anew.
 */
export type ButtonKind = "home" | "reload" | "retry" | "resume" | "again";

/** What there is to do: press a button, or something that only the person can do. */
export type Action =
  | { readonly kind: ButtonKind; readonly label: string }
  | { readonly kind: "advice"; readonly text: string };

export type Trouble = {
  readonly title: string;
  readonly sentence: string;
  readonly action: Action;
};

type Role = ShareState["role"];

/** The words and the action for an error; some depend on who reads them. */
export function troubleOf(code: ErrorCode, role: Role): Trouble {
  return {
    title: t(`trouble.${code}.title`),
    sentence: sentenceOf(code),
    action: actionFor(code, role),
  };
}

function sentenceOf(code: ErrorCode): string {
  if (code !== "too-large") return t(`trouble.${code}.sentence`);
  const { fileCount, shareBytes, pathDepth } = LIMITS;
  return t("trouble.too-large.sentence", {
    files: fileCount,
    size: formatBytes(shareBytes),
    depth: pathDepth,
  });
}

function actionFor(code: ErrorCode, role: Role): Action {
  const action = t(`trouble.${code}.action`);
  switch (code) {
    case "link-damaged":
    case "insecure-context":
    case "no-webrtc":
    case "no-ed25519":
    case "no-opfs":
    case "contradiction":
    case "manifest-refused":
    case "second-tab":
      return { kind: "advice", text: action };
    case "link-newer":
      return { kind: "reload", label: action };
    case "no-space":
    case "storage-failed":
      return { kind: role === "sharer" ? "home" : "retry", label: action };
    case "internal":
      // A sharer's page has only files that were dropped on it: loading it again loses them.
      return { kind: role === "sharer" ? "home" : "reload", label: action };
    case "source-changed":
      return role === "sharer"
        ? { kind: "home", label: action }
        : { kind: "advice", text: t("trouble.source-changed.receiverAction") };
    case "nothing-to-share":
    case "too-large":
      return { kind: "home", label: action };
  }
}

/** Why a share that runs no more doesn't, in words; null while it runs. */
export function endOf(state: ShareState): Trouble | null {
  const { phase, error, role } = state;
  if (phase === "failed") return failureOf(state);
  if (phase !== "ended") return null;
  if (error !== null) return troubleOf(error, role);
  if (role === "sharer") return worded(t("share.ended.own", { returnObjects: true }), "home");
  if (state.cancelled) return worded(t("share.ended.cancelled", { returnObjects: true }), "again");
  return state.stoppedHere
    ? worded(t("share.ended.byYou", { returnObjects: true }), "resume")
    : worded(t("share.ended.bySharer", { returnObjects: true }), "home");
}

function failureOf(state: ShareState): Trouble {
  const trouble = troubleOf(state.error ?? "internal", state.role);
  const { action } = trouble;
  // While the files aren't known nothing runs yet that could try again; where all of them were
  // there, reading failed, and what is on disk can't be relied on. Both begin anew.
  const isGoingOn = state.verifiedBytes < state.totalBytes;
  if (action.kind !== "retry" || isGoingOn) return trouble;
  return { ...trouble, action: { ...action, kind: "reload" } };
}

function worded(
  words: { readonly title: string; readonly sentence: string; readonly action: string },
  kind: ButtonKind,
): Trouble {
  return { title: words.title, sentence: words.sentence, action: { kind, label: words.action } };
}
