/** The tab's icon as a ring that fills up, for whoever looks at another tab meanwhile. */
import { useEffect, useRef } from "react";

const LENGTH = 2 * Math.PI * 12;
/** A ring is drawn anew for each so many parts of it: no eye sees more in 16 pixels. */
const STEPS = 20;

/**
 * Stays as it was last drawn until the component is gone: the icon as it always is comes from the
 * server, which may be away when a transfer ends.
 *
 * @param share 0 to 1; null: nothing to say.
 */
export function useTabIcon(share: number | null): void {
  const step = share === null ? null : Math.floor(share * STEPS);
  const before = useRef<string>(null);

  useEffect(() => {
    const link = iconLink();
    if (link === null || step === null) return;
    before.current ??= link.href;
    link.href = ring(step / STEPS);
  }, [step]);

  useEffect(
    () => () => {
      const link = iconLink();
      if (link !== null && before.current !== null) link.href = before.current;
    },
    [],
  );
}

const iconLink = (): HTMLLinkElement | null =>
  document.querySelector<HTMLLinkElement>('link[rel="icon"]');

function ring(share: number): string {
  // One colour for both looks: the browser's tabs have their own.
  const circle = 'cx="16" cy="16" r="12" fill="none" stroke-width="6"';
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<circle ${circle} stroke="#9db0ae"/>` +
    `<circle ${circle} stroke="#e4572e" stroke-dasharray="${(share * LENGTH).toFixed(1)} 99" transform="rotate(-90 16 16)"/>` +
    "</svg>";
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
