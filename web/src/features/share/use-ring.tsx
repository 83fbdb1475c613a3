import type { ShareState } from "../../protocol/state.ts";
import { preferences } from "../../session/preferences.ts";
import { Switch } from "../../ui/switch.tsx";
import { t } from "../../locales/words.ts";
import { usePreferences } from "./use-preferences.ts";

/** Has this browser take part in the ring, and says what that is worth and costs. */
export function UseRing({ state: { ring } }: { readonly state: ShareState }) {
  const { hidesAddress, usesRing } = usePreferences();
  return (
    <Switch
      label={t("share.ring.label")}
      hint={
        hidesAddress ? (
          t("share.ring.hidden")
        ) : (
          <>
            {t("share.ring.cost")}{" "}
            {ring !== null && t("share.ring.links", { count: ring.linkCount })}
          </>
        )
      }
      isOn={usesRing && !hidesAddress}
      isDisabled={hidesAddress}
      onChange={(isOn) => preferences.set({ usesRing: isOn })}
    />
  );
}
