import { useSyncExternalStore } from "react";
import { type Preferences, preferences } from "../../session/preferences.ts";

/** What the person has said of themselves; renders again when it changes, here or in another tab. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(preferences.subscribe, preferences.get, preferences.get);
}
