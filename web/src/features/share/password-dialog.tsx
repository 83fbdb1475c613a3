import { LIMITS } from "@shoal/swarm/limits";
import { passwordBytes } from "@shoal/swarm/share/password";
import { useEffect, useRef, useState } from "react";
import { suggestPassword } from "../../session/suggest-password.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { PasswordField } from "../../ui/password-field.tsx";
import "./password-dialog.css";
import { t } from "../../locales/words.ts";

/** Sets a share's password, changes it, or takes it away. */
export function PasswordDialog({
  isProtected,
  onSet,
  onCancel,
}: {
  readonly isProtected: boolean;
  /** Null: without a password from now on. False where nothing came of it. */
  readonly onSet: (password: string | null) => Promise<boolean>;
  readonly onCancel: () => void;
}) {
  const [isShown, setShown] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => field.current?.focus(), []);

  function refuse(why: string): void {
    setError(why);
    field.current?.focus();
  }

  async function set(chosen: string | null): Promise<void> {
    setError(null);
    setBusy(true);
    // Where it works, this dialog is gone with the share that it was for.
    if (await onSet(chosen)) return;
    setBusy(false);
    refuse(t("share.password.failed"));
  }

  function submit(): void {
    if (isBusy) return;
    const password = field.current?.value ?? "";
    if (passwordBytes(password) !== null) void set(password);
    else
      refuse(
        password.trim() === ""
          ? t("share.password.empty")
          : t("share.password.tooLong", { most: LIMITS.passwordLetters }),
      );
  }

  return (
    <Dialog
      title={isProtected ? t("share.password.changeTitle") : t("share.password.setTitle")}
      sentence={t("share.password.sentence")}
      onCancel={() => {
        if (!isBusy) onCancel();
      }}
    >
      <form
        className="password-dialog"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <PasswordField
          ref={field}
          label={isProtected ? t("share.password.newLabel") : t("share.unlock.label")}
          show={{ label: t("share.unlock.show"), name: t("share.unlock.showName") }}
          isShown={isShown}
          onShow={setShown}
          isReadOnly={isBusy}
          error={error}
        />
        <Button
          look="quiet"
          size="s"
          onClick={() => {
            if (isBusy || field.current === null) return;
            field.current.value = suggestPassword();
            setShown(true);
            setError(null);
          }}
        >
          {t("share.password.suggest")}
        </Button>
        <p className="password-dialog__hint">{t("share.password.hint")}</p>
        <div className="dialog__buttons">
          {isProtected && (
            <Button look="plain" busy={isBusy} onClick={() => void set(null)}>
              {t("share.password.remove")}
            </Button>
          )}
          <Button look="quiet" busy={isBusy} onClick={onCancel}>
            {t("share.password.cancel")}
          </Button>
          <Button submit look="solid" busy={isBusy}>
            {isBusy ? t("share.password.making") : t("share.password.confirm")}
          </Button>
        </div>
        <p role="status" className="visually-hidden">
          {isBusy && t("share.password.making")}
        </p>
      </form>
    </Dialog>
  );
}
