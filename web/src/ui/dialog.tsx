import { useId, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import "./dialog.css";

/** A question in the page, open as long as it is rendered. Escape gives up, as its own button does. */
export function Dialog({
  title,
  sentence,
  onCancel,
  children,
}: {
  readonly title: ReactNode;
  readonly sentence: ReactNode;
  readonly onCancel: () => void;
  /** What it asks, its buttons last. */
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed before it leaves the page: so the focus goes back to what opened it.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={`${id}title`}
      aria-describedby={`${id}sentence`}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={`${id}title`} className="dialog__title">
        {title}
      </h2>
      <p id={`${id}sentence`} className="dialog__sentence">
        {sentence}
      </p>
      {children}
    </dialog>
  );
}
