/** A swarm filling up, as a picture: a line of pixels per leecher, a column per moment. */
import type { Crowd } from "./crowd.ts";

/** How full each leecher was, from 0 to 1, at each moment. */
export type Filling = {
  readonly intervalMs: number;
  readonly boundMs: number;
  /** Pieces out among leechers, from 0 to 1, at each moment. */
  readonly out: number[];
  readonly rows: number[][];
};

/** Looks at the crowd again and again while the simulation runs. */
export function watch({ simulation, leechers }: Crowd, intervalMs: number): Filling {
  const { pieceCount } = simulation.content.manifest.layout;
  const rows: number[][] = leechers.map(() => []);
  const filling: Filling = { intervalMs, boundMs: intervalMs * 100, out: [], rows };
  const look = (): void => {
    let out = 0;
    for (let piece = 0; piece < pieceCount; piece++) {
      if (leechers.some((peer) => peer.copy?.has(piece) === true)) out++;
    }
    filling.out.push(out / pieceCount);
    for (const [index, peer] of leechers.entries()) {
      filling.rows[index]?.push((peer.copy?.pieceCount ?? 0) / pieceCount);
    }
    if (leechers.some((peer) => peer.completedAtMs === null))
      simulation.timeline.in(intervalMs, look);
  };
  simulation.timeline.in(intervalMs, look);
  return filling;
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 46;
const TOP = 34;
const BOTTOM = 34;

/** An SVG: progress of each leecher as a thin line, and of the file itself as a thick one. */
export function drawing(filling: Filling, title: string): string {
  const momentCount = Math.max(filling.out.length, 100);
  const x = (moment: number): string =>
    (LEFT + ((moment + 1) / momentCount) * (WIDTH - LEFT - 10)).toFixed(1);
  const y = (full: number): string => (TOP + (1 - full) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const line = (values: readonly number[], style: string): string =>
    `<polyline fill="none" ${style} points="${values.map((full, at) => `${x(at)},${y(full)}`).join(" ")}"/>`;
  const label = (at: string, text: string): string => `<text ${at}>${text}</text>`;
  const bound = x(99);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    label(`x="${LEFT}" y="18" font-weight="600"`, title),
    ...[0, 0.5, 1].flatMap((full) => [
      `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(full)}" y2="${y(full)}" stroke="#ddd"/>`,
      label(`x="${LEFT - 6}" y="${y(full)}" dy="4" text-anchor="end"`, `${full * 100}%`),
    ]),
    ...filling.rows.map((row) => line(row, 'stroke="#2a7f9e" stroke-opacity="0.25"')),
    line(filling.out, 'stroke="#c2571a" stroke-width="2.5"'),
    `<line x1="${bound}" x2="${bound}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#333" stroke-dasharray="4 3"/>`,
    label(`x="${bound}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle"`, "bound"),
    label(
      `x="${LEFT}" y="${HEIGHT - 6}"`,
      "blue: each leecher; orange: pieces that some leecher has; time to the right",
    ),
    "</svg>",
    "",
  ].join("\n");
}
