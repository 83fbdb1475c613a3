import { useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FileList } from "./file-list.tsx";
import { worthListing } from "./file-tree.ts";
import { isOpenable } from "./openable.ts";
import { t } from "../../locales/words.ts";

/** Ends a share for everyone, once that is confirmed. */
export function EndShareButton({
  session,
  look,
  children,
}: {
  readonly session: Session;
  readonly look: "quiet" | "plain";
  readonly children: string;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button data-testid="stop" look={look} icon="stop" onClick={() => setAsking(true)}>
        {children}
      </Button>
      {asking && (
        <ConfirmDialog
          words={t("share.stopDialog", { returnObjects: true })}
          onCancel={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            session.stop();
          }}
        />
      )}
    </>
  );
}

/** What one shares oneself. */
export function SharedFiles({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const { files } = state;
  if (!worthListing(files)) return null;
  return (
    <div className="share__files">
      <FileList
        files={files}
        showProgress={false}
        onSave={null}
        isOpenable={(file) => isOpenable(state, file)}
        onOpen={(index) => session.viewer.open(index)}
      />
    </div>
  );
}
