import { useId, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { FileState, ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import type { Viewed } from "../../session/viewer.ts";
import { Button } from "../../ui/button.tsx";
import { FileName } from "../../ui/file-name.tsx";
import { formatPercent } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";
import { TextView } from "./text-view.tsx";
import "./viewer.css";

/** The file that is open on a share's page, over everything else; nothing where none is. */
export function Viewer({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const { viewer } = session;
  const viewed = useSyncExternalStore(viewer.subscribe, viewer.getState);
  const file = viewed === null ? undefined : state.files[viewed.file];
  if (viewed === null || file === undefined) return null;
  return (
    <ViewerDialog
      key={viewed.file}
      viewed={viewed}
      file={file}
      state={state}
      onSave={() => session.saveFile(viewed.file)}
      onClose={() => viewer.close()}
    />
  );
}

function ViewerDialog({
  viewed,
  file,
  state,
  onSave,
  onClose,
}: {
  readonly viewed: Viewed;
  readonly file: FileState;
  readonly state: ShareState;
  readonly onSave: () => void;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [hasFailed, setFailed] = useState(false);
  // Before it leaves the page: so the focus goes back to what opened it.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const name = file.path.at(-1) ?? "";
  const isWhole = state.role === "sharer" || file.verifiedBytes >= file.sizeBytes;
  const isOver = state.phase === "ended" || state.phase === "failed";
  const trouble = troubleOf(viewed, hasFailed, isOver && !isWhole);
  return (
    <dialog
      ref={dialog}
      className="viewer"
      data-testid="viewer"
      data-step={trouble === null ? viewed.step : "refused"}
      aria-labelledby={`${id}name`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="viewer__head">
        <h2 id={`${id}name`} className="viewer__name">
          <FileName name={name} />
        </h2>
        {!isWhole && (
          <span className="viewer__here number">
            {t("share.viewer.here", {
              percent: formatPercent(file.verifiedBytes / file.sizeBytes),
            })}
          </span>
        )}
        <Button look="plain" size="s" icon="close" onClick={onClose}>
          {t("share.viewer.close")}
        </Button>
      </header>
      {trouble !== null ? (
        <div className="viewer__note" role="alert">
          <p>{trouble}</p>
          {state.role === "receiver" &&
            (isWhole ? (
              <Button look="solid" icon="down" onClick={onSave}>
                {t("share.receive.save")}
              </Button>
            ) : (
              !isOver && <p>{t("share.viewer.saveLater")}</p>
            ))}
        </div>
      ) : viewed.step === "open" ? (
        <>
          <Content name={name} viewed={viewed} onFail={() => setFailed(true)} />
          {isOver && !isWhole && (
            <p className="viewer__note" role="alert">
              {t("share.viewer.refused.gone")}
            </p>
          )}
        </>
      ) : (
        <p className="viewer__note" role="status">
          {state.role === "receiver" && state.peers.length === 0 && !isWhole
            ? t("share.viewer.beginningAlone")
            : t("share.viewer.beginning")}
        </p>
      )}
    </dialog>
  );
}

/** Why nothing is shown; null where something is, or is about to be. */
function troubleOf(viewed: Viewed, hasFailed: boolean, isLost: boolean): string | null {
  if (viewed.step === "refused") return t(`share.viewer.refused.${viewed.why}`);
  if (!hasFailed) return null;
  return isLost ? t("share.viewer.refused.gone") : t("share.viewer.undecodable");
}

/** The file itself, from its path: nothing of it ever becomes part of this page but text. */
function Content({
  name,
  viewed: { kind, path },
  onFail,
}: {
  readonly name: string;
  readonly viewed: Extract<Viewed, { step: "open" }>;
  readonly onFail: () => void;
}) {
  switch (kind) {
    case "image":
      return <img className="viewer__image" src={path} alt={name} onError={onFail} />;
    case "audio":
      // oxlint-disable-next-line jsx-a11y/media-has-caption -- a stranger's file: there are none
      return <audio className="viewer__audio" src={path} controls autoPlay onError={onFail} />;
    case "video":
      return (
        // oxlint-disable-next-line jsx-a11y/media-has-caption -- as above
        <video
          className="viewer__video"
          src={path}
          controls
          autoPlay
          playsInline
          onError={onFail}
        />
      );
    case "pdf":
      // A sandboxed frame would ask past the service worker, whose answer sandboxes what it holds.
      // oxlint-disable-next-line react/iframe-missing-sandbox
      return <iframe className="viewer__pdf" src={path} title={name} />;
    case "text":
      return <TextView path={path} label={name} onFail={onFail} />;
  }
}
