import "./file-name.css";

/** Of names up to this long, only the extension is kept. */
const SHORT_LETTERS = 20;
/** Letters kept at the end of a longer one: the extension, and what tells a series apart. */
const TAIL_LETTERS = 9;
/** What follows the last dot is an extension up to this long, the dot included. */
const EXTENSION_LETTERS = 12;

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Scripts whose letters join: a cut between two would change both. */
const JOINED =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}]/u;

/** Where to cut a name so that its end survives an ellipsis; never inside what reads as one letter. */
export function splitName(name: string): { head: string; tail: string } {
  const starts = Array.from(letters.segment(name), ({ index }) => index);
  const dot = starts.indexOf(name.lastIndexOf("."));
  const hasExtension = dot > 0 && starts.length - dot <= EXTENSION_LETTERS;
  let cut = hasExtension ? dot : starts.length;
  if (starts.length > SHORT_LETTERS && !JOINED.test(name)) {
    cut = Math.min(cut, starts.length - TAIL_LETTERS);
    // A space after the ellipsis would look like a gap.
    while (cut < starts.length && name[starts[cut] ?? 0] === " ") cut += 1;
  }
  const at = starts[cut] ?? name.length;
  return { head: name.slice(0, at), tail: name.slice(at) };
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
