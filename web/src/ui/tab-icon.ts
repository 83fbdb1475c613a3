/** The tab's icon as a ring that fills up, for whoever looks at another tab meanwhile. */
import { useEffect } from "react";

const LENGTH = 2 * Math.PI * 12;
/** A ring is drawn anew for each so many parts of it: no eye sees more in 16 pixels. */
const STEPS = 20;

/** @param share 0 to 1; null: the icon as it always is. */
export function useTabIcon(share: number | null): void {
  const step = share === null ? null : Math.floor(share * STEPS);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null || step === null) return;
    const before = link.href;
    link.href = ring(step / STEPS);
    return () => {
      link.href = before;
    };
  }, [step]);
}

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
