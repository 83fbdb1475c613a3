/** Many runs in a few figures: the one in the middle, and from which to which they went. */

/** Of measured values; the middle one of an even count is the upper of the two. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** @returns Null when there are no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const median = sorted[sorted.length >> 1];
  if (least === undefined || most === undefined || median === undefined) return null;
  return { median, least, most, count: sorted.length };
}

/** As in tables: `31.2 (28.0-33.1)`, or a dash for nothing. */
export function spreadText(spread: Spread | null, digits: number): string {
  if (spread === null) return "–";
  const [median, least, most] = [spread.median, spread.least, spread.most].map((value) =>
    value.toFixed(digits),
  );
  return spread.count === 1 ? `${median}` : `${median} (${least}-${most})`;
}

/** A table of Markdown. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
