import { useId } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { formatSpeed } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";
import "./upload-limit.css";

/** Bytes per second that one can choose. */
const LIMITS = [250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000];

/** Leaves room on the uplink for whatever else it is for. */
export function UploadLimit({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const id = useId();
  const limit = state.uploadLimitBytesPerSec;
  return (
    <p className="upload-limit">
      <label htmlFor={id}>{t("share.uploadLimit.label")}</label>
      <select
        id={id}
        className="field number"
        value={limit ?? ""}
        onChange={({ currentTarget: { value } }) =>
          session.limitUpload(value === "" ? null : Number(value))
        }
      >
        <option value="">{t("share.uploadLimit.none")}</option>
        {LIMITS.map((bytesPerSec) => (
          <option key={bytesPerSec} value={bytesPerSec}>
            {formatSpeed(bytesPerSec)}
          </option>
        ))}
      </select>
    </p>
  );
}
