import "./file-name.css";

/** Names up to this long are shown in one part. */
const SHORT_LETTERS = 20;
/** Letters kept at the end of a long one: the extension, and what tells a series apart. */
const TAIL_LETTERS = 9;

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Scripts whose letters join: a cut between two would change both. */
const JOINED =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}]/u;

/** Where to cut a name so that its end survives an ellipsis; never inside what reads as one letter. */
export function splitName(name: string): { head: string; tail: string } {
  if (name.length <= SHORT_LETTERS) return { head: name, tail: "" };
  const starts = Array.from(letters.segment(name), ({ index }) => index);
  const cut = JOINED.test(name) ? name.lastIndexOf(".") : starts.at(-TAIL_LETTERS);
  if (starts.length <= SHORT_LETTERS || cut === undefined || cut <= 0) {
    return { head: name, tail: "" };
  }
  return { head: name.slice(0, cut), tail: name.slice(cut) };
}

/** A stranger's file name on one line: its own direction, cut in the middle when there's no room. */
export function FileName({ name }: { readonly name: string }) {
  const { head, tail } = splitName(name);
  return (
    <bdi className="file-name" dir="auto" title={name}>
      <span className="file-name__head">{head}</span>
      {tail !== "" && <span className="file-name__tail">{tail}</span>}
    </bdi>
  );
}
