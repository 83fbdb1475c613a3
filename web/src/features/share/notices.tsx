import type { Notice } from "../../protocol/state.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import "./notices.css";
import { t } from "../../locales/words.ts";

/** Troubles that don't stop what is running. Offline explains the unreachable server as well. */
export function Notices({
  notices,
  isOneFile,
  onSave,
}: {
  readonly notices: readonly Notice[];
  /** Then saving makes no ZIP. */
  readonly isOneFile: boolean;
  /** Saves all; null while not all of it is there. */
  readonly onSave: (() => void) | null;
}) {
  const shown = notices.includes("offline")
    ? notices.filter((notice) => notice !== "server-unreachable")
    : notices;
  return (
    <div role="status" className="notices">
      {shown.map((notice) => {
        const { title, sentence, action } = t(`share.notices.${notice}`, { returnObjects: true });
        const isSave = notice === "save-failed";
        return (
          <div key={notice} className="notices__one" data-notice={notice}>
            <Icon name="warn" />
            <p>
              <strong>{title}</strong> {sentence} {!isSave && action}
              {isSave && !isOneFile && t("share.noticeZip")}
            </p>
            {isSave && onSave !== null && (
              <Button size="s" onClick={onSave}>
                {action}
              </Button>
            )}
          </div>
        );
      })}
    </div>
  );
}
