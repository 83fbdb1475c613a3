import { useEffect, useRef, useState } from "react";
import type { KeptShare } from "../../protocol/kept.ts";
import { KeptShares } from "../../session/kept-shares.ts";
import type { Listed } from "../../session/kept-shares.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FileName } from "../../ui/file-name.tsx";
import { formatBytes, formatDay, formatPercent } from "../../ui/format.ts";
import { usePageTitle } from "../../ui/use-page-title.ts";
import "./shares.css";
import { strings } from "./strings.ts";

/** What this browser shares, fetches and keeps, with a way back to each and a way to be rid of it. */
export function Shares({ onHome }: { readonly onHome: () => void }) {
  /** Undefined until it is known. */
  const [listed, setListed] = useState<Listed>();
  const [asked, setAsked] = useState<KeptShare | null>(null);
  const kept = useRef<KeptShares>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    const shares = new KeptShares(setListed);
    kept.current = shares;
    // Another tab may have changed it while this one wasn't looked at.
    const look = (): void => shares.list();
    look();
    window.addEventListener("focus", look);
    return () => {
      window.removeEventListener("focus", look);
      shares.close();
    };
  }, []);

  usePageTitle(strings.pageTitle);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <main className="shares">
      <h1 className="shares__title" ref={heading} tabIndex={-1}>
        {strings.title}
      </h1>
      <p className="shares__lead">{strings.lead}</p>
      <List listed={listed} onRemove={setAsked} onHome={onHome} />
      {asked !== null && (
        <ConfirmDialog
          words={strings.removeDialog[asked.role](titleOf(asked))}
          onCancel={() => setAsked(null)}
          onConfirm={() => {
            kept.current?.remove(asked);
            setAsked(null);
            heading.current?.focus();
          }}
        />
      )}
    </main>
  );
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
  if (listed === undefined) return <p role="status">{strings.reading}</p>;
  if (listed === null || listed.length === 0) {
    const isFailed = listed === null;
    return (
      <div role="status" className="shares__none">
        <p>
          <strong>{isFailed ? strings.failed : strings.none}</strong>
        </p>
        <p>{isFailed ? strings.failedWhy : strings.noneWhy}</p>
        {!isFailed && (
          <Button look="solid" onClick={onHome}>
            {strings.home}
          </Button>
        )}
      </div>
    );
  }
  const takenBytes = listed.reduce((sum, { keptBytes }) => sum + keptBytes, 0);
  return (
    <>
      <ul className="shares__rows">
        {listed.map((share) => (
          <Row key={`${share.role} ${share.swarm}`} share={share} onRemove={onRemove} />
        ))}
      </ul>
      {takenBytes > 0 && (
        <p className="shares__taken number">{strings.taken(formatBytes(takenBytes))}</p>
      )}
    </>
  );
}

function Row({
  share,
  onRemove,
}: {
  readonly share: KeptShare;
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
          {share.fileCount > 1 && <span>{strings.files(share.fileCount)}</span>}
          <span>{formatBytes(share.totalBytes)}</span>
          {!share.isOpen && <span>{strings.keptUntil(formatDay(share.keptUntilMs))}</span>}
        </span>
      </div>
      {!share.isOpen && (
        <div className="shares__buttons">
          <a
            className={buttonClass("quiet", "m")}
            href={`/#${share.fragment}`}
            aria-label={strings.openLabel(title)}
          >
            {strings.open}
          </a>
          <Button
            look="plain"
            aria-label={strings.removeLabel(title)}
            onClick={() => onRemove(share)}
          >
            {strings.remove}
          </Button>
        </div>
      )}
    </li>
  );
}

function titleOf({ name, fileCount }: KeptShare): string {
  return name === "" ? strings.files(fileCount) : name;
}

function stateOf({ role, isOpen, isEnded, keptBytes, totalBytes }: KeptShare): string {
  const words = strings.states;
  if (isOpen) return words.open;
  if (role === "sharer") return isEnded ? words.ended : words.resting;
  if (keptBytes >= totalBytes) return words.all;
  return keptBytes === 0 ? words.nothing : words.part(formatPercent(keptBytes / totalBytes));
}
