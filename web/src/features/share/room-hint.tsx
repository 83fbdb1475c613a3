import type { ShareState } from "../../protocol/state.ts";
import { canChoosePlace } from "../../session/choose-place.ts";
import { formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import "./room-hint.css";
import { strings } from "./strings.ts";

/** Before a download: how much it takes, and plainly if that looks like too much. */
export function RoomHint({ state }: { readonly state: ShareState }) {
  const { room, files } = state;
  if (room === null || files.length === 0) return null;
  const words = strings.room;
  const free = room.freeBytes === null ? null : formatBytes(room.freeBytes);
  const { lack } = room;
  const needed = formatBytes(neededBytes(state));
  const isWarning = room.isInMemory || lack !== null;
  return (
    <div className="room-hint" data-testid="room" data-lack={lack ?? undefined}>
      {isWarning ? (
        <p className="room-hint__warning">
          <Icon name="warn" />
          <span>
            {room.isInMemory ? words.inMemory(free) : words.tooMuch(needed, free)}{" "}
            {lack === "files" && (room.isInMemory ? words.tooSmallInMemory : words.tooSmall)}
            {lack === "zip" && (canChoosePlace(files.length) ? words.noZipButFolder : words.noZip)}
          </span>
        </p>
      ) : (
        <p>{words.needs(needed)}</p>
      )}
    </div>
  );
}

/** At most, on the device: the files, a ZIP of them where there are several, and what is saved. */
function neededBytes({ files, totalBytes }: ShareState): number {
  return (files.length > 1 ? 3 : 2) * totalBytes;
}
