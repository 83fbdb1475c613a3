import { useEffect, useEffectEvent, useState } from "react";

/**
 * Listens to the whole page for drops and pastes as long as the component is shown.
 * @returns Whether files are being dragged over the page.
 */
export function useIncoming(handlers: {
  readonly onTransfer: (transfer: DataTransfer) => void;
  /** Pasted text, or a dropped link; true when it was used, so that it doesn't land in a field as well. */
  readonly onText: (text: string) => boolean;
}): boolean {
  const [dragging, setDragging] = useState(false);

  const over = useEffectEvent((event: DragEvent) => {
    const transfer = event.dataTransfer;
    if (transfer === null || !(carriesFiles(transfer) || carriesLink(transfer))) return;
    event.preventDefault();
    transfer.dropEffect = carriesFiles(transfer) ? "copy" : "link";
    setDragging(carriesFiles(transfer));
  });

  const left = useEffectEvent((event: DragEvent) => {
    // Between two elements of the page there is always a related one.
    if (event.relatedTarget === null) setDragging(false);
  });

  const dropped = useEffectEvent((event: DragEvent) => {
    setDragging(false);
    const transfer = event.dataTransfer;
    if (transfer === null) return;
    if (carriesFiles(transfer)) handlers.onTransfer(transfer);
    else if (carriesLink(transfer)) handlers.onText(transfer.getData("text/uri-list"));
    else return;
    event.preventDefault();
  });

  const pasted = useEffectEvent((event: ClipboardEvent) => {
    const transfer = event.clipboardData;
    if (transfer === null) return;
    if (transfer.files.length > 0) {
      event.preventDefault();
      handlers.onTransfer(transfer);
    } else if (handlers.onText(transfer.getData("text/plain"))) {
      event.preventDefault();
    }
  });

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("dragenter", over, { signal });
    document.addEventListener("dragover", over, { signal });
    document.addEventListener("dragleave", left, { signal });
    document.addEventListener("drop", dropped, { signal });
    document.addEventListener("paste", pasted, { signal });
    return () => listening.abort();
  }, []);

  return dragging;
}

/** A link that is dragged, here from another page. */
const carriesLink = (transfer: DataTransfer): boolean => transfer.types.includes("text/uri-list");

const carriesFiles = (transfer: DataTransfer): boolean => transfer.types.includes("Files");
