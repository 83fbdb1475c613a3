import { useCallback, useMemo, useRef, useState } from "react";
import type { RefObject } from "react";
import type { FileState } from "../../protocol/state.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { FileName } from "../../ui/file-name.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import "./file-list.css";
import { type FileChoice, isIn, type Mark, marksOf, tick } from "./file-choice.ts";
import { FileTick } from "./file-tick.tsx";
import { buildTree, sumOf, visibleRows } from "./file-tree.ts";
import type { Entry, Folder, Row } from "./file-tree.ts";
import { t } from "../../locales/words.ts";
import { useWindow } from "./use-window.ts";

/** The same height as `.file-list__row`. */
const ROW_REM = 2.75;
/** Up to this many files, folders start open. */
const OPEN_FILES = 24;
/** More than this many are too many to go through one by one. */
const SKIPPED_ROWS = 20;

/** All files of a share, in their folders. Only what is on view is in the page. */
export function FileList({
  files,
  choice = null,
  showProgress,
  onSave,
  isOpenable,
  onOpen,
}: {
  readonly files: readonly FileState[];
  /** What can be ticked; null when nothing can. */
  readonly choice?: FileChoice | null;
  /** Whether to say how much of each file is there. */
  readonly showProgress: boolean;
  /** Saves one file; null when none can be saved on its own. */
  readonly onSave: ((index: number) => void) | null;
  /** Whether the page can show a file. */
  readonly isOpenable: (file: FileState) => boolean;
  readonly onOpen: (index: number) => void;
}) {
  const tree = useTree(files);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const isOpen = useCallback(
    (folder: Folder): boolean => startsOpen(tree, folder) !== toggled.has(folder.key),
    [tree, toggled],
  );
  // Not with each scroll, nor with each byte that comes.
  const rows = useMemo(() => visibleRows(tree, isOpen), [tree, isOpen]);
  const { box, onScroll, view } = useWindow(rows.length, ROW_REM);
  const marks = useMarks(tree, choice);
  // A row that is scrolled out of the page may have the focus, which stays in the list then.
  const onFocusChange = useKeptFocus(box);
  const before = useRef<HTMLButtonElement>(null);
  const behind = useRef<HTMLButtonElement>(null);
  const isLong = rows.length > SKIPPED_ROWS;

  function toggle(folder: Folder): void {
    const next = new Set(toggled);
    if (!next.delete(folder.key)) next.add(folder.key);
    setToggled(next);
  }

  return (
    <section className="file-list" aria-labelledby="file-list-title">
      <div className="file-list__head">
        <h2 id="file-list-title" className="section-title">
          {t("share.fileList.title")}
          <span className="section-title__count">{countWords(files.length, choice)}</span>
        </h2>
        {choice !== null && <AllOrNone choice={choice} files={tree.fileIndexes} />}
      </div>
      {isLong && <Skip ref={before} to={behind} words={t("share.fileList.skip")} />}
      {/* Scrolls by keyboard too, so it takes the focus. */}
      <div
        className={`file-list__box${choice === null ? "" : " file-list__box--ticks"}`}
        ref={box}
        onScroll={onScroll}
        role="group"
        aria-labelledby="file-list-title"
        tabIndex={0}
        {...onFocusChange}
      >
        <ul
          className={tree.children.some(({ kind }) => kind === "folder") ? "file-list__tree" : ""}
          style={{
            paddingBlockStart: view.from * view.rowHeight,
            paddingBlockEnd: (rows.length - view.to) * view.rowHeight,
          }}
        >
          {rows.slice(view.from, view.to).map((row, offset) => (
            <li
              key={row.entry.key}
              className="file-list__row"
              aria-setsize={rows.length}
              aria-posinset={view.from + offset + 1}
              style={{ paddingInlineStart: `calc(${Math.min(row.depth, 8)} * var(--indent))` }}
            >
              {choice !== null && (
                <RowTick entry={row.entry} choice={choice} marks={marks} fileCount={files.length} />
              )}
              <RowContent
                row={row}
                files={files}
                isOpen={isOpen}
                onToggle={toggle}
                showProgress={showProgress}
                onSave={onSave}
                isOpenable={isOpenable}
                onOpen={onOpen}
              />
            </li>
          ))}
        </ul>
      </div>
      {isLong && <Skip ref={behind} to={before} words={t("share.fileList.skipBack")} />}
    </section>
  );
}

/** Past a list of which every row has something to press; seen with the focus alone. */
function Skip({
  ref,
  to,
  words,
}: {
  readonly ref: RefObject<HTMLButtonElement | null>;
  /** The other end's. */
  readonly to: RefObject<HTMLButtonElement | null>;
  readonly words: string;
}) {
  return (
    <button
      ref={ref}
      type="button"
      className={`${buttonClass("quiet", "s")} file-list__skip`}
      onClick={() => to.current?.focus()}
    >
      {words}
    </button>
  );
}

function countWords(fileCount: number, choice: FileChoice | null): string {
  if (choice === null || choice.chosen === null) return t("share.files", { count: fileCount });
  return t("share.fileList.chosen", { part: choice.chosen.size, all: fileCount });
}

