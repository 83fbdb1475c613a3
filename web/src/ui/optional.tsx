import { lazy } from "react";
import type { ComponentType } from "react";

/**
 * A component whose code is fetched once it is shown.
 *
 * @param Instead Shown where it can't be fetched; left out: nothing is.
 */
export function optional<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Instead: ComponentType = () => null,
) {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      // Safe: the page does without it, or says so.
      const Shown: ComponentType<Props> = () => <Instead />;
      return { default: Shown };
    }
  });
}
