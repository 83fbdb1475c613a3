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
import { RefusalNote } from "./refusal.tsx";
import "./resting-view.css";
import { strings } from "./strings.ts";
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
  const words = strings.resting;
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
        <Head tone="calm" status={words.status} title={title} state={state} ref={headingRef} />
        <div className="resting__words">
          <p>{words.why}</p>
          <p>{dragging ? words.letGo : knowsFiles ? words.known : words.choose}</p>
        </div>
        <div role="status" className="resting__checking number">
          {checking !== null && words.checking(formatPercent(checking.done / checking.total))}
        </div>
        <RefusalNote refusal={unreadable ? { reason: "unreadable", name: "" } : state.refusal} />
        <div className="resting__buttons">
          {knowsFiles && (
            <Button
              data-testid="go-on-sharing"
              look="solid"
              size="l"
              icon="play"
              disabled={checking !== null}
              onClick={() => void goOn(null, [])}
            >
              {words.goOn}
            </Button>
          )}
          <FileChooser
            testId="file-input"
            look={knowsFiles ? "quiet" : "solid"}
            onChosen={choose}
            onPicked={pick}
          >
            <Icon name="files" />
            {words.chooseFiles}
          </FileChooser>
          <FileChooser testId="folder-input" onChosen={choose} folder>
            <Icon name="folder" />
            {words.chooseFolder}
          </FileChooser>
        </div>
        <div className="resting__else">
          <Button
            data-testid="fetch-instead"
            look="plain"
            icon="down"
            onClick={() => session.fetchInstead()}
          >
            {words.fetchInstead}
          </Button>
          <EndShareButton session={session} look="plain">
            {words.end}
          </EndShareButton>
        </div>
      </div>
      <div className="share__side">
        {link !== null && (
          <LinkCard title={words.linkTitle} link={link} name={title} prominent={false} />
        )}
      </div>
      <SharedFiles session={session} state={state} />
    </>
  );
}
