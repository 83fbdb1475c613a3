import { useEffect, useState } from "react";
import type { KeptShare } from "../../protocol/kept.ts";
import { KeptShares } from "../../session/kept-shares.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { t } from "../../locales/words.ts";
import "./go-on.css";

/** Whether something is left to do: to fetch, or to go on sharing. */
function isBrokenOff({ role, isOpen, isEnded, keptBytes, totalBytes }: KeptShare): boolean {
  if (isOpen) return false;
  return role === "sharer" ? !isEnded : keptBytes < totalBytes;
}

/** The way back to what was broken off in this browser; nothing while there is none. */
export function GoOn({
  sharesFragment,
}: {
  /** Of the page that lists them all. */
  readonly sharesFragment: string;
}) {
  const [left, setLeft] = useState<readonly KeptShare[]>([]);

  useEffect(() => {
    let kept: KeptShares | null = null;
    const look = (): void => {
      kept ??= new KeptShares((listed) => setLeft(listed?.shares.filter(isBrokenOff) ?? []));
      kept.list();
    };
    // The page itself comes first.
    const cancel = whenIdle(look);
    // Another tab may have taken it up meanwhile.
    window.addEventListener("focus", look);
    return () => {
      cancel();
      window.removeEventListener("focus", look);
      kept?.close();
    };
  }, []);

  const [latest] = left;
  if (latest === undefined) return null;
  const { fragment, name, fileCount } = latest;
  return (
    <a
      className={`${buttonClass("quiet", "s")} go-on`}
      href={`/#${left.length === 1 ? fragment : sharesFragment}`}
    >
      <Icon name="play" />
      <span className="go-on__words">
        {left.length === 1 ? (
          <Slotted words={t("home.goOn", { name: SLOT })}>
            {name === "" ? t("shares.files", { count: fileCount }) : name}
          </Slotted>
        ) : (
          t("home.goOnWith", { count: left.length })
        )}
      </span>
    </a>
  );
}

/** @returns Calls it off. */
function whenIdle(action: () => void): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(action, 0);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(action);
  return () => cancelIdleCallback(asked);
}
