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

/** Where most names need no search for what reads as one letter. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Where to cut a name so that its end survives an ellipsis; never inside what reads as one letter. */
export function splitName(name: string): { head: string; tail: string } {
  const isPlain = PLAIN.test(name);
  const parts = isPlain
    ? name.split("")
    : Array.from(letters.segment(name), ({ segment }) => segment);
  const dot = parts.lastIndexOf(".");
  const hasExtension = dot > 0 && parts.length - dot <= EXTENSION_LETTERS;
  let cut = hasExtension ? dot : parts.length;
  if (parts.length > SHORT_LETTERS && !JOINED.test(name)) {
    const widthOf = (part: string): number => (!isPlain && WIDE.test(part) ? 2 : 1);
    let width = parts.slice(cut).reduce((sum, part) => sum + widthOf(part), 0);
    for (;;) {
      width += widthOf(parts[cut - 1] ?? "");
      if (width > TAIL_LETTERS) break;
      cut -= 1;
    }
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
    tails.set(head, tail);
    resized ??= new ResizeObserver(closeGaps);
    resized.observe(head);
    return () => resized?.unobserve(head);
  }, [headRef, tailRef, name]);
}

const tails = new WeakMap<Element, HTMLElement>();
/** One for all names, of which very many may come into view at once. */
let resized: ResizeObserver | null = null;

/** Measures all before it moves any: else the browser would work out styles anew for each. */
function closeGaps(entries: readonly ResizeObserverEntry[]): void {
  const moves = entries.map(({ target }) => {
    const gap = gapAfter(target);
    return gap === 0 || getComputedStyle(target).direction === "rtl" ? gap : -gap;
  });
  for (const [index, { target }] of entries.entries()) {
    const tail = tails.get(target);
    // Moved, not laid out anew: else the head would grow into the gap, and leave another one.
    if (tail !== undefined) tail.style.translate = `${moves[index] ?? 0}px`;
  }
}

/** Pixels between a cut text's ellipsis and the end of its box. */
function gapAfter(head: Element): number {
  const text = head.firstChild;
  if (head.scrollWidth <= head.clientWidth || text === null) return 0;
  const room = head.getBoundingClientRect().width - ellipsisWidth(getComputedStyle(head).font);
  const ends = Array.from(
    letters.segment(text.textContent ?? ""),
    ({ index, segment }) => index + segment.length,
  );
  const range = document.createRange();
  range.setStart(text, 0);
  const widthTo = (end: number): number => {
    range.setEnd(text, end);
    return range.getBoundingClientRect().width;
  };
  // The most letters that fit, and at how many it is known that they don't.
  let [fits, width, over] = [0, 0, ends.length + 1];
  while (over - fits > 1) {
    const middle = (fits + over) >> 1;
    const next = widthTo(ends[middle - 1] ?? 0);
    if (next > room) over = middle;
    else [fits, width] = [middle, next];
  }
  return Math.max(0, room - width);
}

let canvas: CanvasRenderingContext2D | null = null;

/** @param font As in CSS. */
function ellipsisWidth(font: string): number {
  canvas ??= document.createElement("canvas").getContext("2d");
  if (canvas === null) return 0;
  canvas.font = font;
  return canvas.measureText("…").width;
}
