import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { t } from "../../locales/words.ts";

/** Below this one may as well wait and see. */
const LONG_SECONDS = 20;

/** Offers, while it takes long, to be told of the end: the browser asks only whoever presses. */
export function TellWhenDone({
  session,
  state: { phase, telling, secondsLeft },
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  if (phase !== "downloading" || telling === "impossible") return null;
  if (telling === "off") {
    if (secondsLeft === null || secondsLeft < LONG_SECONDS) return null;
    return (
      <Button
        look="plain"
        size="s"
        onClick={() => void session.tellWhenDone(t("share.receive.done"))}
      >
        {t("share.receive.tell")}
      </Button>
    );
  }
  return (
    <p role="status" className="receiver__helped">
      {telling === "on" ? t("share.receive.willTell") : t("share.receive.mayNotTell")}
    </p>
  );
}
