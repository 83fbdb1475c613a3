import { useState } from "react";
import type { ConflictAnswer } from "../../protocol/placing.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import "./conflict-dialog.css";
import { strings } from "./strings.ts";

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
  const words = strings.conflict;
  const [forAll, setForAll] = useState(false);
  const folder = path.slice(0, -1).join(" / ");
  return (
    <Dialog
      title={words.title(path.at(-1) ?? "")}
      sentence={folder === "" ? words.sentence : words.sentenceIn(folder)}
      onCancel={onCancel}
    >
      <label className="conflict__all">
        <input
          type="checkbox"
          checked={forAll}
          onChange={(event) => setForAll(event.currentTarget.checked)}
        />
        {words.forAll}
      </label>
      <div className="dialog__buttons conflict__buttons">
        <Button onClick={() => onAnswer("skip", forAll)}>{words.skip}</Button>
        <Button look="danger" onClick={() => onAnswer("replace", forAll)}>
          {words.replace}
        </Button>
        <Button look="solid" onClick={() => onAnswer("keep-both", forAll)}>
          {words.keepBoth}
        </Button>
        <Button look="plain" onClick={onCancel}>
          {words.cancel}
        </Button>
      </div>
    </Dialog>
  );
}
