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

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const paint = (): void => draw(element, held, others);
    const isDark = matchMedia("(prefers-color-scheme: dark)");
    const resized = new ResizeObserver(paint);
    resized.observe(element);
    isDark.addEventListener("change", paint);
    return () => {
      resized.disconnect();
      isDark.removeEventListener("change", paint);
    };
  }, [held, others]);

  return <canvas className="piece-map" ref={canvas} role="img" aria-label={label} />;
}

function draw(canvas: HTMLCanvasElement, held: Uint8Array, others: Uint8Array): void {
  const context = canvas.getContext("2d");
  const width = canvas.clientWidth;
  if (context === null || width === 0) return;
  const perRow = Math.max(1, Math.floor((width + GAP) / (CELL + GAP)));
  const height = Math.ceil(held.length / perRow) * (CELL + GAP) - GAP;
  const scale = devicePixelRatio;
  // Setting them clears it too.
  canvas.width = Math.round(width * scale);
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.style.blockSize = `${Math.max(1, height)}px`;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const [rest, there, here] = ["--sunk", "--fish-rest", "--roe"].map((name) =>
    style.getPropertyValue(name),
  );
  for (let cell = 0; cell < held.length; cell++) {
    const x = (cell % perRow) * (CELL + GAP);
    const y = Math.floor(cell / perRow) * (CELL + GAP);
    const fill = (colour: string, share: number): void => {
      context.fillStyle = colour;
      context.fillRect(x, y + CELL * (1 - share), CELL, CELL * share);
    };
    fill(rest ?? "", 1);
    fill(there ?? "", (others[cell] ?? 0) / 255);
    fill(here ?? "", (held[cell] ?? 0) / 255);
  }
}
