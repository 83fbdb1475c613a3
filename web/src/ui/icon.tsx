import type { ReactNode } from "react";
import "./icon.css";

/** Line drawings in a box of 20, drawn with the text's colour. */
const DRAWINGS = {
  check: <path d="m4 10.5 4 4 8-9" />,
  chevron: <path d="m7.5 5 5 5-5 5" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  copy: (
    <>
      <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
      <path d="M13 4.5v-.2A1.8 1.8 0 0 0 11.2 2.5H4.8A1.8 1.8 0 0 0 3 4.3v6.4a1.8 1.8 0 0 0 1.8 1.8H5" />
    </>
  ),
  down: <path d="M10 3v10m-4.5-4L10 13.5 14.5 9M4 17h12" />,
  file: (
    <path d="M11.5 2.5H6A1.5 1.5 0 0 0 4.5 4v12A1.5 1.5 0 0 0 6 17.5h8a1.5 1.5 0 0 0 1.5-1.5V6.5zm0 0v4h4" />
  ),
  files: (
    <path d="M12.5 2.5H8.5A1.5 1.5 0 0 0 7 4v8.5A1.5 1.5 0 0 0 8.5 14H15a1.5 1.5 0 0 0 1.5-1.5v-6zM4 6v9.5A1.5 1.5 0 0 0 5.5 17H13" />
  ),
  folder: (
    <path d="M2.5 15V5A1.5 1.5 0 0 1 4 3.5h3.5l2 2.5H16A1.5 1.5 0 0 1 17.5 7.5V15a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15z" />
  ),
  lock: (
    <path d="M5.5 9h9A1.5 1.5 0 0 1 16 10.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 15.5v-5A1.5 1.5 0 0 1 5.5 9zM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9" />
  ),
  pause: <path d="M7 4.5v11m6-11v11" />,
  play: <path d="M6.5 4v12l9-6z" />,
  search: <path d="M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zm4.3-1.7L17 17" />,
  send: (
    <path d="M10 12.5V3M6.5 6 10 2.5 13.5 6M4 11v4.5A1.5 1.5 0 0 0 5.5 17h9a1.5 1.5 0 0 0 1.5-1.5V11" />
  ),
  stop: <rect x="5" y="5" width="10" height="10" rx="1.5" />,
  warn: (
    <path d="M10 7.5v3.5m0 2.8v.100M8.7 3.6 2.4 14.3A1.5 1.5 0 0 0 3.7 16.5h12.6a1.5 1.5 0 0 0 1.3-2.2L11.3 3.6a1.5 1.5 0 0 0-2.6 0z" />
  ),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** An icon beside words that say the same, so it is silent. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={`icon icon--${name}`} viewBox="0 0 20 20" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
