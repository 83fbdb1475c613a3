import { useId, useState } from "react";

import { report, REPORT_REASONS } from "../../session/catalogue.ts";
import type { FoundShare } from "../../session/catalogue.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { t } from "../../locales/words.ts";
import "./report-dialog.css";

const MOST_LETTERS = 500;

/** Tells whoever runs the server of an entry. */
export function ReportDialog({
  share: { swarm, title },
  onClose,
}: {
  readonly share: FoundShare;
  readonly onClose: () => void;
}) {
  const [progress, setProgress] = useState<"asking" | "sending" | "failed" | "heard">("asking");
  const id = useId();
  const isBusy = progress === "sending";

  async function send(form: FormData): Promise<void> {
    if (isBusy) return;
    const reason = REPORT_REASONS.find((one) => one === form.get("reason")) ?? "other";
    const words = form.get("words");
    setProgress("sending");
    const trouble = await report(swarm, reason, typeof words === "string" ? words.trim() : "");
    setProgress(trouble === null ? "heard" : "failed");
  }

  if (progress === "heard") {
    return (
      <Dialog
        key="heard"
        title={t("search.report.thanks")}
        sentence={t("search.report.heard")}
        onCancel={onClose}
      >
        <div className="dialog__buttons">
          <Button onClick={onClose}>{t("search.report.close")}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={<Slotted words={t("search.report.title", { name: SLOT })}>{title}</Slotted>}
      sentence={t("search.report.sentence")}
      onCancel={onClose}
    >
      <form
        className="report"
        onSubmit={(event) => {
          event.preventDefault();
          void send(new FormData(event.currentTarget));
        }}
      >
        <fieldset className="report__reasons">
          <legend className="report__label">{t("search.report.reason")}</legend>
          {REPORT_REASONS.map((reason) => (
            <label key={reason} className="report__reason">
              <input type="radio" name="reason" value={reason} required />
              {t(`search.report.reasons.${reason}`)}
            </label>
          ))}
        </fieldset>
        <label htmlFor={`${id}words`} className="report__label">
          {t("search.report.words")}
        </label>
        <textarea
          id={`${id}words`}
          name="words"
          className="field report__words"
          rows={3}
          maxLength={MOST_LETTERS}
          dir="auto"
          readOnly={isBusy}
        />
        <p role="alert" className="report__failed">
          {progress === "failed" && t("search.report.failed")}
        </p>
        <div className="dialog__buttons">
          <Button onClick={onClose}>{t("search.report.cancel")}</Button>
          <Button submit look="solid" busy={isBusy}>
            {isBusy ? t("search.report.sending") : t("search.report.send")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
