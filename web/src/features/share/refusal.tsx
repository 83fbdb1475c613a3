import type { Refusal } from "../../protocol/state.ts";
import { Icon } from "../../ui/icon.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import "./refusal.css";
import { t } from "../../locales/words.ts";

/** Why the files that were chosen weren't taken, and what to do. */
export function RefusalNote({ refusal }: { readonly refusal: Refusal | null }) {
  return (
    <div role="alert">
      {refusal !== null && (
        <p className="refusal" data-refusal={refusal.reason}>
          <Icon name="warn" />
          <span>
            <strong>
              <Slotted words={t(`share.refusals.${refusal.reason}.title`, { name: SLOT })}>
                {refusal.name}
              </Slotted>
            </strong>{" "}
            {t(`share.refusals.${refusal.reason}.action`)}
          </span>
        </p>
      )}
    </div>
  );
}
