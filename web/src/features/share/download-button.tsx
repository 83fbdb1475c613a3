import type { ShareState } from "../../protocol/state.ts";
import { Button } from "../../ui/button.tsx";
import { formatBytes } from "../../ui/format.ts";
import { type Sum, ticked, tickedSince } from "./file-choice.ts";
import { t } from "../../locales/words.ts";

const HINT = "download-hint";

type Props = { readonly state: ShareState; readonly onPress: () => void };

/** Fetches what is ticked, and says how much that is where it isn't all. */
export function DownloadButton({ state, onPress }: Props) {
  const sum = ticked(state);
  const isNone = sum.fileCount === 0 && state.files.length > 0;
  return (
    <>
      <Button
        data-testid="download"
        look="solid"
        size="l"
        icon="down"
        disabled={isNone}
        aria-describedby={isNone ? HINT : undefined}
        onClick={onPress}
      >
        {labelOf(state, sum)}
      </Button>
      {isNone && (
        <p id={HINT} className="receiver__hint">
          {t("share.receive.noneChosen")}
        </p>
      )}
    </>
  );
}

/** Once all that was chosen is there: fetches what was ticked since. */
export function DownloadMoreButton({ state, onPress }: Props) {
  const { fileCount, missingBytes } = tickedSince(state);
  if (fileCount === 0) return null;
  return (
    <Button data-testid="download" size="l" icon="down" onClick={onPress}>
      {t("share.receive.downloadMore", { count: fileCount, bytes: formatBytes(missingBytes) })}
    </Button>
  );
}

function labelOf(
  { phase, verifiedBytes, files, chosen }: ShareState,
  { fileCount, missingBytes }: Sum,
): string {
  const isLater = phase === "waiting";
  if (chosen !== null && fileCount > 0) {
    const of = { part: fileCount, all: files.length };
    return isLater
      ? t("share.receive.downloadChosenLater", of)
      : t("share.receive.downloadChosen", { ...of, bytes: formatBytes(missingBytes) });
  }
  const isRest = verifiedBytes > 0;
  if (isLater) return t(isRest ? "share.receive.downloadRestLater" : "share.receive.downloadLater");
  return t(isRest ? "share.receive.downloadRest" : "share.receive.download");
}
