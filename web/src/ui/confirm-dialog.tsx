import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

type Words = {
  readonly title: ReactNode;
  readonly sentence: string;
  readonly confirm: string;
  readonly cancel: string;
};

/** Asks before something that can't be undone. Escape answers like the cancel button. */
export function ConfirmDialog({
  words,
  onConfirm,
  onCancel,
}: {
  readonly words: Words;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}) {
  return (
    <Dialog title={words.title} sentence={words.sentence} onCancel={onCancel}>
      <div className="dialog__buttons">
        <Button look="quiet" onClick={onCancel}>
          {words.cancel}
        </Button>
        <Button look="danger" onClick={onConfirm}>
          {words.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
