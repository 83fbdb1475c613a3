import type { Notice } from "../../protocol/state.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import "./notices.css";
import { strings } from "./strings.ts";

/** Troubles that don't stop what is running. Offline explains the unreachable server as well. */
export function Notices({
  notices,
  onSave,
}: {
  readonly notices: readonly Notice[];
  readonly onSave: () => void;
}) {
  const shown = notices.includes("offline")
    ? notices.filter((notice) => notice !== "server-unreachable")
    : notices;
  return (
    <div role="status" className="notices">
      {shown.map((notice) => {
        const { title, sentence, action } = strings.notices[notice];
        return (
          <div key={notice} className="notices__one" data-notice={notice}>
            <Icon name="warn" />
            <p>
              <strong>{title}</strong> {sentence} {notice !== "save-failed" && action}
            </p>
            {notice === "save-failed" && (
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
