import { useEffect, useRef, useState } from "react";
import type { ComponentProps } from "react";
import type { KeptShare } from "../../protocol/kept.ts";
import { KeptShares } from "../../session/kept-shares.ts";
import type { Listed } from "../../session/kept-shares.ts";
import { isPersisted } from "../../session/persistence.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FileName } from "../../ui/file-name.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { KeepChoice } from "./keep-choice.tsx";
import { keptUntil } from "./kept-until.ts";
import "./shares.css";
import { t } from "../../locales/words.ts";

/** What this browser shares, fetches and keeps, with a way back to each and a way to be rid of it. */
export function Shares({ onHome }: { readonly onHome: () => void }) {
  /** Undefined until it is known. */
  const [listed, setListed] = useState<Listed>();
  const [asked, setAsked] = useState<KeptShare | null>(null);
  const [persisted, setPersisted] = useState<boolean | null>(null);
  const kept = useRef<KeptShares>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const onFocusChange = useKeptFocus(heading);

  useEffect(() => {
    const shares = new KeptShares(setListed);
    kept.current = shares;
    // Another tab may have changed it while this one wasn't looked at.
    const look = (): void => {
      shares.list();
      void isPersisted().then(setPersisted);
    };
    look();
    window.addEventListener("focus", look);
    return () => {
      window.removeEventListener("focus", look);
      shares.close();
    };
  }, []);

  usePageTitle(t("shares.pageTitle"));
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <main className="shares" {...onFocusChange}>
      <h1 className="shares__title" ref={heading} tabIndex={-1}>
        {t("shares.title")}
      </h1>
      <p className="shares__lead">{t("shares.lead")}</p>
      <List listed={listed} onRemove={setAsked} onHome={onHome} />
      {listed !== undefined && listed !== null && (
        <KeepChoice
          days={listed.keptDays}
          isPersisted={persisted}
          onChoose={(days) => {
            setListed({ ...listed, keptDays: days });
            void kept.current?.keepFor(days).then(setPersisted);
          }}
        />
      )}
      {asked !== null && (
        <ConfirmDialog
          words={removeWords(asked)}
          onCancel={() => setAsked(null)}
          onConfirm={() => {
            kept.current?.remove(asked);
            setAsked(null);
          }}
        />
      )}
    </main>
  );
}

function removeWords(share: KeptShare): ComponentProps<typeof ConfirmDialog>["words"] {
  const words = t(`shares.removeDialog.${share.role}`, { returnObjects: true, name: SLOT });
  return { ...words, title: <Slotted words={words.title}>{titleOf(share)}</Slotted> };
}

function List({
  listed,
  onRemove,
  onHome,
}: {
  readonly listed: Listed | undefined;
  readonly onRemove: (share: KeptShare) => void;
  readonly onHome: () => void;
}) {
  if (listed === undefined) return <p role="status">{t("shares.reading")}</p>;
  if (listed === null || listed.shares.length === 0) {
    const isFailed = listed === null;
    return (
      <div role="status" className="shares__none">
        <p>
          <strong>{isFailed ? t("shares.failed") : t("shares.none")}</strong>
        </p>
        <p>{isFailed ? t("shares.failedWhy") : t("shares.noneWhy")}</p>
        {!isFailed && (
          <Button look="solid" onClick={onHome}>
            {t("shares.home")}
          </Button>
        )}
      </div>
    );
  }
  const { shares, keptDays, nowMs } = listed;
  const takenBytes = shares.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  return (
    <>
      <ul className="shares__rows">
        {shares.map((share) => (
          <Row
            key={`${share.role} ${share.swarm}`}
            share={share}
            keptUntil={keptUntil(share.usedMs, keptDays, nowMs)}
            onRemove={onRemove}
          />
        ))}
      </ul>
      {takenBytes > 0 && (
        <p className="shares__taken number">
          {t("shares.taken", { bytes: formatBytes(takenBytes) })}
        </p>
      )}
    </>
  );
}

function Row({
  share,
  keptUntil: until,
  onRemove,
}: {
  readonly share: KeptShare;
  /** In words. */
  readonly keptUntil: string;
  readonly onRemove: (share: KeptShare) => void;
}) {
  const title = titleOf(share);
  return (
    <li className="shares__row">
      <div className="shares__what">
        <span className="shares__name">
          <FileName name={title} />
        </span>
        <span className="shares__facts number">
          <span>{stateOf(share)}</span>
          {share.fileCount > 1 && <span>{t("shares.files", { count: share.fileCount })}</span>}
          <span>{formatBytes(share.totalBytes)}</span>
          {!share.isOpen && <span>{until}</span>}
        </span>
      </div>
      {!share.isOpen && (
        <div className="shares__buttons">
          <a
            className={buttonClass("quiet", "m")}
            href={`/#${share.fragment}`}
            aria-label={t("shares.openLabel", { name: title })}
          >
            {t("shares.open")}
          </a>
          <Button
            look="plain"
            aria-label={t("shares.removeLabel", { name: title })}
            onClick={() => onRemove(share)}
          >
            {t("shares.remove")}
          </Button>
        </div>
      )}
    </li>
  );
}

function titleOf({ name, fileCount }: KeptShare): string {
  return name === "" ? t("shares.files", { count: fileCount }) : name;
}

function stateOf({ role, isOpen, isEnded, keptBytes, totalBytes }: KeptShare): string {
  if (isOpen) return t("shares.states.open");
  if (role === "sharer") return isEnded ? t("shares.states.ended") : t("shares.states.resting");
  if (keptBytes >= totalBytes) return t("shares.states.all");
  return keptBytes === 0
    ? t("shares.states.nothing")
    : t("shares.states.part", { percent: formatPercent(keptBytes / totalBytes) });
}
