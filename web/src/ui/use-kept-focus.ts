import { useEffect, useRef } from "react";
import type { FocusEvent, RefObject } from "react";

/**
 * What was pressed may be gone from the page with what it did: the focus goes to the heading then, where
 * the browser would begin anew at the page's top. To be spread on what holds all that can be pressed.
 */
export function useKeptFocus(heading: RefObject<HTMLElement | null>) {
  /** Something in here has the focus, or had it when it was taken out of the page. */
  const isWithin = useRef(false);
  useEffect(() => {
    const { activeElement } = document;
    const isLost = activeElement === document.body || activeElement === null;
    if (isLost && isWithin.current) heading.current?.focus({ preventScroll: true });
  });
  return {
    onFocus: () => {
      isWithin.current = true;
    },
    // React says nothing of what it removes: here the person went elsewhere.
    onBlur: ({ relatedTarget, currentTarget }: FocusEvent<HTMLElement>) => {
      isWithin.current = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
    },
  };
}
