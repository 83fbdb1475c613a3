/** Whether a page holds what it shows when there is little room, or its reader sets the type wider. */
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";

/** A desk's 1280 by 1024 zoomed to 400 %, and the narrowest phone. */
const ROOMS = [
  { width: 320, height: 256 },
  { width: 360, height: 640 },
] as const;

/** What WCAG's 1.4.12 lets a reader ask for. */
const SPACED = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-block-end: 2em !important }
`;

/** Of the height, what stays in place while the rest scrolls may cover so much. */
const MOST_COVERED = 1 / 3;

/**
 * Looks at a page, and at the dialog that is open on it, in little room and with wide type: nothing
 * scrolls sideways, is cut off, or lies over what can be pressed.
 *
 * @param state What it shows, for whoever reads of a failure.
 */
export async function expectReflows(page: Page, state: string): Promise<void> {
  const before = page.viewportSize();
  for (const room of ROOMS) {
    await page.setViewportSize(room);
    for (const isSpaced of [false, true]) {
      await page.evaluate(setType, isSpaced ? SPACED : null);
      const found = await page.evaluate(faults, MOST_COVERED);
      const where = `${state}, ${room.width} by ${room.height}${isSpaced ? ", spaced" : ""}`;
      expect(found, where).toEqual([]);
    }
    await page.evaluate(setType, null);
  }
  if (before !== null) await page.setViewportSize(before);
}

/** In the page: a sheet of the reader's own. */
function setType(css: string | null): void {
  if (css === null) {
    document.adoptedStyleSheets = [];
    return;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}

/** In the page. */
function faults(mostCovered: number): string[] {
  const found: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  const scope = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  const nameOf = (element: Element): string =>
    `${element.localName}.${element.getAttribute("class")} ${element.textContent.slice(0, 30)}`;
  /** Names are cut on purpose, and are whole in their tooltips; what is for ears alone has no size. */
  const isCutOnPurpose = (element: Element): boolean =>
    element.closest(
      ".file-name, .head__title, .visually-hidden, .file-list__skip, .link-card__field, svg, canvas",
    ) !== null;
  const scrollerOf = (element: Element): Element | null => {
    for (let at = element.parentElement; at !== null && at !== scope; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflow)) return at;
    }
    return null;
  };

  for (const element of scope.querySelectorAll<HTMLElement>("*")) {
    if (!element.checkVisibility({ visibilityProperty: true }) || isCutOnPurpose(element)) continue;
    const style = getComputedStyle(element);
    const isClipping = style.overflowX !== "visible" || style.overflowY !== "visible";
    const isScroller = /auto|scroll/.test(`${style.overflowX} ${style.overflowY}`);
    const isInline = style.display === "inline";
    const isWider = !isInline && element.scrollWidth > element.clientWidth + 1;
    const isHigher = !isInline && element.scrollHeight > element.clientHeight + 1;
    if (isClipping && (isWider || (isHigher && !isScroller))) found.push(`cut: ${nameOf(element)}`);
    const { left, right } = element.getBoundingClientRect();
    if (scrollerOf(element) === null && (left < -1 || right > innerWidth + 1)) {
      found.push(`sticks out: ${nameOf(element)}`);
    }
    if (/fixed|sticky/.test(style.position) && element.clientHeight > innerHeight * mostCovered) {
      if (element !== scope) found.push(`covers: ${nameOf(element)}`);
    }
  }

  const PRESSED = "a[href], button, input, select, textarea, summary, label.button";
  for (const element of scope.querySelectorAll<HTMLElement>(PRESSED)) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.matches(".visually-hidden, .file-list__skip:not(:focus)")) continue;
    element.scrollIntoView({ block: "center", behavior: "instant" });
    // A link within a sentence may stand in two lines, with nothing in the middle of them.
    const [box] = element.getClientRects();
    if (box === undefined) continue;
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (at === null || !(element.contains(at) || at.contains(element))) {
      found.push(
        `can't be pressed: ${nameOf(element)}, under ${at === null ? "nothing" : nameOf(at)}`,
      );
    }
    if (at !== null && at !== element && at.contains(element)) {
      found.push(`can't be pressed: ${nameOf(element)}, behind what holds it`);
    }
  }
  window.scrollTo(0, 0);
  return found;
}
