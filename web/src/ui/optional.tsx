import { lazy } from "react";
import type { ComponentType } from "react";

/** A component whose code is fetched once it is shown; nothing is, where it can't be fetched. */
export function optional<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      // Safe: the page does without it.
      const Nothing: ComponentType<Props> = () => null;
      return { default: Nothing };
    }
  });
}
