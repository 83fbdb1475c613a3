import { DEVICE, type Device } from "@shoal/swarm/person";
import { useEffect, useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { t } from "../../locales/words.ts";
import { preferences, thisPerson } from "../../session/preferences.ts";
import { Button } from "../../ui/button.tsx";
import { useFocusBack } from "../../ui/use-focus-back.ts";
import type { ShownName } from "./peer-name.ts";
import { PersonName } from "./person-name.tsx";
import { usePreferences } from "./use-preferences.ts";
import "./you.css";

/** As many letters fit the bound on a name, whatever they are. */
const MOST_LETTERS = 40;

const DEVICES = Object.keys(DEVICE) as Device[];

/** The person in front of the page among the others, and a way to be called otherwise. */
export function You({ name }: { readonly name: ShownName }) {
  const [isEditing, setIsEditing] = useState(false);
  const button = useFocusBack(isEditing);
  const { device } = thisPerson(usePreferences());

  return (
    <li className="peer-list__row you">
      {isEditing ? (
        <EditForm onDone={() => setIsEditing(false)} />
      ) : (
        <>
          <span className="peer-list__name">
            <PersonName name={name} device={device} />
            <span className="peer-list__badge you__badge">{t("share.peers.you")}</span>
          </span>
          <Button
            ref={button}
            look="quiet"
            size="s"
            aria-label={t("share.peers.editWhat")}
            onClick={() => setIsEditing(true)}
          >
            {t("share.peers.edit")}
          </Button>
        </>
      )}
    </li>
  );
}

function EditForm({ onDone }: { readonly onDone: () => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const { name, device: chosen } = thisPerson(preferences.get());
  const leave = ({ key }: KeyboardEvent): void => {
    if (key === "Escape") onDone();
  };

  useEffect(() => field.current?.select(), []);

  return (
    <form
      className="you__form"
      onSubmit={(event) => {
        event.preventDefault();
        const written = new FormData(event.currentTarget);
        const called = written.get("name");
        preferences.set({
          name: typeof called === "string" ? called : "",
          device: DEVICES.find((one) => one === written.get("device")) ?? null,
        });
        onDone();
      }}
    >
      <label htmlFor={`${id}name`}>{t("share.peers.editing.name")}</label>
      <input
        id={`${id}name`}
        name="name"
        ref={field}
        className="field you__field"
        dir="auto"
        autoComplete="off"
        maxLength={MOST_LETTERS}
        aria-describedby={`${id}hint`}
        onKeyDown={leave}
        defaultValue={name}
      />
      <label htmlFor={`${id}device`}>{t("share.peers.editing.device")}</label>
      <select
        id={`${id}device`}
        name="device"
        className="field you__field"
        onKeyDown={leave}
        defaultValue={chosen ?? undefined}
      >
        {DEVICES.map((device) => (
          <option key={device} value={device}>
            {t(`share.peers.device.${device}`)}
          </option>
        ))}
      </select>
      <p id={`${id}hint`} className="you__hint">
        {t("share.peers.editing.hint")}
      </p>
      <div className="you__buttons">
        <Button submit look="solid" size="s" onKeyDown={leave}>
          {t("share.peers.editing.save")}
        </Button>
        <Button look="plain" size="s" onKeyDown={leave} onClick={onDone}>
          {t("share.peers.editing.cancel")}
        </Button>
      </div>
    </form>
  );
}
