import { useEffect, useRef } from "react";
import type { SharedFile } from "../../protocol/messages.ts";
import { collectDropped, droppedHandles, droppedItems } from "../../session/collect.ts";
import { useIncoming } from "../../ui/use-incoming.ts";

/**
 * Files that are dropped or pasted anywhere on the page, while the component is shown.
 * @returns Whether files are being dragged over the page.
 */
export function useDroppedFiles(handlers: {
  readonly onFiles: (files: readonly SharedFile[], handles: readonly FileSystemHandle[]) => void;
  readonly onUnreadable: () => void;
}): boolean {
  /** Counts drops: a newer one, or leaving the page, makes an older one's files unwanted. */
  const reading = useRef(0);
  useEffect(
    () => () => {
      reading.current += 1;
    },
    [],
  );

  async function take(transfer: DataTransfer): Promise<void> {
    const dropped = droppedItems(transfer);
    const handles = droppedHandles(transfer);
    reading.current += 1;
    const turn = reading.current;
    try {
      const files = await collectDropped(dropped, () => undefined);
      const known = await handles;
      if (turn === reading.current && files.length > 0) handlers.onFiles(files, known);
    } catch {
      // Whatever the browser's reason, a part of a folder must not pass for the whole.
      if (turn === reading.current) handlers.onUnreadable();
    }
  }

  return useIncoming({ onTransfer: (transfer) => void take(transfer), onText: () => false });
}
