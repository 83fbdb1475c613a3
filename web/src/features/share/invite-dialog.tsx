import { readInvite } from "@shoal/swarm/invite/codes";
import { useEffect, useId, useRef } from "react";
import { enInvite } from "../../locales/en-invite.ts";
import { addWords, t } from "../../locales/words.ts";
import type { InviteState } from "../../protocol/invite.ts";
import { onReply } from "../../session/reply-channel.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { QrCode } from "../../ui/qr-code.tsx";
import "./invite-dialog.css";
import { useCopy } from "./use-copy.ts";

addWords(enInvite);

const COPIED_MS = 2500;

type Open = Exclude<InviteState, { kind: "none" }>;
type Waiting = Extract<InviteState, { kind: "waiting" }>;

/** Two people connect by a code and a code back: what either of them does, step by step. */
export function InviteDialog({
  session,
  invite,
}: {
  readonly session: Session;
  readonly invite: Open;
}) {
  const role = "role" in invite ? invite.role : "inviter";
  const isOver = invite.kind === "connected" || invite.kind === "failed";
  const close = (): void => session.cancelInvite();
  return (
    <Dialog title={titleOf(invite, role)} sentence={sentenceOf(invite, role)} onCancel={close}>
      <div className="invite" data-testid="invite" data-invite={invite.kind}>
        {invite.kind === "waiting" && <Steps session={session} invite={invite} />}
        <p role="status" className={isOver ? "visually-hidden" : "invite__status"}>
          {statusOf(invite)}
        </p>
        <div className="dialog__buttons">
          {invite.kind === "failed" && role === "inviter" && (
            <Button onClick={() => session.invite()}>{t("invite.again")}</Button>
          )}
          <CloseButton isOver={isOver} label={closeLabel(invite)} onClose={close} />
        </div>
      </div>
    </Dialog>
  );
}

function titleOf(invite: Open, role: Waiting["role"]): string {
  if (invite.kind === "connected") return t("invite.connected.title");
  return invite.kind === "failed" ? t("invite.failed.title") : t(`invite.title.${role}`);
}

function sentenceOf(invite: Open, role: Waiting["role"]): string {
  if (invite.kind === "connected") return t("invite.connected.sentence");
  return invite.kind === "failed"
    ? t(`invite.failed.${invite.reason}`)
    : t(`invite.sentence.${role}`);
}

function statusOf(invite: Open): string {
  switch (invite.kind) {
    case "making":
      return t("invite.making");
    case "waiting":
      return t(`invite.waiting.${invite.role}`);
    case "connecting":
      return t("invite.connecting");
    case "connected":
      return t("invite.connected.title");
    case "failed":
      return t(`invite.failed.${invite.reason}`);
  }
}

function closeLabel({ kind }: Open): string {
  if (kind === "connected") return t("invite.done");
  return kind === "failed" ? t("invite.close") : t("invite.cancel");
}

/** Takes the focus once there is nothing else to do, since what had it is gone. */
function CloseButton({
  isOver,
  label,
  onClose,
}: {
  readonly isOver: boolean;
  readonly label: string;
  readonly onClose: () => void;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOver) button.current?.focus();
  }, [isOver]);
  return (
    <Button ref={button} look={isOver ? "solid" : "plain"} onClick={onClose}>
      {label}
    </Button>
  );
}

function Steps({ session, invite }: { readonly session: Session; readonly invite: Waiting }) {
  const { role } = invite;
  return (
    <ol className="invite__steps">
      <li>
        <p className="invite__step">{t(`invite.step.give.${role}`)}</p>
        <Code code={invite.code} role={role} />
      </li>
      {role === "inviter" ? (
        <>
          <li>
            <p className="invite__step">{t("invite.step.open")}</p>
          </li>
          <li>
            <ReplyForm session={session} invite={invite} />
          </li>
        </>
      ) : (
        <li>
          <p className="invite__step">{t("invite.step.wait")}</p>
        </li>
      )}
    </ol>
  );
}

/** The code to be handed over, as a URL of this page's host. */
function Code({ code, role }: Pick<Waiting, "code" | "role">) {
  const url = `${location.origin}/#${code}`;
  const { copied, copy } = useCopy(url, COPIED_MS);
  const field = useRef<HTMLInputElement>(null);

  async function copyCode(): Promise<void> {
    // What is selected can be copied by hand.
    if ((await copy()) === "by-hand") field.current?.select();
  }

  return (
    <>
      <div className="invite__code">
        <input
          ref={field}
          className="field"
          data-testid="invite-code"
          aria-label={t(`invite.code.${role}`)}
          readOnly
          dir="ltr"
          value={url}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          look="solid"
          icon={copied === "yes" ? "check" : "copy"}
          onClick={() => void copyCode()}
        >
          {copied === "yes" ? t("invite.copied") : t("invite.copy")}
        </Button>
      </div>
      <p role="status" className={copied === "by-hand" ? "invite__hint" : "visually-hidden"}>
        {copied === "yes" && t("invite.copied")}
        {copied === "by-hand" && t("invite.copyByHand")}
      </p>
      <p className="invite__hint">{t("invite.shows")}</p>
      <div className="invite__qr">
        <QrCode text={url} label={t(`invite.qr.${role}`)} isDense />
      </div>
    </>
  );
}

/** What the other person sends back; pasted, or opened as a URL in another tab of this browser. */
function ReplyForm({ session, invite }: { readonly session: Session; readonly invite: Waiting }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { code, refusal } = invite;

  useEffect(() => {
    const exchange = readInvite(code)?.exchange;
    return exchange === undefined
      ? undefined
      : onReply(exchange, (reply) => session.takeReply(reply));
  }, [code, session]);

  useEffect(() => {
    if (refusal === null) return;
    field.current?.focus();
    field.current?.select();
  }, [refusal, invite]);

  return (
    <form
      className="invite__reply"
      onSubmit={(event) => {
        event.preventDefault();
        const given = field.current?.value.trim() ?? "";
        if (given === "") field.current?.focus();
        else session.takeReply(given);
      }}
    >
      <label htmlFor={`${id}reply`} className="invite__step">
        {t("invite.step.paste")}
      </label>
      <div className="invite__code">
        <input
          ref={field}
          id={`${id}reply`}
          className="field"
          data-testid="invite-reply"
          dir="ltr"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={refusal !== null}
          aria-describedby={refusal === null ? undefined : `${id}refusal`}
        />
        <Button submit>{t("invite.connect")}</Button>
      </div>
      <p role="alert" id={`${id}refusal`} className="invite__refusal">
        {refusal !== null && t(`invite.refusal.${refusal}`)}
      </p>
    </form>
  );
}
