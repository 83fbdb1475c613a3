import { useState } from "react";
import type { ConflictAnswer } from "../../protocol/placing.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import "./conflict-dialog.css";
import { t } from "../../locales/words.ts";

/** Asks what to do with a file whose name is taken. Escape stops the saving. */
export function ConflictDialog({
  path,
  onAnswer,
  onCancel,
}: {
  readonly path: readonly string[];
  readonly onAnswer: (answer: ConflictAnswer, forAll: boolean) => void;
  readonly onCancel: () => void;
}) {
  const [forAll, setForAll] = useState(false);
  const folder = path.slice(0, -1).join(" / ");
  return (
    <Dialog
      title={
        <Slotted words={t("share.conflict.title", { name: SLOT })}>{path.at(-1) ?? ""}</Slotted>
      }
      sentence={
        folder === "" ? (
          t("share.conflict.sentence")
        ) : (
          <Slotted words={t("share.conflict.sentenceIn", { folder: SLOT })}>{folder}</Slotted>
        )
      }
      onCancel={onCancel}
    >
      <label className="conflict__all">
        <input
          type="checkbox"
          checked={forAll}
          onChange={(event) => setForAll(event.currentTarget.checked)}
        />
        {t("share.conflict.forAll")}
      </label>
      <div className="dialog__buttons conflict__buttons">
        <Button onClick={() => onAnswer("skip", forAll)}>{t("share.conflict.skip")}</Button>
        <Button look="danger" onClick={() => onAnswer("replace", forAll)}>
          {t("share.conflict.replace")}
        </Button>
        <Button look="solid" onClick={() => onAnswer("keep-both", forAll)}>
          {t("share.conflict.keepBoth")}
        </Button>
        <Button look="plain" onClick={onCancel}>
          {t("share.conflict.cancel")}
        </Button>
      </div>
    </Dialog>
  );
}
