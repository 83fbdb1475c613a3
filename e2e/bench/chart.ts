/** Bars side by side, as an SVG: a panel per measure, a bar per contender, its range as a line. */
import type { Measure, Round } from "./rounds.ts";
import { spreadOver } from "./rounds.ts";
import type { Spread } from "./figures.ts";

const WIDTH = 720;
const NAME_WIDTH = 128;
const VALUE_WIDTH = 46;
const PANEL_GAP = 22;
const COLUMN_COUNT = 2;
const BAR = 16;
const BAR_GAP = 5;
const TOP = 34;
const PANEL_HEAD = 22;

/** By how a name begins; whatever is compared with itself is Shoal. */
const COLOURS = { raw: "#8a8f98", WebTorrent: "#c2571a" };
const OWN_COLOUR = "#2a7f9e";

function colourOf(name: string): string {
  const known = Object.entries(COLOURS).find(([begin]) => name.startsWith(begin));
  return known?.[1] ?? OWN_COLOUR;
}

/** @returns The measures that say which way is better. */
export function chart(
  title: string,
  rounds: readonly Round[],
  contenders: readonly string[],
  measures: readonly Measure[],
): string {
  const panels = measures.filter(({ better }) => better !== undefined);
  const panelHeight = PANEL_HEAD + contenders.length * (BAR + BAR_GAP) + PANEL_GAP;
  const height = TOP + Math.ceil(panels.length / COLUMN_COUNT) * panelHeight;
  const panelWidth = WIDTH / COLUMN_COUNT;
  const drawn = panels.map((measure, at) => {
    const spreads = contenders.map((name) => spreadOver(rounds, name, measure.of));
    const x = (at % COLUMN_COUNT) * panelWidth;
    const y = TOP + Math.trunc(at / COLUMN_COUNT) * panelHeight;
    return panel(measure, contenders, spreads, x, y, panelWidth);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="10" y="18" font-weight="600">${title}</text>`,
    ...drawn.flat(),
    "</svg>",
    "",
  ].join("\n");
}

function panel(
  { label, better, digits }: Measure,
  contenders: readonly string[],
  spreads: readonly (Spread | null)[],
  left: number,
  top: number,
  width: number,
): string[] {
  const most = Math.max(...spreads.map((spread) => spread?.most ?? 0), Number.MIN_VALUE);
  const from = left + NAME_WIDTH;
  const scale = (value: number): number => (value / most) * (width - NAME_WIDTH - VALUE_WIDTH);
  const bars = contenders.flatMap((name, at) => {
    const y = top + PANEL_HEAD + at * (BAR + BAR_GAP);
    const middle = y + BAR / 2;
    const said = `<text x="${from - 6}" y="${middle}" dy="4" text-anchor="end">${name}</text>`;
    const spread = spreads[at];
    if (spread === null || spread === undefined) {
      return [said, `<text x="${from + 4}" y="${middle}" dy="4" fill="#666">–</text>`];
    }
    const end = (from + scale(spread.most) + 5).toFixed(1);
    const [x1, x2] = [spread.least, spread.most].map((value) => (from + scale(value)).toFixed(1));
    return [
      said,
      `<rect x="${from}" y="${y}" width="${scale(spread.median).toFixed(1)}" height="${BAR}" fill="${colourOf(name)}"/>`,
      `<line x1="${x1}" x2="${x2}" y1="${middle}" y2="${middle}" stroke="#222" stroke-width="1.5"/>`,
      `<text x="${end}" y="${middle}" dy="4">${spread.median.toFixed(digits)}</text>`,
    ];
  });
  const head = `${label} (${better} is better)`;
  return [`<text x="${left + 10}" y="${top + 12}" fill="#444">${head}</text>`, ...bars];
}
