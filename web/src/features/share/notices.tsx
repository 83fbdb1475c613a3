import type { Notice } from "../../protocol/state.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import "./notices.css";
import { t } from "../../locales/words.ts";

/**
 * Troubles that don't stop what is running. Offline explains the unreachable server as well, which is
 * no trouble to a swarm that goes on without it.
 */
export function Notices({
  notices,
  isAnyoneHere,
  isInRing,
  isOneFile,
  onSave,
}: {
  readonly notices: readonly Notice[];
  readonly isAnyoneHere: boolean;
  readonly isInRing: boolean;
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
        const goesOn = notice === "server-unreachable" && (isAnyoneHere || isInRing);
        return (
          <div
            key={notice}
            className="notices__one"
            data-notice={goesOn ? "without-server" : notice}
          >
            <Icon name="warn" />
            {goesOn ? (
              <WithoutServer isAnyoneHere={isAnyoneHere} isInRing={isInRing} />
            ) : (
              <p>
                <strong>{title}</strong> {sentence} {!isSave && action}
                {isSave && !isOneFile && t("share.noticeZip")}
              </p>
            )}
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

/** No tracker answers, and the share goes on: through whom newcomers come. */
function WithoutServer({
  isAnyoneHere,
  isInRing,
}: {
  readonly isAnyoneHere: boolean;
  readonly isInRing: boolean;
}) {
  const { title, sentence, ring } = t("share.notices.without-server", { returnObjects: true });
  return (
    <p>
      <strong>{title}</strong> {isAnyoneHere && sentence} {isInRing && ring}
    </p>
  );
}
