import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

/** Rows kept beyond either edge, so that scrolling shows none missing. */
const SPARE_ROWS = 8;

export type Window = {
  /** The first row to render, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly rowHeight: number;
};

/**
 * Which of many rows of one height are on view in a scrolling box.
 * @param rowRem The height of a row in rem.
 * @returns The box's ref, its scroll handler, and the window.
 */
export function useWindow(
  rowCount: number,
  rowRem: number,
): { box: RefObject<HTMLDivElement | null>; onScroll: () => void; view: Window } {
  const box = useRef<HTMLDivElement>(null);
  const [measured, setMeasured] = useState({ top: 0, height: 600, rem: 16 });

  function measure(): void {
    const element = box.current;
    if (element === null) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const next = { top: element.scrollTop, height: element.clientHeight, rem };
    setMeasured((last) =>
      last.top === next.top && last.height === next.height && last.rem === next.rem ? last : next,
    );
  }

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const rowHeight = rowRem * measured.rem;
  const first = Math.floor(measured.top / rowHeight) - SPARE_ROWS;
  const from = Math.max(0, Math.min(first, rowCount - 1));
  const shown = Math.ceil(measured.height / rowHeight) + 2 * SPARE_ROWS;
  return {
    box,
    onScroll: measure,
    view: { from, to: Math.min(rowCount, from + shown), rowHeight },
  };
}
