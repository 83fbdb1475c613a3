import { useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import "./file-name.css";

/** Of names up to this long, only the extension is kept. */
const SHORT_LETTERS = 20;
/** Letters kept at the end of a longer one, wide ones counted twice: what tells a series apart. */
const TAIL_LETTERS = 9;
/** What follows the last dot is an extension up to this long, the dot included. */
const EXTENSION_LETTERS = 12;

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Emoji, and the letters of East Asia. */
const WIDE =
  /\p{Extended_Pictographic}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

/** Scripts whose letters join: a cut between two would change both. */
const JOINED =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}]/u;

/** Where to cut a name so that its end survives an ellipsis; never inside what reads as one letter. */
export function splitName(name: string): { head: string; tail: string } {
  const parts = Array.from(letters.segment(name), ({ segment }) => segment);
  const dot = parts.lastIndexOf(".");
  const hasExtension = dot > 0 && parts.length - dot <= EXTENSION_LETTERS;
  let cut = hasExtension ? dot : parts.length;
  if (parts.length > SHORT_LETTERS && !JOINED.test(name)) {
    const width = (from: number): number =>
      parts.slice(from).reduce((sum, part) => sum + (WIDE.test(part) ? 2 : 1), 0);
    while (width(cut - 1) <= TAIL_LETTERS) cut -= 1;
    // A space after the ellipsis would look like a gap.
    while (parts[cut] === " ") cut += 1;
  }
  return { head: parts.slice(0, cut).join(""), tail: parts.slice(cut).join("") };
}

/** A stranger's file name on one line: its own direction, cut in the middle when there's no room. */
export function FileName({ name }: { readonly name: string }) {
  const { head, tail } = splitName(name);
  const headRef = useRef<HTMLSpanElement>(null);
  const tailRef = useRef<HTMLSpanElement>(null);
  useClosedGap(headRef, tailRef, name);
  return (
    <bdi className="file-name" dir="auto" title={name}>
      <span className="file-name__head" ref={headRef}>
        {head}
      </span>
      {tail !== "" && (
        <span className="file-name__tail" ref={tailRef}>
          {tail}
        </span>
      )}
    </bdi>
  );
}

/** Moves the tail up to the ellipsis: the letter that found no room before it leaves a gap. */
function useClosedGap(
  headRef: RefObject<HTMLElement | null>,
  tailRef: RefObject<HTMLElement | null>,
  name: string,
): void {
  useLayoutEffect(() => {
    const head = headRef.current;
    const tail = tailRef.current;
    if (head === null || tail === null) return;
    const observer = new ResizeObserver(() => {
      const isRtl = getComputedStyle(head).direction === "rtl";
      // Moved, not laid out anew: else the head would grow into the gap, and leave another one.
      tail.style.translate = `${(isRtl ? 1 : -1) * gapAfter(head)}px`;
    });
    observer.observe(head);
    return () => observer.disconnect();
  }, [headRef, tailRef, name]);
}

/** Pixels between a cut text's ellipsis and the end of its box. */
function gapAfter(head: HTMLElement): number {
  const text = head.firstChild;
  const context = document.createElement("canvas").getContext("2d");
  if (head.scrollWidth <= head.clientWidth || text === null || context === null) return 0;
  context.font = getComputedStyle(head).font;
  const room = head.getBoundingClientRect().width - context.measureText("…").width;
  const range = document.createRange();
  range.setStart(text, 0);
  let width = 0;
  for (const { index, segment } of letters.segment(text.textContent ?? "")) {
    range.setEnd(text, index + segment.length);
    const next = range.getBoundingClientRect().width;
    if (next > room) break;
    width = next;
  }
  return Math.max(0, room - width);
}
