import { FISH } from "./fish.ts";
import "./shoal-picture.css";

/**
 * A school in the shape of a drop, all swimming one way behind the first. Placed by a sunflower
 * spiral, which is even without being a grid, and the same on every load.
 */
const COUNT = 96;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const CENTRE = { x: 285, y: 200 };

type Place = {
  readonly key: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Degrees off the school's line. */
  readonly turn: number;
  readonly opacity: number;
};

const TOGETHER: readonly Place[] = Array.from({ length: COUNT }, (_, index) => {
  const distance = Math.sqrt((index + 0.5) / COUNT);
  const angle = index * GOLDEN_ANGLE;
  const along = Math.cos(angle) * distance;
  const across = Math.sin(angle) * distance;
  // Round at the head, thin at the tail; the fish there are small, and a little off the line.
  const body = 0.62 + 0.38 * along;
  return {
    key: index,
    x: CENTRE.x + along * 270,
    y: CENTRE.y + across * 205 * body,
    size: 1.05 + body * 0.85 - distance * 0.35,
    turn: across * -9 + Math.sin(index * 1.7) * 5,
    opacity: 0.1 + 0.75 * Math.max(0, (along + 1) / 2) ** 1.4,
  };
});

/** The same fish, fewer, each its own way. */
const SCATTERED: readonly Place[] = TOGETHER.filter(({ key }) => key % 3 === 1).map((place) => ({
  ...place,
  x: CENTRE.x + (place.x - CENTRE.x) * 1.08 + Math.sin(place.key * 2.3) * 26,
  y: CENTRE.y + (place.y - CENTRE.y) * 1.35 + Math.cos(place.key * 1.9) * 26,
  turn: Math.sin(place.key * 5.1) * 170,
  opacity: 0.16 + (place.key % 5) * 0.06,
}));

const LEAD: Place = { key: -1, x: CENTRE.x + 322, y: CENTRE.y, size: 2, turn: 0, opacity: 1 };
const LOST: Place = { key: -1, x: CENTRE.x + 150, y: CENTRE.y + 20, size: 2, turn: 24, opacity: 1 };

/** Decoration: silent and still. */
export function ShoalPicture({ mood }: { readonly mood: "together" | "seeking" | "scattered" }) {
  const school = mood === "scattered" ? SCATTERED : TOGETHER;
  return (
    <svg className={`shoal shoal--${mood}`} viewBox="0 0 640 400" aria-hidden="true">
      {school.map((place) => (
        <path key={place.key} className="shoal__fish" d={FISH} {...placed(place)} />
      ))}
      <path
        className="shoal__fish shoal__fish--lead"
        d={FISH}
        {...placed(mood === "scattered" ? LOST : LEAD)}
      />
    </svg>
  );
}

function placed({ x, y, size, turn, opacity }: Place): { transform: string; opacity: string } {
  const move = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  const shape = `rotate(${turn.toFixed(1)}) scale(${size.toFixed(2)}) translate(-12 -6)`;
  return { transform: `${move} ${shape}`, opacity: opacity.toFixed(2) };
}
