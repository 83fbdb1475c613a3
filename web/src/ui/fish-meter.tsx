import { useId } from "react";
import { FISH } from "./fish.ts";
import "./fish-meter.css";

/** One fish of each row, and the gap behind it; the stylesheet rounds the meter's width to it. */
const TILE_WIDTH = 18;

/** Where the fish of one tile are: in three rows, the middle one swims ahead. */
const ROWS = {
  1: [{ x: 1, y: 2 }],
  3: [
    { x: 0, y: 2 },
    { x: 5, y: 12 },
    { x: 0, y: 22 },
  ],
} as const;

/** Rows of fish from left to right; the ones that have arrived are coloured. Silent: say it in words. */
export function FishMeter({
  share,
  rows = 1,
}: {
  /** 0 to 1. */
  readonly share: number;
  readonly rows?: 1 | 3;
}) {
  const id = useId();
  const width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  const height = rows * 10;
  return (
    <svg className={`fish-meter fish-meter--${rows}`} height={height} aria-hidden="true">
      <defs>
        <pattern id={`${id}fish`} width={TILE_WIDTH} height={height} patternUnits="userSpaceOnUse">
          {ROWS[rows].map(({ x, y }) => (
            <path key={y} d={FISH} transform={`translate(${x} ${y}) scale(.5)`} />
          ))}
        </pattern>
        <mask id={`${id}mask`}>
          <rect width="100%" height="100%" fill={`url(#${id}fish)`} />
        </mask>
      </defs>
      <g mask={`url(#${id}mask)`}>
        <rect className="fish-meter__rest" width="100%" height="100%" />
        <rect className="fish-meter__come" width={width} height="100%" />
      </g>
    </svg>
  );
}
