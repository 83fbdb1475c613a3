import { useEffect, useRef, useState } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { PasswordField } from "../../ui/password-field.tsx";
import { t } from "../../locales/words.ts";
import "./unlock-form.css";

/** Asks for the password of a share that is locked. */
export function UnlockForm({
  session,
  state: { lock },
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const [isShown, setShown] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const isTrying = lock === "trying";

  useEffect(() => {
    if (lock === "trying") return;
    // There is nothing else to do on this page; what was wrong is typed over.
    field.current?.focus();
    field.current?.select();
  }, [lock]);

  return (
    <form
      className="unlock-form"
      onSubmit={(event) => {
        event.preventDefault();
        const password = field.current?.value ?? "";
        if (isTrying) return;
        if (password.trim() === "") field.current?.focus();
        else session.unlock(password);
      }}
    >
      <PasswordField
        ref={field}
        label={t("share.unlock.label")}
        show={{ label: t("share.unlock.show"), name: t("share.unlock.showName") }}
        isShown={isShown}
        onShow={setShown}
        isReadOnly={isTrying}
        error={lock === "wrong" ? t("share.unlock.wrong") : null}
      />
      <Button submit look="solid" size="l" icon="lock" busy={isTrying}>
        {isTrying ? t("share.unlock.trying") : t("share.unlock.submit")}
      </Button>
      <p role="status" className="visually-hidden">
        {isTrying && t("share.unlock.trying")}
      </p>
    </form>
  );
}
