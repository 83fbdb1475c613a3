import { readInvite, readReply } from "@shoal/swarm/invite/codes";
import { encodeLink } from "@shoal/swarm/share/link";
import { useEffect, useMemo, useState } from "react";
import { enInvite } from "../../locales/en-invite.ts";
import { addWords, t } from "../../locales/words.ts";
import { handOverReply } from "../../session/reply-channel.ts";
import { Button } from "../../ui/button.tsx";
import { ShoalPicture } from "../../ui/shoal-picture.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import "./arrival.css";

addWords(enInvite);

/** Whether a tab of this browser has taken a reply; null until it is known. */
type Taken = boolean | null;

/** What a code leads to: an invite to its share, a reply to the tab that waits for it. */
export function Arrival({
  code,
  onInvite,
  onHome,
}: {
  /** What follows the `#`. */
  readonly code: string;
  /** Opens a share by its link's fragment, and answers the invite. */
  readonly onInvite: (fragment: string, code: string) => void;
  readonly onHome: () => void;
}) {
  const [isTaken, setTaken] = useState<Taken>(null);
  const { reply, fragment } = useMemo(() => read(code), [code]);
  const reading = stateOf(reply ?? fragment, isTaken);
  usePageTitle(t("invite.pageTitle"));

  useEffect(() => {
    if (fragment !== null) return onInvite(fragment, code);
    if (reply === null) return;
    let isShown = true;
    void handOverReply(reply).then((wasTaken) => {
      if (isShown) setTaken(wasTaken);
    });
    return () => {
      isShown = false;
    };
  }, [code, reply, fragment, onInvite]);

  return (
    <main className="arrival" data-testid="arrival" data-reading={reading}>
      <ShoalPicture mood={reading === "handed" ? "together" : "seeking"} />
      <div role="status">
        <h1 tabIndex={-1}>{t(`invite.arrival.${reading}.title`)}</h1>
        <p className="arrival__sentence">{t(`invite.arrival.${reading}.sentence`)}</p>
      </div>
      {reading !== "reading" && <Button onClick={onHome}>{t("invite.arrival.home")}</Button>}
    </main>
  );
}

/** A whole reply, or the link's fragment of a whole invite. */
function read(code: string): { readonly reply: string | null; readonly fragment: string | null } {
  const invite = readInvite(code);
  return {
    reply: readReply(code) === null ? null : code,
    fragment: invite && encodeLink(invite.link),
  };
}

function stateOf(
  whole: string | null,
  isTaken: Taken,
): "reading" | "damaged" | "handed" | "nobody" {
  if (whole === null) return "damaged";
  if (isTaken === null) return "reading";
  return isTaken ? "handed" : "nobody";
}
