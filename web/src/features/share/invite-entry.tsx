import { enInvite } from "../../locales/en-invite.ts";
import { addWords, t } from "../../locales/words.ts";
import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
// Comes along, to be at hand when the server isn't.
import "./invite-dialog.tsx";
import "./invite-entry.css";

addWords(enInvite);

/** Below who is here: the way to reach somebody without a server. */
export function InviteEntry({ session }: { readonly session: Session }) {
  return (
    <div className="invite-entry">
      <Button look="plain" size="s" icon="send" onClick={() => session.invite()}>
        {t("invite.button")}
      </Button>
    </div>
  );
}
