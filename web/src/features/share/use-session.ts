import { useSyncExternalStore } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";

/** The session's newest state; renders again when it changes. */
export function useSession(session: Session): ShareState {
  return useSyncExternalStore(
    (changed) => session.subscribe(changed),
    () => session.getState(),
  );
}
