import type { ShareState } from "../../protocol/state.ts";
import { formatPercent, formatSpeed } from "../../ui/format.ts";
import { PieceMap } from "../../ui/piece-map.tsx";
import { SpeedGraph } from "../../ui/speed-graph.tsx";
import { t } from "../../locales/words.ts";
import "./traffic.css";

/** A minute. */
const SAMPLES = 60;

/** How fast it has been, and which pieces are here and with others. */
export function Traffic({ state }: { readonly state: ShareState }) {
  const { speeds, pieces, role, phase } = state;
  const isSharer = role === "sharer";
  const way = isSharer || phase === "done" ? "up" : "down";
  const values = speeds.map((sample) => sample[way]);
  const most = Math.max(0, ...values);
  if (pieces === null || pieces.held.length === 0) return null;
  // The sharer has everything: what counts is what others have.
  const held = isSharer ? pieces.others : pieces.held;
  return (
    <section className="traffic" aria-labelledby="traffic-title">
      <h2 id="traffic-title" className="section-title">
        {t("share.traffic.title")}
        {most > 0 && (
          <span className="section-title__count number">
            {t(`share.traffic.most.${way}`, { speed: formatSpeed(most) })}
          </span>
        )}
      </h2>
      <SpeedGraph values={values} count={SAMPLES} />
      <PieceMap
        held={held}
        others={pieces.others}
        label={
          isSharer
            ? t("share.traffic.mapOut", { out: shareOf(pieces.others) })
            : t("share.traffic.map", { here: shareOf(pieces.held), there: shareOf(pieces.others) })
        }
      />
      <p className="traffic__key">
        <span className="traffic__mark traffic__mark--here" aria-hidden="true" />
        {isSharer ? t("share.traffic.keyOut") : t("share.traffic.keyHere")}
        {!isSharer && (
          <>
            <span className="traffic__mark traffic__mark--there" aria-hidden="true" />
            {t("share.traffic.keyThere")}
          </>
        )}
      </p>
    </section>
  );
}

/** How much of all cells, in words. */
function shareOf(cells: Uint8Array): string {
  let sum = 0;
  for (const cell of cells) sum += cell;
  return formatPercent(sum / 255 / cells.length);
}
