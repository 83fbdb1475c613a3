import { useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import { Button } from "../../ui/button.tsx";
import { PasswordDialog } from "./password-dialog.tsx";
import "./password-entry.css";
import { t } from "../../locales/words.ts";
import { useCopy } from "./use-copy.ts";

/** Beside a sharer's link: whether it asks for a password, and the way to one. */
export function PasswordEntry({
  state: { isProtected, password },
  onPassword,
}: {
  readonly state: ShareState;
  /** Shares the same under this password, or without one; null where this page can't. */
  readonly onPassword: ((password: string | null) => Promise<boolean>) | null;
}) {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="password-entry">
      {isProtected && (
        <p className="password-entry__words">
          <strong>{t("share.password.isSet")}</strong> {t("share.password.sendApart")}
        </p>
      )}
      {password !== null && <CopyPassword password={password} />}
      {onPassword !== null && (
        <Button look="plain" size="s" icon="lock" onClick={() => setAsking(true)}>
          {isProtected ? t("share.password.change") : t("share.password.set")}
        </Button>
      )}
      {isAsking && onPassword !== null && (
        <PasswordDialog
          isProtected={isProtected}
          onSet={onPassword}
          onCancel={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function CopyPassword({ password }: { readonly password: string }) {
  const { copied, copy } = useCopy(password);
  return (
    <>
      <Button look="plain" size="s" onClick={() => void copy()}>
        {t("share.password.copy")}
      </Button>
      <p role="status" className="password-entry__copied">
        {copied === "yes" && t("share.password.copied")}
        {copied === "by-hand" && <bdi>{password}</bdi>}
      </p>
    </>
  );
}
