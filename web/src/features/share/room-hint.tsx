import type { ShareState } from "../../protocol/state.ts";
import { canChoosePlace } from "../../session/choose-place.ts";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import "./room-hint.css";
import { fetchedCount } from "./file-choice.ts";
import { t } from "../../locales/words.ts";

/** Before a download: how much it takes, and plainly if that looks like too much. */
export function RoomHint({ state }: { readonly state: ShareState }) {
  const { room, files } = state;
  const fileCount = fetchedCount(state);
  if (files.length === 0 || fileCount === 0) return null;
  const needed = formatBytes(neededBytes(state));
  if (room === null) {
    // Its line is kept free, or the button below would move away from under a finger.
    return (
      <div className="room-hint room-hint--unknown" aria-hidden="true">
        <p>{t("share.room.needs", { bytes: needed })}</p>
      </div>
    );
  }
  const free = room.freeBytes === null ? null : formatBytes(room.freeBytes);
  const { lack } = room;
  const isWarning = room.isInMemory || lack !== null;
  return (
    <div className="room-hint" data-testid="room" data-lack={lack ?? undefined}>
      {isWarning ? (
        <p className="room-hint__warning">
          <Icon name="warn" />
          <span>
            {room.isInMemory ? inMemoryWords(free) : tooMuchWords(needed, free)}{" "}
            {lack === "files" &&
              (room.isInMemory ? t("share.room.tooSmallInMemory") : t("share.room.tooSmall"))}
            {lack === "zip" &&
              (canChoosePlace(fileCount) ? t("share.room.noZipButFolder") : t("share.room.noZip"))}
          </span>
        </p>
      ) : (
        <p>{t("share.room.needs", { bytes: needed })}</p>
      )}
    </div>
  );
}

function inMemoryWords(free: string | null): string {
  return free === null ? t("share.room.inMemory") : t("share.room.inMemoryUpTo", { free });
}

function tooMuchWords(needed: string, free: string | null): string {
  if (free === null) return t("share.room.tooMuch", { needed });
  return t("share.room.tooMuchFor", { needed, free });
}

/** At most, on the device: the files, a ZIP of them where there are several, and what is saved. */
function neededBytes(state: ShareState): number {
  return (fetchedCount(state) > 1 ? 3 : 2) * state.totalBytes;
}
