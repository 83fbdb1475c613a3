import { useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import { collectChosen } from "../../session/collect.ts";
import type { Session } from "../../session/session.ts";
import { FileChooser } from "../../ui/file-chooser.tsx";
import "./own-copy.css";
import { RefusalNote } from "./refusal.tsx";
import { t } from "../../locales/words.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";

/** A way in for those who have the files already, and what came of their copy. */
export function OwnCopy({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const { phase, files, ownCopy } = state;
  const isOpen =
    files.length > 0 &&
    (phase === "ready" || phase === "downloading" || phase === "waiting" || phase === "paused");
  if (!isOpen && ownCopy === null) return null;
  return (
    <div className="own-copy">
      {ownCopy !== null && (
        <div className="own-copy__found number" data-testid="own-copy">
          {/* It counts: said aloud is what comes of it alone. */}
          {isComparing(ownCopy) && <p>{found(ownCopy)}</p>}
          <p role="status">{!isComparing(ownCopy) && found(ownCopy)}</p>
        </div>
      )}
      {isOpen && <Offer session={session} state={state} />}
    </div>
  );
}

type Found = NonNullable<ShareState["ownCopy"]>;

/** Pieces are being compared, and some are left. */
function isComparing({ pieceCount, matchedCount, differingCount, isComparing: isAtIt }: Found) {
  return isAtIt && matchedCount + differingCount < pieceCount;
}

function found(ownCopy: Found): string {
  const { pieceCount, matchedCount, differingCount } = ownCopy;
  const doneCount = matchedCount + differingCount;
  if (doneCount < pieceCount) {
    return isComparing(ownCopy)
      ? t("share.ownCopy.comparing", { done: doneCount, count: pieceCount })
      : t("share.ownCopy.noHashes");
  }
  return differingCount === 0
    ? t("share.ownCopy.allMatch")
    : t("share.ownCopy.differ", {
        count: differingCount,
        pieces: t("share.ownCopy.pieces", { count: pieceCount }),
      });
}

function Offer({ session, state }: { readonly session: Session; readonly state: ShareState }) {
  const [unreadable, setUnreadable] = useState(false);
  const bring: Session["bringCopy"] = (chosen) => {
    setUnreadable(false);
    if (chosen.length > 0) session.bringCopy(chosen);
  };
  const dragging = useDroppedFiles({
    onFiles: (chosen) => bring(chosen),
    onUnreadable: () => setUnreadable(true),
  });
  const hasFolders = state.files.some(({ path }) => path.length > 1);
  return (
    <>
      <div className="own-copy__offer" data-dragging={dragging}>
        <p>{dragging ? t("share.ownCopy.letGo") : t("share.ownCopy.offer")}</p>
        <FileChooser
          testId="own-copy-input"
          look="plain"
          size="m"
          onChosen={(chosen) => bring(collectChosen(chosen))}
        >
          {t("share.ownCopy.choose")}
        </FileChooser>
        {hasFolders && (
          <>
            <p>{t("share.ownCopy.or")}</p>
            <FileChooser
              testId="own-copy-folder-input"
              look="plain"
              size="m"
              folder
              onChosen={(chosen) => bring(collectChosen(chosen))}
            >
              {t("share.ownCopy.chooseFolder")}
            </FileChooser>
          </>
        )}
      </div>
      <RefusalNote refusal={unreadable ? { reason: "unreadable", name: "" } : state.refusal} />
    </>
  );
}
