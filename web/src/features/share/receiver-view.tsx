import type { Ref } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { formatBytes } from "../../ui/format.ts";
import { ShoalPicture } from "../../ui/shoal-picture.tsx";
import { CancelButton } from "./cancel-button.tsx";
import { DownloadButton, DownloadMoreButton } from "./download-button.tsx";
import { choiceIn, fetchedCount } from "./file-choice.ts";
import { FileList } from "./file-list.tsx";
import { worthListing } from "./file-tree.ts";
import { Head } from "./head.tsx";
import { LinkCard } from "./link-card.tsx";
import { MeteredNote, MeteredQuestion } from "./metered.tsx";
import { OwnCopy } from "./own-copy.tsx";
import { isOpenable } from "./openable.ts";
import { PasswordNeeded } from "./password-needed.tsx";
import { PeerList } from "./peer-list.tsx";
import { Progress } from "./progress.tsx";
import { receiverWords } from "./receiver-words.ts";
import "./receiver-view.css";
import { RoomHint } from "./room-hint.tsx";
import { SaveToButton, SaveToStatus } from "./save-to.tsx";
import { t } from "../../locales/words.ts";
import { TellWhenDone } from "./tell-when-done.tsx";
import { Traffic } from "./traffic.tsx";
import { UnlockForm } from "./unlock-form.tsx";
import { UploadLimit } from "./upload-limit.tsx";

/** What those who open the link see, from finding the share to passing it on. */
export function ReceiverView({
  session,
  state,
  headingRef,
}: {
  readonly session: Session;
  readonly state: ShareState;
  readonly headingRef: Ref<HTMLHeadingElement>;
}) {
  const { phase, files, link } = state;
  const started = state.wanted || state.verifiedBytes > 0;
  const { tone, status, title, lines } = receiverWords(state);
  const running = phase === "downloading" || phase === "paused" || phase === "done";
  return (
    <>
      <div className="share__main">
        <Head tone={tone} status={status} title={title} state={state} ref={headingRef} />
        {(running || (phase === "waiting" && started && files.length > 0)) && (
          <Progress state={state} />
        )}
        {lines.length > 0 && (
          <div className="receiver__lines">
            {lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </div>
        )}
        {phase === "locked" && <UnlockForm session={session} state={state} />}
        {(phase === "ready" || phase === "waiting") && !state.wanted && <RoomHint state={state} />}
        <div className="receiver__buttons">
          <Buttons session={session} state={state} />
          <OpenButton session={session} state={state} />
        </div>
        <TellWhenDone session={session} state={state} />
        <SaveToStatus session={session} state={state} />
        <OwnCopy session={session} state={state} />
        {phase === "done" && <MeteredNote state={state} />}
        <MeteredQuestion session={session} state={state} />
        {phase === "done" && state.sentBytes > 0 && (
          <p className="receiver__helped number">
            {t("share.receive.helped", { bytes: formatBytes(state.sentBytes) })}
          </p>
        )}
      </div>
      {worthListing(files) && (
        <div className="share__files">
          <FileList
            files={files}
            choice={choiceIn(state, (chosen) => session.choose(chosen))}
            showProgress={running || started}
            isOpenable={(file) => isOpenable(state, file)}
            onOpen={(index) => session.viewer.open(index)}
            onSave={
              phase === "done" && files.length > 1 ? (index) => session.saveFile(index) : null
            }
          />
        </div>
      )}
      <div className="share__side">
        {phase === "connecting" || phase === "locked" ? (
          <ShoalPicture mood="seeking" />
        ) : (
          <>
            <PeerList session={session} state={state} />
            {running && <Traffic state={state} />}
            {running && <UploadLimit session={session} state={state} />}
            {link !== null && (
              <LinkCard
                title={t("share.link.receiverTitle")}
                link={link}
                name={title}
                prominent={false}
              >
                {state.isProtected && <PasswordNeeded />}
              </LinkCard>
            )}
          </>
        )}
      </div>
    </>
  );
}

/** What can be pressed now; the main thing first. */
function Buttons({ session, state }: { readonly session: Session; readonly state: ShareState }) {
  const stop = (label: string) => (
    <Button data-testid="stop" look="plain" size="l" onClick={() => session.stop()}>
      {label}
    </Button>
  );
  const stopOrCancel = (
    <>
      {stop(t("share.receive.stop"))}
      <CancelButton session={session} state={state} />
    </>
  );
  switch (state.phase) {
    case "ready":
    case "waiting": {
      if (state.phase === "waiting" && state.wanted) return stopOrCancel;
      return <DownloadButton state={state} onPress={() => session.download()} />;
    }
    case "downloading":
      return (
        <>
          <Button data-testid="pause" size="l" icon="pause" onClick={() => session.pause()}>
            {t("share.receive.pause")}
          </Button>
          {stopOrCancel}
        </>
      );
    case "paused":
      return (
        <>
          <Button
            data-testid="resume"
            look="solid"
            size="l"
            icon="play"
            onClick={() => session.resume()}
          >
            {t("share.receive.resume")}
          </Button>
          {stopOrCancel}
        </>
      );
    case "done":
      return (
        <>
          <SaveButton session={session} state={state} />
          <SaveToButton session={session} state={state} />
          <DownloadMoreButton state={state} onPress={() => session.download()} />
          {stop(t("share.receive.stopHelping"))}
        </>
      );
    case "sharing":
    case "connecting":
    case "locked":
    case "ended":
    case "failed":
      return null;
  }
}

/** Opens the only file of a share that needs no list. */
export function OpenButton({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const [file] = state.files;
  if (file === undefined || worthListing(state.files) || !isOpenable(state, file)) return null;
  return (
    <Button size="l" icon="play" onClick={() => session.viewer.open(0)}>
      {t("share.viewer.open")}
    </Button>
  );
}

/** Hands over all that was fetched. */
export function SaveButton({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  return (
    <Button
      data-testid="save"
      look="solid"
      size="l"
      icon="down"
      busy={state.saving}
      onClick={() => session.save()}
    >
      {state.saving ? t("share.receive.saving") : saveLabel(state)}
    </Button>
  );
}

function saveLabel(state: ShareState): string {
  const count = fetchedCount(state);
  if (count === 1) return t("share.receive.save");
  if (state.fetched === null) return t("share.receive.saveZip");
  return t("share.receive.saveChosenZip", { part: count });
}
