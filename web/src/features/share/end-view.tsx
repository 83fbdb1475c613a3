import { type Ref, useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FileList } from "./file-list.tsx";
import { FileName } from "../../ui/file-name.tsx";
import { ShoalPicture } from "../../ui/shoal-picture.tsx";
import "./end-view.css";
import { worthListing } from "./file-tree.ts";
import { Head } from "./head.tsx";
import { hasAll } from "./kept.ts";
import { SaveToButton, SaveToStatus } from "./save-to.tsx";
import { isOpenable } from "./openable.ts";
import { OpenButton, SaveButton } from "./receiver-view.tsx";
import { t } from "../../locales/words.ts";
import { TroubleCard } from "./trouble-card.tsx";
import type { Trouble } from "./trouble.ts";

/** A share that runs no more: why, the one thing to do, and what of it can still be saved. */
export function EndView({
  session,
  state,
  end,
  headingRef,
  onHome,
  onAgain,
}: {
  readonly session: Session;
  readonly state: ShareState;
  readonly end: Trouble;
  readonly headingRef: Ref<HTMLHeadingElement>;
  readonly onHome: () => void;
  readonly onAgain: () => void;
}) {
  const { phase, role, files } = state;
  const [discard, setDiscard] = useState<"none" | "asking" | "running">("none");
  const kept = phase === "ended" && role === "receiver" && state.wanted && files.length > 0;
  const complete = kept && hasAll(state);
  return (
    <>
      <div className="share__main">
        <div role="alert">
          <Head
            tone={phase === "failed" ? "bad" : "calm"}
            status={phase === "failed" ? t("share.failedStatus") : t("share.ended.status")}
            title={end.title}
            state={{ ...state, files: [] }}
            ref={headingRef}
          />
          <TroubleCard
            session={session}
            sentence={end.sentence}
            action={end.action}
            quiet={complete}
            onHome={onHome}
            onAgain={onAgain}
          />
        </div>
      </div>
      {kept && (
        <div className="share__files end__kept">
          {state.name !== "" && (
            <p className="end__name">
              <FileName name={state.name} />
            </p>
          )}
          <div className="end__buttons">
            {complete && (
              <>
                <SaveButton session={session} state={state} />
                <SaveToButton session={session} state={state} />
              </>
            )}
            {complete && <OpenButton session={session} state={state} />}
            {state.verifiedBytes > 0 && (
              <Button
                data-testid="discard"
                look="plain"
                size="l"
                busy={discard === "running"}
                onClick={() => setDiscard("asking")}
              >
                {t("share.ended.discard")}
              </Button>
            )}
            {discard === "asking" && (
              <ConfirmDialog
                words={t("share.discardDialog", { returnObjects: true })}
                onConfirm={() => {
                  setDiscard("running");
                  void session.discard().then(onHome);
                }}
                onCancel={() => setDiscard("none")}
              />
            )}
          </div>
          <SaveToStatus session={session} state={state} />
          {worthListing(files) && (
            <FileList
              files={files}
              showProgress
              isOpenable={(file) => isOpenable(state, file)}
              onOpen={(index) => session.viewer.open(index)}
              onSave={files.length > 1 ? (index) => session.saveFile(index) : null}
            />
          )}
        </div>
      )}
      <div className="share__side">
        <ShoalPicture mood={phase === "failed" ? "scattered" : "seeking"} />
      </div>
    </>
  );
}
