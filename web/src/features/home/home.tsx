import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import type { SharedFile } from "../../protocol/messages.ts";
import {
  collectChosen,
  collectDropped,
  collectPicked,
  droppedHandles,
  droppedItems,
} from "../../session/collect.ts";
import { preferences } from "../../session/preferences.ts";
import { Button } from "../../ui/button.tsx";
import { FileChooser } from "../../ui/file-chooser.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ShoalPicture } from "../../ui/shoal-picture.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useFocusBack } from "../../ui/use-focus-back.ts";
import { useIncoming } from "../../ui/use-incoming.ts";
import "./home.css";
import { fragmentIn } from "./link-text.ts";
import { NoteForm } from "./note-form.tsx";
import { t } from "../../locales/words.ts";

type Trouble = "nothing-to-share" | "not-a-link" | "unreadable";

const FACTS = ["private", "shared", "checked"] as const;

type Status =
  | { readonly kind: "idle" }
  | { readonly kind: "reading"; readonly files: number }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** A note is a text file like any other. */
function noteOf(text: string): SharedFile {
  const name = t("home.note.fileName");
  return { path: [name], file: new File([text], name, { type: "text/plain" }) };
}

const readingWords = (files: number): string =>
  files === 0 ? t("home.reading") : t("home.readingFiles", { count: files });

/** The one surface where a share begins, or a link is opened. */
export function Home({
  searchFragment,
  onFiles,
  onLink,
}: {
  /** Of the page that searches; null where there is nothing to search. */
  readonly searchFragment: string | null;
  /** `handles` say where they lie, as far as the browser tells. */
  readonly onFiles: (files: readonly SharedFile[], handles: readonly FileSystemHandle[]) => void;
  /** Takes what follows the link's `#`. */
  readonly onLink: (fragment: string) => void;
}) {
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  /** Counts drops: a newer one, or leaving the page, makes an older one's files unwanted. */
  const reading = useRef(0);
  const id = useId();
  const { hidesAddress } = useSyncExternalStore(
    preferences.subscribe,
    preferences.get,
    preferences.get,
  );
  /** What is in the note that is being written; null: none is. */
  const [note, setNote] = useState<string | null>(null);

  const writeButton = useFocusBack(note !== null);

  useEffect(
    () => () => {
      reading.current += 1;
    },
    [],
  );

  function share(files: readonly SharedFile[], handles: readonly FileSystemHandle[] = []): void {
    if (files.length > 0) onFiles(files, handles);
    else setStatus({ kind: "trouble", trouble: "nothing-to-share" });
  }

  const choose = (chosen: readonly File[]): void => share(collectChosen(chosen));

  async function take(transfer: DataTransfer): Promise<void> {
    const dropped = droppedItems(transfer);
    const handles = droppedHandles(transfer);
    reading.current += 1;
    const turn = reading.current;
    const isLatest = (): boolean => turn === reading.current;
    setStatus({ kind: "reading", files: 0 });
    try {
      const files = await collectDropped(dropped, (files) => {
        if (isLatest()) setStatus({ kind: "reading", files });
      });
      const known = await handles;
      if (isLatest()) share(files, known);
    } catch {
      // Whatever the browser's reason, a part of a folder must not pass for the whole.
      if (isLatest()) setStatus({ kind: "trouble", trouble: "unreadable" });
    }
  }

  async function pick(handles: readonly FileSystemFileHandle[]): Promise<void> {
    try {
      share(await collectPicked(handles), handles);
    } catch {
      setStatus({ kind: "trouble", trouble: "unreadable" }); // Safe: nothing was shared.
    }
  }

  function open(text: string): boolean {
    const fragment = fragmentIn(text);
    if (fragment !== null) onLink(fragment);
    return fragment !== null;
  }

  /** Opens a link; other text becomes a note, unless it was meant for a field. */
  function takeText(text: string): boolean {
    if (open(text)) return true;
    if (note !== null || text.trim() === "" || document.activeElement?.matches("input")) {
      return false;
    }
    setNote(text);
    return true;
  }

  const dragging = useIncoming({
    onTransfer: (transfer) => void take(transfer),
    onText: takeText,
  });

  return (
    <main className="home" data-dragging={dragging}>
      <div className="home__picture">
        <ShoalPicture mood="together" />
      </div>
      <div className="home__words">
        <h1 className="home__title" tabIndex={-1}>
          {dragging ? t("home.letGo") : t("home.title")}
        </h1>
        <p className="home__lead">{t("home.lead")}</p>

        {note !== null ? (
          <NoteForm
            text={note}
            onShare={(text) => share([noteOf(text)])}
            onCancel={() => setNote(null)}
          />
        ) : (
          <>
            <div className="home__choose">
              <FileChooser
                testId="file-input"
                look="solid"
                onChosen={choose}
                onPicked={(handles) => void pick(handles)}
              >
                <Icon name="files" />
                {t("home.chooseFiles")}
              </FileChooser>
              <FileChooser testId="folder-input" onChosen={choose} folder>
                <Icon name="folder" />
                {t("home.chooseFolder")}
              </FileChooser>
            </div>
            <p className="home__hint">
              {t("home.hint")}{" "}
              <button
                ref={writeButton}
                type="button"
                className="home__write"
                onClick={() => setNote("")}
              >
                {t("home.note.write")}
              </button>
            </p>
          </>
        )}

        {status.kind === "reading" && (
          <p className="home__reading" aria-hidden="true">
            {readingWords(status.files)}
          </p>
        )}
        {/* Without the count, which runs. */}
        <p role="status" className="visually-hidden">
          {status.kind === "reading" && readingWords(0)}
        </p>
        <div role="alert">
          {status.kind === "trouble" && (
            <p className="home__trouble" data-error={status.trouble}>
              <Icon name="warn" />
              <span>
                <strong>{t(`home.troubles.${status.trouble}.title`)}</strong>{" "}
                {t(`home.troubles.${status.trouble}.action`)}
              </span>
            </p>
          )}
        </div>

        <form
          className="home__link"
          onSubmit={(event) => {
            event.preventDefault();
            const text = new FormData(event.currentTarget).get("link");
            if (typeof text !== "string" || !open(text)) {
              setStatus({ kind: "trouble", trouble: "not-a-link" });
            }
          }}
        >
          <label htmlFor={`${id}link`} className="home__link-label">
            {t("home.linkLabel")}
          </label>
          <input
            id={`${id}link`}
            name="link"
            className="home__link-input"
            inputMode="url"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={t("home.linkPlaceholder")}
          />
          <Button submit>{t("home.linkOpen")}</Button>
        </form>
        {searchFragment !== null && (
          <p className="home__hint">
            <a href={`/#${searchFragment}`}>{t("home.search")}</a>
          </p>
        )}
        <div className="home__hide">
          <Switch
            label={t("home.hide.label")}
            hint={t("home.hide.cost")}
            isOn={hidesAddress}
            onChange={(isOn) => preferences.set({ hidesAddress: isOn })}
          />
        </div>
      </div>
      <ul className="home__facts">
        {FACTS.map((fact) => (
          <li key={fact}>
            <h2 className="home__fact-title">{t(`home.facts.${fact}.title`)}</h2>
            <p className="home__fact">{t(`home.facts.${fact}.sentence`)}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}
