import { memo, useDeferredValue } from "react";
import { encode } from "uqr";
import "./qr-code.css";

/** White modules around the code, as the standard asks: without them scanners miss it. */
const QUIET_ZONE = 4;

/**
 * A QR code, dark on white in either colour scheme. Encoding takes tens of milliseconds: it is put
 * off until what was rendered with it is on the screen, and done once per text.
 */
export function QrCode({
  text,
  label,
  isDense = false,
}: {
  readonly text: string;
  readonly label: string;
  /** Of a long text: fewer and larger modules, of which 7% instead of 15% may be misread. */
  readonly isDense?: boolean;
}) {
  return <Code text={useDeferredValue(text, "")} label={label} isDense={isDense} />;
}

const Code = memo(function Code({
  text,
  label,
  isDense,
}: {
  readonly text: string;
  readonly label: string;
  readonly isDense: boolean;
}) {
  if (text === "") return <svg className="qr-code" viewBox="0 0 1 1" aria-hidden="true" />;
  const { data, size } = encode(text, { border: QUIET_ZONE, ecc: isDense ? "L" : "M" });
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={data.map(rowPath).join("")} fill="#0b1a1e" />
    </svg>
  );
});

/** One rectangle per run of dark modules in a row. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x += 1) {
    if (row[x] !== true) continue;
    const start = x;
    while (row[x + 1] === true) x += 1;
    path += `M${start} ${y}h${x + 1 - start}v1h${start - x - 1}z`;
  }
  return path;
}