/** Counted once for each choice. */
function useMarks(tree: Folder, choice: FileChoice | null): Map<Folder, Mark> | null {
  const chosen = choice?.chosen;
  const fixed = choice?.fixed;
  return useMemo(
    () => (chosen === undefined || fixed === undefined ? null : marksOf(tree, { chosen, fixed })),
    [tree, chosen, fixed],
  );
}

/** Ticks everything, or nothing. */
function AllOrNone({
  choice,
  files,
}: {
  readonly choice: FileChoice;
  readonly files: readonly number[];
}) {
  const set = (isOn: boolean): void => choice.onChoose(tick(choice, files, isOn, files.length));
  return (
    <div className="file-list__all" role="group" aria-label={t("share.fileList.tickWhich")}>
      <Button look="plain" size="s" onClick={() => set(true)}>
        {t("share.fileList.all")}
      </Button>
      <Button look="plain" size="s" onClick={() => set(false)}>
        {t("share.fileList.none")}
      </Button>
    </div>
  );
}

/** A file's, or a folder's for all that it holds; room for one where it can't be changed. */
function RowTick({
  entry,
  choice,
  marks,
  fileCount,
}: {
  readonly entry: Entry;
  readonly choice: FileChoice;
  readonly marks: Map<Folder, Mark> | null;
  readonly fileCount: number;
}) {
  const isFolder = entry.kind === "folder";
  const files = isFolder ? entry.fileIndexes : [entry.index];
  const { openCount, tickedCount } = isFolder
    ? (marks?.get(entry) ?? { openCount: 0, tickedCount: 0 })
    : markOf(entry.index, choice);
  if (openCount === 0) return <span className="file-tick" />;
  return (
    <FileTick
      label={t(isFolder ? "share.fileList.tickFolder" : "share.fileList.tick", {
        name: entry.name,
      })}
      state={tickedCount === openCount ? "on" : tickedCount === 0 ? "off" : "some"}
      onTick={(isOn) => choice.onChoose(tick(choice, files, isOn, fileCount))}
    />
  );
}

function markOf(file: number, { chosen, fixed }: FileChoice): Mark {
  return { openCount: isIn(fixed, file) ? 0 : 1, tickedCount: isIn(chosen, file) ? 1 : 0 };
}

/** A lone folder at the top is what was shared: what it holds is of interest. */
function startsOpen(tree: Folder, folder: Folder): boolean {
  const isLone = tree.children.length === 1 && tree.children[0] === folder;
  return isLone || tree.fileIndexes.length <= OPEN_FILES;
}

/** The tree is made once: a manifest never changes after it is known. */
function useTree(files: readonly FileState[]): Folder {
  const [made, setMade] = useState(() => ({ count: files.length, tree: buildTree(files) }));
  if (made.count === files.length) return made.tree;
  const next = { count: files.length, tree: buildTree(files) };
  setMade(next);
  return next.tree;
}

function RowContent({
  row: { entry },
  files,
  isOpen,
  onToggle,
  showProgress,
  onSave,
  isOpenable,
  onOpen,
}: {
  readonly row: Row;
  readonly files: readonly FileState[];
  readonly isOpen: (folder: Folder) => boolean;
  readonly onToggle: (folder: Folder) => void;
  readonly showProgress: boolean;
  readonly onSave: ((index: number) => void) | null;
  readonly isOpenable: (file: FileState) => boolean;
  readonly onOpen: (index: number) => void;
}) {
  const indexes = entry.kind === "folder" ? entry.fileIndexes : [entry.index];
  const file = entry.kind === "file" ? files[entry.index] : undefined;
  const { sizeBytes, verifiedBytes } = sumOf(files, indexes);
  const complete = verifiedBytes >= sizeBytes;
  return (
    <>
      {entry.kind === "folder" ? (
        <button
          type="button"
          className="file-list__folder"
          aria-expanded={isOpen(entry)}
          onClick={() => onToggle(entry)}
        >
          <Icon name="chevron" />
          <Icon name="folder" />
          <FileName name={entry.name} />
          <span className="file-list__quiet">{t("share.files", { count: indexes.length })}</span>
        </button>
      ) : (
        <span className="file-list__file">
          <Icon name="file" />
          <FileName name={entry.name} />
          {file !== undefined && isOpenable(file) && (
            <Button
              look="plain"
              size="s"
              aria-label={t("share.viewer.openFile", { name: entry.name })}
              onClick={() => onOpen(entry.index)}
            >
              {t("share.viewer.open")}
            </Button>
          )}
        </span>
      )}
      {showProgress && (
        <span className="file-list__progress number">
          {complete ? (
            <>
              <Icon name="check" />
              <span className="visually-hidden">{t("share.fileList.complete")}</span>
            </>
          ) : (
            verifiedBytes > 0 && formatPercent(verifiedBytes / sizeBytes)
          )}
        </span>
      )}
      <span className="file-list__size number">{formatBytes(sizeBytes)}</span>
      {onSave !== null && (
        <span className="file-list__save">
          {entry.kind === "file" && complete && (
            <Button
              look="plain"
              size="s"
              aria-label={t("share.receive.saveFile", { name: entry.name })}
              onClick={() => onSave(entry.index)}
            >
              {t("share.receive.save")}
            </Button>
          )}
        </span>
      )}
    </>
  );
}
