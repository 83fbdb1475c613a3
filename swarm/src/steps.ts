/**
 * Work that may take long, in steps of a few milliseconds: each `next()` is one, and between two of
 * them whoever drives it may do something else. Throws, from any of them, what the work throws.
 */
export type Steps<Result> = Generator<void, Result, void>;

/** All steps without a pause. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
