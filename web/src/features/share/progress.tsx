import { useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import { FishMeter } from "../../ui/fish-meter.tsx";
import {
  formatBytes,
  formatDuration,
  formatSpeed,
  formatPercent,
  percentParts,
  wholePercent,
} from "../../ui/format.ts";
import "./progress.css";
import { t } from "../../locales/words.ts";
import { steadySeconds } from "./time-left.ts";

/** Seconds below which counting them is fuss. */
const SOON_SECONDS = 5;

/** How much is verified, 0 to 1; a share of empty files is all there once it is done. */
export function verifiedShare({ phase, verifiedBytes, totalBytes }: ShareState): number {
  if (totalBytes === 0) return phase === "done" ? 1 : 0;
  return verifiedBytes / totalBytes;
}

/** The large figure, the shoal that fills up, and the facts beside it. Only verified bytes count. */
export function Progress({ state }: { readonly state: ShareState }) {
  const share = verifiedShare(state);
  const { phase, verifiedBytes, totalBytes, downloadBytesPerSec, uploadBytesPerSec } = state;
  const secondsLeft = useSteadySeconds(state);
  return (
    <div className="progress">
      <p className="progress__figure number" aria-hidden="true">
        {percentParts(share).map(({ type, value }) =>
          type === "percentSign" ? (
            <span key={type} className="progress__sign">
              {value}
            </span>
          ) : (
            value
          ),
        )}
      </p>
      <div
        role="progressbar"
        aria-label={t("share.receive.progress")}
        aria-valuenow={wholePercent(share)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={formatPercent(share)}
      >
        <FishMeter share={share} rows={3} />
      </div>
      <p className="progress__facts number">
        <span>
          {t("share.receive.of", {
            part: formatBytes(verifiedBytes),
            whole: formatBytes(totalBytes),
          })}
        </span>
        {phase === "downloading" && state.ownCopy?.isComparing !== true && (
          <>
            <span className="progress__fact--speed">
              <span aria-hidden="true">↓ </span>
              {formatSpeed(downloadBytesPerSec)}
            </span>
            {uploadBytesPerSec >= 1000 && (
              <span>
                <span aria-hidden="true">↑ </span>
                <span className="visually-hidden">{t("share.peers.speed.to")} </span>
                {formatSpeed(uploadBytesPerSec)}
              </span>
            )}
            <span>{timeLeft(secondsLeft)}</span>
          </>
        )}
      </p>
    </div>
  );
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return t("share.receive.leftUnknown");
  if (seconds <= SOON_SECONDS) return t("share.receive.leftSoon");
  return t("share.receive.left", { duration: formatDuration(seconds) });
}

/** Moves the shown time once per new state, not per render. */
function useSteadySeconds(state: ShareState): number | null {
  const [last, setLast] = useState({ state, shown: state.secondsLeft });
  if (last.state === state) return last.shown;
  const shown = steadySeconds(last.shown, state.secondsLeft);
  setLast({ state, shown });
  return shown;
}
