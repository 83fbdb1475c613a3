import type { ShareState } from "../../protocol/state.ts";
import { preferences } from "../../session/preferences.ts";
import { Switch } from "../../ui/switch.tsx";
import { t } from "../../locales/words.ts";
import "./hide-address.css";
import { usePreferences } from "./use-preferences.ts";

/** Has people reach this page through the relay alone. */
export function HideAddress({ state: { hasRelay } }: { readonly state: ShareState }) {
  const { hidesAddress } = usePreferences();
  const isImpossible = hasRelay === false;
  return (
    <div className="hide-address">
      <Switch
        label={t("share.hide.label")}
        hint={isImpossible ? t("share.hide.noRelay") : t("share.hide.cost")}
        isOn={hidesAddress}
        // What is on can be turned off anywhere.
        isDisabled={isImpossible && !hidesAddress}
        onChange={(isOn) => preferences.set({ hidesAddress: isOn })}
      />
    </div>
  );
}
