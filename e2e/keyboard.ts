/** Whether everything on a page that can be used can be reached by the keyboard alone, and shows it. */
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";

/** Native media players, and frames, have stops of their own inside. */
const SPARE_STOPS = 40;

/** What a person finds when they press Tab once more. */
type Stop =
  /** Past the last one the browser's own parts come. */
  | { readonly kind: "nothing" }
  | {
      /** `late` has come into the page on the way, as rows of a long list do, or scrolls; a `stray` is of no use. */
      readonly kind: "usable" | "late" | "stray";
      /** Of what is usable, its place among that. */
      readonly index: number;
      readonly name: string;
      /** Why a person wouldn't see that it has the focus; null where they do. */
      readonly unseen: string | null;
    };

/**
 * Presses Tab through the page from its top, or through the dialog that is open, and compares what gets
 * the focus with what can be used: nothing is left out, all of it looks different with the focus and is
 * in view then, and nothing behind a dialog is reached. Leaves the focus at the last stop.
 *
 * @param state What the page shows, for whoever reads of a failure.
 */
export async function expectKeyboardReaches(page: Page, state: string): Promise<void> {
  await waitLatePart(page);
  const names = await page.evaluate(collect);
  expect(names.length, `${state}: something can be used`).toBeGreaterThan(0);
  const reached = new Set<number>();
  const unseen: string[] = [];
  const strays: string[] = [];
  // A dialog gives the focus to its first thing: not every Tab comes back there.
  const first = await page.evaluate(look);
  if (first.kind === "usable" && first.unseen === null) reached.add(first.index);
  for (let presses = 0; presses < names.length + SPARE_STOPS; presses++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(look);
    if (stop.kind === "nothing") continue;
    if (stop.kind === "stray") strays.push(stop.name);
    if (stop.kind === "usable") reached.add(stop.index);
    if (stop.unseen !== null) unseen.push(`${stop.name}: ${stop.unseen}`);
    if (reached.size === names.length) break;
  }
  // What the page has taken away or switched off meanwhile can't be reached.
  const gone = new Set(await page.evaluate(collectGone));
  const missed = names.filter((_, index) => !reached.has(index) && !gone.has(index));
  expect(missed, `${state}: what Tab doesn't reach`).toEqual([]);
  expect(strays, `${state}: what has the focus and isn't to be used`).toEqual([]);
  expect([...new Set(unseen)], `${state}: what doesn't show that it has the focus`).toEqual([]);
}

/** On a share's page a button comes with a part that is fetched once the rest is shown. */
async function waitLatePart(page: Page): Promise<void> {
  if (!(await page.getByRole("heading", { name: "Who is here" }).isVisible())) return;
  await expect(page.getByText("Connect without a server")).toBeVisible();
}

/** Waits until something on the page has the focus: not its body, where a next Tab begins anew. */
export async function expectFocusKept(page: Page, after: string): Promise<void> {
  const hasFocus = (): Promise<boolean> =>
    page.evaluate(() => {
      const active = document.activeElement;
      return active !== null && active !== document.body;
    });
  await expect.poll(hasFocus, `after ${after} the focus is somewhere`).toBe(true);
}

/** Presses Tab, or Shift+Tab, until what has this role and name has the focus. */
export async function tabTo(
  page: Page,
  role: "button" | "link" | "textbox" | "combobox",
  name: string | RegExp,
  key: "Tab" | "Shift+Tab" = "Tab",
): Promise<void> {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  const has = (): Promise<boolean> =>
    target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 60 && !(await has()); presses++) await page.keyboard.press(key);
  await expect(target).toBeFocused();
}

/**
 * From the next page on the input's own picker is opened, and handed over: the one that gives handles
 * can't be driven by a test.
 */
export async function useInputPicker(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(window, "showOpenFilePicker", { value: undefined });
  });
  // Who listens first has the browser hand its pickers over, and that may come later than a key.
  page.on("filechooser", () => undefined);
}

