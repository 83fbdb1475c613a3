import { useId } from "react";
import type { ReactNode } from "react";
import { buttonClass } from "./button.tsx";
import "./file-chooser.css";

/** React's types don't know the attribute that makes a file input choose a folder. */
const CHOOSES_FOLDER = { webkitdirectory: "" };

/** A file input that is there for keyboards and tools, and a label that looks like a button. */
export function FileChooser({
  testId,
  look = "quiet",
  size = "l",
  folder = false,
  onChosen,
  onPicked,
  children,
}: {
  readonly testId: string;
  readonly look?: "solid" | "quiet" | "plain";
  readonly size?: "m" | "l";
  readonly folder?: boolean;
  readonly onChosen: (files: readonly File[]) => void;
  /** Where given, browsers that can are asked for handles of the files, in the input's place. */
  readonly onPicked?: (handles: readonly FileSystemFileHandle[]) => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="chooser">
      <input
        id={id}
        data-testid={testId}
        className="visually-hidden"
        type="file"
        multiple
        {...(folder ? CHOOSES_FOLDER : {})}
        onClick={(event) => {
          if (onPicked === undefined || window.showOpenFilePicker === undefined) return;
          event.preventDefault();
          // Safe: it rejects where the person chose nothing.
          window.showOpenFilePicker({ multiple: true }).then(onPicked, () => undefined);
        }}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = [...(input.files ?? [])];
          // Emptied, so that choosing the same again is a change again.
          input.value = "";
          onChosen(files);
        }}
      />
      <label htmlFor={id} className={buttonClass(look, size)}>
        {children}
      </label>
    </div>
  );
}
