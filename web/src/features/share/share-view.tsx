import { Suspense, useEffect, useRef } from "react";
import type { Session } from "../../session/session.ts";
import { formatPercent } from "../../ui/format.ts";
import { optional } from "../../ui/optional.tsx";
import { useTabIcon } from "../../ui/tab-icon.ts";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { Announcer } from "./announcer.tsx";
import { EndView } from "./end-view.tsx";
import { titleOf } from "./head.tsx";
import { fetchedCount } from "./file-choice.ts";
import { hasAll, isAtStake } from "./kept.ts";
import { Notices } from "./notices.tsx";
import { verifiedShare } from "./progress.tsx";
import { ReceiverView } from "./receiver-view.tsx";
import { receiverWords } from "./receiver-words.ts";
import { RestingView } from "./resting-view.tsx";
import "./share-view.css";
import { SharerView } from "./sharer-view.tsx";
import { t } from "../../locales/words.ts";
import { endOf } from "./trouble.ts";
import { useSession } from "./use-session.ts";
import { Viewer } from "./viewer.tsx";

const InviteDialog = optional(async () => {
  const { InviteDialog: dialog } = await import("./invite-dialog.tsx");
  return dialog;
});

/** One share's page, in either role. Its outer element stays the same over all phases. */
export function ShareView({
  session,
  onHome,
  onAgain,
  hrefOfSearch,
  onPassword,
}: {
  readonly session: Session;
  readonly onHome: () => void;
  /** Opens the same link anew, and fetches. */
  readonly onAgain: () => void;
  /** The address of a search of the catalogue for these words. */
  readonly hrefOfSearch: (words: string) => string;
  /** Sharer: shares the same anew, under this password or without one. */
  readonly onPassword: (password: string | null) => Promise<boolean>;
}) {
  const state = useSession(session);
  const heading = useRef<HTMLHeadingElement>(null);
  const onFocusChange = useKeptFocus(heading);
  const { phase, role } = state;
  const end = endOf(state);
  useAskBeforeUnload(isAtStake(state));

  const name = titleOf(state);
  const resting = role === "sharer" && phase === "paused";
  const fetching = phase === "downloading" || (phase === "paused" && !resting);
  usePageTitle(
    fetching
      ? t("share.pageTitleProgress", { percent: formatPercent(verifiedShare(state)), name })
      : t("share.pageTitle", { name }),
  );
  useTabIcon(fetching || phase === "done" ? verifiedShare(state) : null);

  return (
    <main
      className="share"
      data-testid="transfer"
      data-phase={phase}
      data-role={role}
      data-verified-bytes={Math.trunc(state.verifiedBytes)}
      data-hashed-bytes={Math.trunc(state.hashedBytes)}
      data-total-bytes={Math.trunc(state.totalBytes)}
      data-sent-bytes={Math.trunc(state.sentBytes)}
      data-received-bytes={Math.trunc(state.receivedBytes)}
      data-peers={state.peers.length}
      data-ring-links={state.ring?.linkCount}
      data-ring-hops={state.ring?.hops}
      data-error={state.error ?? undefined}
      {...onFocusChange}
    >
      <Notices
        notices={state.notices}
        isAnyoneHere={state.peers.length > 0}
        isInRing={(state.ring?.linkCount ?? 0) > 0}
        isOneFile={fetchedCount(state) === 1}
        onSave={hasAll(state) ? () => session.save() : null}
      />
      <div className="share__columns">
        {end !== null ? (
          <EndView
            session={session}
            state={state}
            end={end}
            headingRef={heading}
            onHome={onHome}
            onAgain={onAgain}
          />
        ) : resting ? (
          <RestingView session={session} state={state} headingRef={heading} />
        ) : role === "sharer" && phase === "sharing" ? (
          <SharerView
            session={session}
            state={state}
            headingRef={heading}
            hrefOfSearch={hrefOfSearch}
            onPassword={onPassword}
          />
        ) : (
          <ReceiverView session={session} state={state} headingRef={heading} />
        )}
      </div>
      <Viewer session={session} state={state} />
      {state.invite.kind !== "none" && (
        <Suspense fallback={null}>
          <InviteDialog session={session} invite={state.invite} />
        </Suspense>
      )}
      <Announcer
        state={state}
        status={resting ? t("share.resting.status") : receiverWords(state).status}
      />
    </main>
  );
}

/** The browser's own question, since a closed page can't ask one. */
function useAskBeforeUnload(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [active]);
}
