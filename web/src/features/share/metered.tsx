import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";

type Props = { readonly session: Session; readonly state: ShareState };

/** Asks before much is fetched over a connection that costs. */
export function MeteredQuestion({ session, state }: Props) {
  const { hold, metered, totalBytes, verifiedBytes } = state;
  if (hold !== "asking" || metered === null) return null;
  return (
    <Dialog
      title={t(`share.metered.seems.${metered}`)}
      sentence={t("share.metered.question", { bytes: formatBytes(totalBytes - verifiedBytes) })}
      onCancel={() => session.answerHold(false)}
    >
      <div className="dialog__buttons">
        <Button onClick={() => session.answerHold(false)}>{t("share.metered.wait")}</Button>
        <Button look="solid" onClick={() => session.answerHold(true)}>
          {t("share.metered.anyway")}
        </Button>
      </div>
    </Dialog>
  );
}

/** Tells those who pass on that it goes over such a connection. */
export function MeteredNote({ state: { metered } }: { readonly state: ShareState }) {
  if (metered === null) return null;
  return <p className="metered-note">{t(`share.metered.note.${metered}`)}</p>;
}
