import { useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";
import "./confirm-dialog.css";

type Words = {
  readonly title: string;
  readonly sentence: string;
  readonly confirm: string;
  readonly cancel: string;
};

/** A question in the page, open as long as it is rendered. Escape answers like the cancel button. */
export function ConfirmDialog({
  words,
  onConfirm,
  onCancel,
}: {
  readonly words: Words;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="confirm"
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}sentence`}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={`${id}title`} className="confirm__title">
        {words.title}
      </h2>
      <p id={`${id}sentence`} className="confirm__sentence">
        {words.sentence}
      </p>
      <div className="confirm__buttons">
        <Button look="quiet" onClick={onCancel}>
          {words.cancel}
        </Button>
        <Button look="danger" onClick={onConfirm}>
          {words.confirm}
        </Button>
      </div>
    </dialog>
  );
}
