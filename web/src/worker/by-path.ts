/** The order of a new share's files: folders are read in whatever order they lie. */

const { compare } = new Intl.Collator(undefined, { numeric: true });

/** As in the browser's own language, by the first name that differs; 2 before 10. */
export function byPath(a: readonly string[], b: readonly string[]): number {
  for (const [depth, name] of a.entries()) {
    const order = compare(name, b[depth] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
