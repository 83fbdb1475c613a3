import type { Refusal } from "../../protocol/state.ts";
import { Icon } from "../../ui/icon.tsx";
import "./refusal.css";
import { strings } from "./strings.ts";

/** Why the files that were chosen weren't taken, and what to do. */
export function RefusalNote({ refusal }: { readonly refusal: Refusal | null }) {
  const words = refusal === null ? null : strings.refusals[refusal.reason];
  return (
    <div role="alert">
      {refusal !== null && words !== null && (
        <p className="refusal" data-refusal={refusal.reason}>
          <Icon name="warn" />
          <span>
            <strong>{words.title(refusal.name)}</strong> {words.action}
          </span>
        </p>
      )}
    </div>
  );
}
