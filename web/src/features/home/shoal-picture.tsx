import { FISH } from "../../ui/fish.ts";

/**
 * A school in the shape of a drop, all swimming one way behind the first. Placed by a sunflower
 * spiral, which is even without being a grid, and the same on every load. While files are dragged
 * over the page it draws together.
 */
const COUNT = 96;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const CENTRE = { x: 285, y: 200 };

const SCHOOL = Array.from({ length: COUNT }, (_, index) => {
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

/** Decoration: silent, and still unless files are dragged over the page. */
export function ShoalPicture() {
  return (
    <svg className="shoal" viewBox="0 0 640 400" aria-hidden="true">
      {SCHOOL.map(({ key, x, y, size, turn, opacity }) => (
        <Fish key={key} x={x} y={y} size={size} turn={turn} opacity={opacity} lead={false} />
      ))}
      <Fish x={CENTRE.x + 322} y={CENTRE.y} size={2} turn={0} opacity={1} lead />
    </svg>
  );
}

function Fish({
  x,
  y,
  size,
  turn,
  opacity,
  lead,
}: {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly turn: number;
  readonly opacity: number;
  readonly lead: boolean;
}) {
  const place = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  return (
    <path
      className={lead ? "shoal__fish shoal__fish--lead" : "shoal__fish"}
      d={FISH}
      transform={`${place} rotate(${turn.toFixed(1)}) scale(${size.toFixed(2)}) translate(-12 -6)`}
      opacity={opacity.toFixed(2)}
    />
  );
}
