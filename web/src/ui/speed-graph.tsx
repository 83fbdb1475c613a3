import "./speed-graph.css";

/** In the drawing's own units, which stretch to the width that is there. */
const WIDTH = 600;
const HEIGHT = 100;
/** Room for the line at the highest point. */
const TOP = 6;

/** A speed over time as a line with what is under it filled; the newest at the end. Silent. */
export function SpeedGraph({
  values,
  count,
}: {
  /** Bytes per second, the newest last. */
  readonly values: readonly number[];
  /** How many there can be: with fewer, the beginning stays empty. */
  readonly count: number;
}) {
  const most = Math.max(...values, 1);
  const step = WIDTH / (count - 1);
  const points = values.map((value, at) => {
    const x = WIDTH - (values.length - 1 - at) * step;
    const y = HEIGHT - (value / most) * (HEIGHT - TOP);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const firstX = WIDTH - (values.length - 1) * step;
  return (
    <svg
      className="speed-graph"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {points.length > 1 && (
        <>
          <polygon
            className="speed-graph__under"
            points={`${firstX.toFixed(1)},${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`}
          />
          <polyline className="speed-graph__line" points={points.join(" ")} />
        </>
      )}
    </svg>
  );
}
