import type { Placing } from "../../protocol/placing.ts";
import type { ShareState } from "../../protocol/state.ts";
import { canChoosePlace } from "../../session/choose-place.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { ConflictDialog } from "./conflict-dialog.tsx";
import { fetchedCount } from "./file-choice.ts";
import { isPlacing } from "./kept.ts";
import "./save-to.css";
import { t } from "../../locales/words.ts";

type Props = { readonly session: Session; readonly state: ShareState };

/** Writes all that is there to a folder or file of the person's choice, where the browser can. */
export function SaveToButton({ session, state }: Props) {
  const fileCount = fetchedCount(state);
  if (!canChoosePlace(fileCount)) return null;
  return (
    <Button
      data-testid="save-to"
      size="l"
      icon={fileCount > 1 ? "folder" : "file"}
      busy={isPlacing(state)}
      onClick={() => session.saveTo()}
    >
      {fileCount > 1 ? t("share.saveTo.folder") : t("share.saveTo.file")}
    </Button>
  );
}

/** How far that is; what it asks; how it ended. */
export function SaveToStatus({ session, state }: Props) {
  const { placing } = state;
  return (
    <>
      {(placing?.kind === "looking" || placing?.kind === "writing") && (
        <div className="save-to">
          <p className="number">
            <Slotted words={progressWords(placing)}>{placing.place}</Slotted>
          </p>
          <span className="save-to__bar" aria-hidden="true">
            <span style={{ inlineSize: `${100 * shareOf(placing)}%` }} />
          </span>
          <Button size="s" onClick={() => session.cancelSaveTo()}>
            {t("share.saveTo.cancel")}
          </Button>
        </div>
      )}
      {placing?.kind === "asking" && (
        <ConflictDialog
          key={placing.file}
          path={placing.path}
          onAnswer={(answer, forAll) => session.answerConflict(placing.file, answer, forAll)}
          onCancel={() => session.cancelSaveTo()}
        />
      )}
      <div role="status" className="save-to__outcome">
        {placing?.kind === "done" && (
          <p className="save-to save-to--done">
            <Icon name="check" />
            <span>
              <Slotted words={doneWords(placing, fetchedCount(state))}>{placing.place}</Slotted>
            </span>
          </p>
        )}
        {placing?.kind === "failed" && <Failure session={session} placing={placing} />}
      </div>
    </>
  );
}

type Of<Kind extends Placing["kind"]> = Extract<Placing, { readonly kind: Kind }>;

/** With a slot for the place. */
function progressWords(placing: Of<"looking" | "writing">): string {
  if (placing.kind === "looking") return t("share.saveTo.looking", { place: SLOT });
  const { writtenBytes, totalBytes } = placing;
  return t("share.saveTo.writing", {
    place: SLOT,
    part: formatBytes(writtenBytes),
    whole: formatBytes(totalBytes),
  });
}

function shareOf(placing: Of<"looking" | "writing">): number {
  if (placing.kind === "looking" || placing.totalBytes === 0) return 0;
  return placing.writtenBytes / placing.totalBytes;
}

/** With a slot for the place. */
function doneWords({ fileCount, skippedCount }: Of<"done">, shared: number): string {
  if (shared === 1) return t("share.saveTo.doneFile", { place: SLOT });
  const saved = t("share.saveTo.done", { count: fileCount, place: SLOT });
  return skippedCount === 0
    ? saved
    : `${saved} ${t("share.saveTo.skipped", { count: skippedCount })}`;
}

function Failure({
  session,
  placing,
}: {
  readonly session: Session;
  readonly placing: Of<"failed">;
}) {
  const { trouble, path } = placing;
  const { title, sentence, action } = t(`share.saveTo.failed.${trouble}`, { returnObjects: true });
  const isElsewhere = trouble === "denied" || trouble === "gone";
  return (
    <div className="save-to save-to--failed" data-trouble={trouble}>
      <Icon name="warn" />
      <p>
        <strong>{title}</strong>{" "}
        {path.length > 0 && !isElsewhere && <bdi>{`${path.join(" / ")}. `}</bdi>}
        {sentence}
      </p>
      <Button
        size="s"
        onClick={() =>
          isElsewhere ? session.saveTo() : session.saveToAgain(trouble === "refused")
        }
      >
        {action}
      </Button>
    </div>
  );
}
