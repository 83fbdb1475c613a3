import { useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";

/** Less is fetched again in no time. */
const ASK_BYTES = 10_000_000;

/** Gives a download up, and removes what came of it: asked where that is a lot. */
export function CancelButton({
  session,
  state: { verifiedBytes },
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        data-testid="cancel"
        look="plain"
        size="l"
        onClick={() => (verifiedBytes < ASK_BYTES ? void session.cancel() : setAsking(true))}
      >
        {t("share.receive.cancel")}
      </Button>
      {asking && (
        <ConfirmDialog
          words={t("share.cancelDialog", {
            returnObjects: true,
            bytes: formatBytes(verifiedBytes),
          })}
          onCancel={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            void session.cancel();
          }}
        />
      )}
    </>
  );
}
