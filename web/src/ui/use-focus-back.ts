import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/**
 * For a form that takes the place of the button that opened it: once it is gone, nothing has the focus
 * any more, and the button gets it back.
 */
export function useFocusBack(isOpen: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return button;
}
