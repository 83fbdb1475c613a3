import { FISH } from "./fish.ts";

/** Where the mark's fish stand, in a box of 48: a school that is itself an arrowhead. */
const MARK_FISH = [
  { x: 24, y: 18.5, lead: true },
  { x: 9, y: 8.5, lead: false },
  { x: 9, y: 28.5, lead: false },
  { x: -6, y: 18.5, lead: false },
] as const;

/** The mark: decoration beside the name, so it is silent. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="-7 5 56 38" width="42" height="28" aria-hidden="true">
      {MARK_FISH.map(({ x, y, lead }) => (
        <path
          key={`${x} ${y}`}
          d={FISH}
          transform={`translate(${x} ${y})`}
          fill={lead ? "var(--roe)" : "currentColor"}
        />
      ))}
    </svg>
  );
}
