/** What every transfer is measured for, besides its speed. */
import type { Measure } from "./rounds.ts";
import { GB, MB } from "./settings.ts";

/** The largest of all pages' figures; null where nobody tells. */
function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

const inMb = (bytes: number | null): number | null => (bytes === null ? null : bytes / MB);

/**
 * What it costs the browsers.
 *
 * @param deliveredBytes To all leechers together.
 */
export function costMeasures(deliveredBytes: number): Measure[] {
  const perGb = (value: number): number => (value * GB) / deliveredBytes;
  return [
    {
      label: "CPU s/GB, all browsers",
      of: ({ cost }) => perGb(cost.cpuSeconds),
      digits: 1,
      better: "less",
    },
    {
      label: "CPU s/GB before, making the link",
      of: ({ offerCpuSeconds, linkMs }) => (linkMs === null ? null : perGb(offerCpuSeconds)),
      digits: 1,
    },
    {
      label: "main threads, s/GB",
      of: ({ cost }) => (cost.mainSeconds === null ? null : perGb(cost.mainSeconds)),
      digits: 2,
      better: "less",
    },
    {
      label: "tasks over 50 ms",
      of: ({ cost }) => cost.longTasks?.length ?? null,
      digits: 0,
    },
    {
      label: "the longest of them, ms",
      of: ({ cost }) => (cost.longTasks === null ? null : Math.max(0, ...cost.longTasks)),
      digits: 0,
    },
    {
      label: "heap at most, MB",
      of: ({ cost }) => inMb(largest(cost.pages.map(({ heapBytes }) => heapBytes))),
      digits: 1,
      better: "less",
    },
    {
      label: "renderers at most, MB",
      of: ({ cost }) => inMb(largest(cost.pages.map(({ residentBytes }) => residentBytes))),
      digits: 0,
      better: "less",
    },
  ];
}

/** How soon something is there. */
export function promptness(): Measure[] {
  return [
    { label: "file chosen to link, ms", of: ({ linkMs }) => linkMs, digits: 0, better: "less" },
    {
      label: "press to first verified piece, ms",
      of: ({ firstPieceMs }) => (firstPieceMs === null ? null : Math.max(...firstPieceMs)),
      digits: 0,
      better: "less",
    },
  ];
}
