import { type Description, KIND, type Kind, safeDescription } from "@shoal/swarm/catalogue/entry";
import { LIMITS } from "@shoal/swarm/limits";
import { useId, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import "./publish-dialog.css";
import { t } from "../../locales/words.ts";

const KINDS = Object.keys(KIND) as Kind[];

/** Asks what can be found of a share, and says what publishing it means. */
export function PublishDialog({
  before,
  isListed,
  isProtected,
  onPublish,
  onCancel,
}: {
  /** What is, or could be, said of it. */
  readonly before: Description;
  readonly isListed: boolean;
  readonly isProtected: boolean;
  readonly onPublish: (description: Description) => void;
  readonly onCancel: () => void;
}) {
  const [isNameless, setNameless] = useState(false);
  const title = useRef<HTMLInputElement>(null);
  const id = useId();

  function publish(form: FormData): void {
    const read = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    const description = safeDescription({
      title: read("title"),
      description: read("description"),
      tags: read("tags").split(/[,،、]/u),
      kind: KINDS.find((kind) => kind === read("kind")) ?? "other",
    });
    if (description !== null) return onPublish(description);
    setNameless(true);
    title.current?.focus();
  }

  return (
    <Dialog
      title={isListed ? t("share.publish.changeTitle") : t("share.publish.title")}
      sentence={t("share.publish.public")}
      onCancel={onCancel}
    >
      <form
        className="publish"
        onSubmit={(event) => {
          event.preventDefault();
          publish(new FormData(event.currentTarget));
        }}
      >
        {isProtected && <p className="publish__hint">{t("share.publish.protected")}</p>}
        <label htmlFor={`${id}title`}>{t("share.publish.name")}</label>
        <input
          ref={title}
          id={`${id}title`}
          name="title"
          className="field"
          dir="auto"
          autoComplete="off"
          maxLength={LIMITS.entryTitleBytes}
          defaultValue={before.title}
          aria-invalid={isNameless}
          aria-describedby={isNameless ? `${id}nameless` : undefined}
        />
        <p role="alert" id={`${id}nameless`} className="publish__wrong">
          {isNameless && t("share.publish.nameless")}
        </p>
        <label htmlFor={`${id}description`}>{t("share.publish.description")}</label>
        <textarea
          id={`${id}description`}
          name="description"
          className="field"
          rows={3}
          dir="auto"
          maxLength={LIMITS.entryDescriptionBytes}
          defaultValue={before.description}
        />
        <label htmlFor={`${id}tags`}>{t("share.publish.tags", { most: LIMITS.entryTags })}</label>
        <input
          id={`${id}tags`}
          name="tags"
          className="field"
          dir="auto"
          autoComplete="off"
          autoCapitalize="none"
          defaultValue={before.tags.join(", ")}
        />
        <label htmlFor={`${id}kind`}>{t("search.kind")}</label>
        <select id={`${id}kind`} name="kind" className="field" defaultValue={before.kind}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`catalogue.kinds.${kind}`)}
            </option>
          ))}
        </select>
        <div className="dialog__buttons">
          <Button onClick={onCancel}>{t("share.publish.cancel")}</Button>
          <Button submit look="solid">
            {isListed ? t("share.publish.confirmChange") : t("share.publish.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
