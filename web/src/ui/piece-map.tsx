import { useEffect, useRef } from "react";
import "./piece-map.css";

/** One cell's edge and the gap behind it, in CSS pixels. */
const CELL = 7;
const GAP = 2;

/**
 * A square for each run of pieces, in order: empty where nobody is known to have it, pale where others
 * do, and filled with living colour from its foot as it arrives here. `label` says it in words.
 */
export function PieceMap({
  held,
  others,
  label,
}: {
  /** A byte for each cell: 0 for none of its pieces, 255 for all. */
  readonly held: Uint8Array;
  /** The same, of pieces that others hold. */
  readonly others: Uint8Array;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cells = useRef<Cells>({ held, others });

  useEffect(() => {
    cells.current = { held, others };
    if (canvas.current !== null) draw(canvas.current, cells.current);
  }, [held, others]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const paint = (): void => draw(element, cells.current);
    const isDark = matchMedia("(prefers-color-scheme: dark)");
    const resized = new ResizeObserver(paint);
    resized.observe(element);
    isDark.addEventListener("change", paint);
    return () => {
      resized.disconnect();
      isDark.removeEventListener("change", paint);
    };
  }, []);

  return <canvas className="piece-map" ref={canvas} role="img" aria-label={label} />;
}

type Cells = { readonly held: Uint8Array; readonly others: Uint8Array };

/** Once a second, while the machine has other things to do: as little as shows the same. */
function draw(canvas: HTMLCanvasElement, { held, others }: Cells): void {
  const context = canvas.getContext("2d");
  const width = canvas.clientWidth;
  if (context === null || width === 0) return;
  const perRow = Math.max(1, Math.floor((width + GAP) / (CELL + GAP)));
  const height = Math.max(1, Math.ceil(held.length / perRow) * (CELL + GAP) - GAP);
  const scale = devicePixelRatio;
  fit(canvas, Math.round(width * scale), Math.round(height * scale));
  canvas.style.blockSize = `${height}px`;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const fill = (colour: string, shareOf: (cell: number) => number): void => {
    context.fillStyle = style.getPropertyValue(colour);
    for (let cell = 0; cell < held.length; cell++) {
      const share = shareOf(cell);
      if (share === 0) continue;
      const x = (cell % perRow) * (CELL + GAP);
      const y = Math.floor(cell / perRow) * (CELL + GAP);
      context.fillRect(x, y + CELL * (1 - share), CELL, CELL * share);
    }
  };
  fill("--sunk", () => 1);
  fill("--fish-rest", (cell) => (others[cell] ?? 0) / 255);
  fill("--roe", (cell) => (held[cell] ?? 0) / 255);
}

/** A canvas gets new memory whenever its size is set, the same size as well. */
function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