/** In the page: notes what can be used, and how it looks without the focus. @returns Names. */
function collect(): string[] {
  const USABLE = [
    "a[href]",
    "button:not(:disabled)",
    "input:not(:disabled):not([type=hidden])",
    "select:not(:disabled)",
    "textarea:not(:disabled)",
    "summary",
    "audio[controls]",
    "video[controls]",
    "iframe",
    "[contenteditable=true]",
    "[tabindex]:not([tabindex^='-'])",
    ...["button", "link", "checkbox", "switch", "radio", "textbox", "combobox", "tab"].map(
      (role) => `[role=${role}]:not([aria-disabled=true])`,
    ),
  ].join(",");
  const dialogs = [...document.querySelectorAll("dialog:modal")];
  const scope = dialogs.at(-1) ?? document.body;
  const usable = [...scope.querySelectorAll<HTMLElement>(USABLE)].filter(
    (element) =>
      element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]"),
  );
  const nameOf = (element: HTMLElement): string =>
    `${element.localName} ${element.getAttribute("aria-label") ?? element.dataset["testid"] ?? element.textContent.slice(0, 40)}`;
  /** What shows the focus: itself, or, of what is out of sight, its label. */
  const signs = (element: HTMLElement): HTMLElement[] => {
    const labels = "labels" in element ? (element.labels as NodeListOf<HTMLElement> | null) : null;
    return [element, ...(labels ?? [])];
  };
  const lookOf = (element: HTMLElement): string =>
    signs(element)
      .map((sign) => {
        const style = getComputedStyle(sign);
        const outline = style.outlineStyle === "none" ? "" : style.outline;
        return `${outline} ${style.boxShadow} ${style.borderColor} ${style.backgroundColor}`;
      })
      .join(";");
  const active = document.activeElement;
  if (active instanceof HTMLElement) active.blur();
  const looks = usable.map(lookOf);
  Object.assign(window, { keyboard: { usable, looks, nameOf, signs, lookOf } });
  if (dialogs.length === 0) {
    // The next Tab begins at the top.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.scrollTo(0, 0);
  } else if (active instanceof HTMLElement) {
    active.focus();
  }
  return usable.map(nameOf);
}

/** In the page. @returns The places of what can be used no more. */
function collectGone(): number[] {
  const { usable } = Reflect.get(window, "keyboard") as { usable: HTMLElement[] };
  return usable.flatMap((element, index) =>
    element.isConnected && !element.matches(":disabled") ? [] : [index],
  );
}

/** In the page. */
function look(): Stop {
  const { usable, looks, nameOf, signs, lookOf } = Reflect.get(window, "keyboard") as {
    usable: HTMLElement[];
    looks: string[];
    nameOf: (element: HTMLElement) => string;
    signs: (element: HTMLElement) => HTMLElement[];
    lookOf: (element: HTMLElement) => string;
  };
  const active = document.activeElement;
  // While the browser's own parts have the focus, Firefox names what would get it, and shows nothing.
  if (!document.hasFocus()) return { kind: "nothing" };
  if (!(active instanceof HTMLElement) || active === document.body) return { kind: "nothing" };
  const index = usable.indexOf(active);
  // What scrolls takes the focus by itself, where there is little room.
  const isLate =
    active.closest("[aria-setsize]") !== null || active.scrollHeight > active.clientHeight;
  const boxes = signs(active).map((sign) => sign.getBoundingClientRect());
  const isInView = boxes.some(
    ({ top, bottom, left, right, width }) =>
      width > 1 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
  );
  const places = boxes.map(({ top, bottom }) => `${Math.round(top)} to ${Math.round(bottom)}`);
  // A frame's focus is inside it; how what came late looked before isn't known.
  const isShown = index === -1 || active.localName === "iframe" || lookOf(active) !== looks[index];
  const kind = index !== -1 ? "usable" : isLate ? "late" : "stray";
  const unseen = !isShown
    ? `looks as ever, ${lookOf(active)}`
    : isInView
      ? null
      : `out of view, at ${places.join(", ")} of ${innerHeight}`;
  return { kind, index, name: nameOf(active), unseen };
}
