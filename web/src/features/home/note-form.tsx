import { useEffect, useId, useRef } from "react";
import type { KeyboardEvent } from "react";
import { Button } from "../../ui/button.tsx";
import "./note-form.css";
import { t } from "../../locales/words.ts";

/** Text that becomes a file of its own. */
export function NoteForm({
  text,
  onShare,
  onCancel,
}: {
  /** What was pasted; it can be changed. */
  readonly text: string;
  readonly onShare: (text: string) => void;
  readonly onCancel: () => void;
}) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);

  const leave = ({ key }: KeyboardEvent): void => {
    if (key === "Escape") onCancel();
  };

  useEffect(() => field.current?.focus(), []);

  return (
    <form
      className="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        const written = new FormData(event.currentTarget).get("note");
        if (typeof written === "string" && written.trim() !== "") onShare(written);
        else field.current?.focus();
      }}
    >
      <label htmlFor={`${id}note`} className="note-form__label">
        {t("home.note.label")}
      </label>
      <textarea
        id={`${id}note`}
        name="note"
        ref={field}
        className="note-form__text"
        rows={5}
        required
        dir="auto"
        defaultValue={text}
        onKeyDown={leave}
      />
      <div className="note-form__buttons">
        <Button submit look="solid" onKeyDown={leave}>
          {t("home.note.share")}
        </Button>
        <Button look="plain" onKeyDown={leave} onClick={onCancel}>
          {t("home.note.cancel")}
        </Button>
      </div>
    </form>
  );
}
