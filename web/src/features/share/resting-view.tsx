import { useState } from "react";
import type { Ref } from "react";
import type { ShareState } from "../../protocol/state.ts";
import { collectChosen, collectPicked } from "../../session/collect.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { FileChooser } from "../../ui/file-chooser.tsx";
import { formatPercent } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Head, titleOf } from "./head.tsx";
import { LinkCard } from "./link-card.tsx";
import { EndShareButton, SharedFiles } from "./own-share.tsx";
import { PasswordNeeded } from "./password-needed.tsx";
import { RefusalNote } from "./refusal.tsx";
import "./resting-view.css";
import { t } from "../../locales/words.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";

/** What sharers see who come back to their own link: the way to go on sharing. */
export function RestingView({
  session,
  state,
  headingRef,
}: {
  readonly session: Session;
  readonly state: ShareState;
  readonly headingRef: Ref<HTMLHeadingElement>;
}) {
  const [unreadable, setUnreadable] = useState(false);
  const { link, knowsFiles, checking } = state;
  const title = titleOf(state);

  const goOn: Session["goOnSharing"] = (chosen, handles) => {
    setUnreadable(false);
    return session.goOnSharing(chosen, handles);
  };
  const choose = (chosen: readonly File[]): void => {
    if (chosen.length > 0) void goOn(collectChosen(chosen), []);
  };
  const pick = (handles: readonly FileSystemFileHandle[]): void => {
    collectPicked(handles).then(
      (chosen) => goOn(chosen, handles),
      () => setUnreadable(true),
    );
  };
  const dragging = useDroppedFiles({
    onFiles: (chosen, handles) => void goOn(chosen, handles),
    onUnreadable: () => setUnreadable(true),
  });

  return (
    <>
      <div className="share__main resting" data-dragging={dragging}>
        <Head
          tone="calm"
          status={t("share.resting.status")}
          title={title}
          state={state}
          ref={headingRef}
        />
        <div className="resting__words">
          <p>{t("share.resting.why")}</p>
          <p>
            {dragging
              ? t("share.resting.letGo")
              : knowsFiles
                ? t("share.resting.known")
                : t("share.resting.choose")}
          </p>
        </div>
        {checking !== null && (
          <p className="resting__checking number" aria-hidden="true">
            {checkingWords(checking.done / checking.total)}
          </p>
        )}
        {/* Said aloud in quarters. */}
        <p role="status" className="visually-hidden">
          {checking !== null && checkingWords(Math.floor((4 * checking.done) / checking.total) / 4)}
        </p>
        <RefusalNote refusal={unreadable ? { reason: "unreadable", name: "" } : state.refusal} />
        <div className="resting__buttons">
          {knowsFiles && (
            <Button
              data-testid="go-on-sharing"
              look="solid"
              size="l"
              icon="play"
              busy={checking !== null}
              onClick={() => void goOn(null, [])}
            >
              {t("share.resting.goOn")}
            </Button>
          )}
          <FileChooser
            testId="file-input"
            look={knowsFiles ? "quiet" : "solid"}
            onChosen={choose}
            onPicked={pick}
          >
            <Icon name="files" />
            {t("share.resting.chooseFiles")}
          </FileChooser>
          <FileChooser testId="folder-input" onChosen={choose} folder>
            <Icon name="folder" />
            {t("share.resting.chooseFolder")}
          </FileChooser>
        </div>
        <div className="resting__else">
          <Button
            data-testid="fetch-instead"
            look="plain"
            icon="down"
            onClick={() => session.fetchInstead()}
          >
            {t("share.resting.fetchInstead")}
          </Button>
          <EndShareButton session={session} look="plain">
            {t("share.resting.end")}
          </EndShareButton>
        </div>
      </div>
      <div className="share__side">
        {link !== null && (
          <LinkCard title={t("share.resting.linkTitle")} link={link} name={title} prominent={false}>
            {state.isProtected && <PasswordNeeded />}
          </LinkCard>
        )}
      </div>
      <SharedFiles session={session} state={state} />
    </>
  );
}

/** `share`: how much of it is checked, 0 to 1. */
function checkingWords(share: number): string {
  return t("share.resting.checking", { percent: formatPercent(share) });
}
