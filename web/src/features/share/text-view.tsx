import { useEffect, useState } from "react";
import { type ReadText, readText } from "../../session/text.ts";
import { t } from "../../locales/words.ts";

/** A text file, as text whatever it says, and as far as it has arrived. */
export function TextView({
  path,
  label,
  onFail,
}: {
  readonly path: string;
  readonly label: string;
  readonly onFail: () => void;
}) {
  const [read, setRead] = useState<ReadText>({ text: "", end: "coming" });
  useEffect(() => readText(path, setRead), [path]);
  const isBroken = read.end === "broken" && read.text === "";
  useEffect(() => {
    if (isBroken) onFail();
  }, [isBroken, onFail]);
  const note = noteOf(read);
  return (
    <>
      {/* Scrolls by keyboard too, so it takes the focus. */}
      <div className="viewer__text" role="region" aria-label={label} tabIndex={0}>
        <pre>{read.text}</pre>
      </div>
      {note !== null && (
        <p className="viewer__foot" role="status">
          {note}
        </p>
      )}
    </>
  );
}

function noteOf({ end, text }: ReadText): string | null {
  switch (end) {
    case "coming":
      return t("share.viewer.textComing");
    case "cut":
      return t("share.viewer.textCut");
    case "broken":
      return t("share.viewer.textBroken");
    case "whole":
      return text === "" ? t("share.viewer.textEmpty") : null;
  }
}
