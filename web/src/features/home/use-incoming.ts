import { useEffect, useEffectEvent, useState } from "react";

/**
 * Listens to the whole page for drops and pastes as long as the component is shown.
 * @returns Whether files are being dragged over the page.
 */
export function useIncoming(handlers: {
  readonly onTransfer: (transfer: DataTransfer) => void;
  /** Pasted text; true when it was used, so that it doesn't land in a field as well. */
  readonly onText: (text: string) => boolean;
}): boolean {
  const [dragging, setDragging] = useState(false);

  const over = useEffectEvent((event: DragEvent) => {
    const transfer = event.dataTransfer;
    if (transfer === null || !carriesFiles(transfer)) return;
    event.preventDefault();
    transfer.dropEffect = "copy";
    setDragging(true);
  });

  const left = useEffectEvent((event: DragEvent) => {
    // Between two elements of the page there is always a related one.
    if (event.relatedTarget === null) setDragging(false);
  });

  const dropped = useEffectEvent((event: DragEvent) => {
    setDragging(false);
    if (event.dataTransfer === null || !carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    handlers.onTransfer(event.dataTransfer);
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

const carriesFiles = (transfer: DataTransfer): boolean => transfer.types.includes("Files");
