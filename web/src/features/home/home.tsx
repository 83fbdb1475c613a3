import { useEffect, useId, useRef, useState } from "react";
import type { SharedFile } from "../../protocol/messages.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ShoalPicture } from "../../ui/shoal-picture.tsx";
import { collectChosen, collectDropped, droppedItems } from "./collect.ts";
import "./home.css";
import { fragmentIn } from "./link-text.ts";
import { strings } from "./strings.ts";
import { useIncoming } from "./use-incoming.ts";

type Trouble = keyof typeof strings.troubles;

type Status =
  | { readonly kind: "idle" }
  | { readonly kind: "reading"; readonly files: number }
  | { readonly kind: "trouble"; readonly trouble: Trouble };

/** React's types don't know the attribute that makes a file input choose a folder. */
const CHOOSES_FOLDER = { webkitdirectory: "" };

/** The one surface where a share begins, or a link is opened. */
export function Home({
  onFiles,
  onLink,
}: {
  readonly onFiles: (files: readonly SharedFile[]) => void;
  /** Takes what follows the link's `#`. */
  readonly onLink: (fragment: string) => void;
}) {
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  /** Counts drops: a newer one, or leaving the page, makes an older one's files unwanted. */
  const reading = useRef(0);
  const id = useId();

  useEffect(
    () => () => {
      reading.current += 1;
    },
    [],
  );

  function share(files: readonly SharedFile[]): void {
    if (files.length > 0) onFiles(files);
    else setStatus({ kind: "trouble", trouble: "nothing-to-share" });
  }

  async function take(transfer: DataTransfer): Promise<void> {
    const dropped = droppedItems(transfer);
    reading.current += 1;
    const turn = reading.current;
    const isLatest = (): boolean => turn === reading.current;
    setStatus({ kind: "reading", files: 0 });
    try {
      const files = await collectDropped(dropped, (files) => {
        if (isLatest()) setStatus({ kind: "reading", files });
      });
      if (isLatest()) share(files);
    } catch {
      // Whatever the browser's reason, a part of a folder must not pass for the whole.
      if (isLatest()) setStatus({ kind: "trouble", trouble: "unreadable" });
    }
  }

  function open(text: string): boolean {
    const fragment = fragmentIn(text);
    if (fragment !== null) onLink(fragment);
    return fragment !== null;
  }

  const dragging = useIncoming({
    onTransfer: (transfer) => void take(transfer),
    onText: open,
  });

  return (
    <main className="home" data-dragging={dragging}>
      <div className="home__picture">
        <ShoalPicture mood="together" />
      </div>
      <div className="home__words">
        <h1 className="home__title">{dragging ? strings.letGo : strings.title}</h1>
        <p className="home__lead">{strings.lead}</p>

        <div className="home__choose">
          <Chooser id={`${id}files`} testId="file-input" onChosen={share} solid>
            <Icon name="files" />
            {strings.chooseFiles}
          </Chooser>
          <Chooser id={`${id}folder`} testId="folder-input" onChosen={share} folder>
            <Icon name="folder" />
            {strings.chooseFolder}
          </Chooser>
        </div>
        <p className="home__hint">{strings.hint}</p>

        <div role="status" className="home__reading">
          {status.kind === "reading" && strings.reading(status.files)}
        </div>
        <div role="alert">
          {status.kind === "trouble" && (
            <p className="home__trouble" data-error={status.trouble}>
              <Icon name="warn" />
              <span>
                <strong>{strings.troubles[status.trouble].title}</strong>{" "}
                {strings.troubles[status.trouble].action}
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
            {strings.linkLabel}
          </label>
          <input
            id={`${id}link`}
            name="link"
            className="home__link-input"
            inputMode="url"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={strings.linkPlaceholder}
          />
          <Button submit>{strings.linkOpen}</Button>
        </form>
      </div>
      <ul className="home__facts">
        {strings.facts.map(({ title, sentence }) => (
          <li key={title}>
            <h2 className="home__fact-title">{title}</h2>
            <p className="home__fact">{sentence}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}

/** A file input that is there for keyboards and tools, and a label that looks like a button. */
function Chooser({
  id,
  testId,
  solid = false,
  folder = false,
  onChosen,
  children,
}: {
  readonly id: string;
  readonly testId: string;
  readonly solid?: boolean;
  readonly folder?: boolean;
  readonly onChosen: (files: readonly SharedFile[]) => void;
  readonly children: React.ReactNode;
}) {
  return (
    <div className="chooser">
      <input
        id={id}
        data-testid={testId}
        className="visually-hidden"
        type="file"
        multiple
        {...(folder ? CHOOSES_FOLDER : {})}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = collectChosen(input.files ?? []);
          // Emptied, so that choosing the same again is a change again.
          input.value = "";
          onChosen(files);
        }}
      />
      <label htmlFor={id} className={buttonClass(solid ? "solid" : "quiet", "l")}>
        {children}
      </label>
    </div>
  );
}
