import { useEffect, useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";
import type { SearchResults, SearchState } from "../../session/catalogue-search.ts";
import type { CatalogueTrouble, FoundShare } from "../../session/catalogue.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { t } from "../../locales/words.ts";
import { FoundEntry } from "./found-entry.tsx";
import { ReportDialog } from "./report-dialog.tsx";
import "./results.css";

/** What came of a search, or why nothing did, with one thing to do about it. */
export function Results({
  state: { isBusy, results },
  hrefOf,
  onMore,
  onAgain,
  onHome,
}: {
  readonly state: SearchState;
  /** The address of a search for these words; "": for whatever there is. */
  readonly hrefOf: (words: string) => string;
  readonly onMore: () => void;
  readonly onAgain: () => void;
  readonly onHome: () => void;
}) {
  const [reported, setReported] = useState<FoundShare | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const shares = results?.kind === "found" ? results.shares : [];
  const trouble = results?.trouble ?? null;
  const goToNext = useFocusOnNext(list, shares.length);

  function more(): void {
    goToNext();
    onMore();
  }

  return (
    <div className="results" aria-busy={isBusy}>
      {/* All that is said aloud: it changes once for each search. */}
      <p
        role="status"
        className={`results__summary number${results?.kind === "found" && results.total === 0 ? " results__summary--none" : ""}`}
      >
        {summaryOf(results)}
      </p>
      {results?.kind === "found" && results.isFromRing && (
        <p className="results__ring">{t("search.fromRing")}</p>
      )}
      {results?.kind === "found" && results.total === 0 && (
        <div className="results__note">
          {isForAnything(results) ? (
            <>
              <p>{t("search.nothingListed.sentence")}</p>
              <Button onClick={onHome}>{t("search.nothingListed.action")}</Button>
            </>
          ) : (
            <>
              <p>{t("search.nothingFound.sentence")}</p>
              <a className={buttonClass()} href={hrefOf("")}>
                {t("search.nothingFound.action")}
              </a>
            </>
          )}
        </div>
      )}
      {shares.length > 0 && (
        <ul className="results__list" ref={list}>
          {shares.map((share) => (
            <FoundEntry
              key={share.swarm}
              share={share}
              hrefOf={hrefOf}
              onReport={() => setReported(share)}
            />
          ))}
        </ul>
      )}
      <TroubleNote
        trouble={trouble}
        isBusy={isBusy}
        onAction={trouble === "off" ? onHome : results?.kind === "found" ? more : onAgain}
      />
      {results?.kind === "found" && results.hasMore && trouble === null && (
        <Button busy={isBusy} onClick={more}>
          {t("search.more")}
        </Button>
      )}
      {reported !== null && <ReportDialog share={reported} onClose={() => setReported(null)} />}
    </div>
  );
}

/** Whether nothing in particular was looked for. */
function isForAnything({ sought }: Extract<SearchResults, { kind: "found" }>): boolean {
  const { words, kind, minBytes, maxBytes } = sought;
  return words === "" && kind === null && minBytes === null && maxBytes === null;
}

function summaryOf(results: SearchResults | null): ReactNode {
  if (results === null) return t("search.searching");
  if (results.kind === "failed") return null;
  const { total, sought } = results;
  if (isForAnything(results)) {
    return total === 0 ? t("search.nothingListed.title") : t("search.listed", { count: total });
  }
  if (total === 0) return t("search.nothingFound.title");
  return sought.words === "" ? (
    t("search.found", { count: total })
  ) : (
    <Slotted words={t("search.foundFor", { count: total, words: SLOT })}>{sought.words}</Slotted>
  );
}

function TroubleNote({
  trouble,
  isBusy,
  onAction,
}: {
  readonly trouble: CatalogueTrouble | null;
  readonly isBusy: boolean;
  readonly onAction: () => void;
}) {
  return (
    <div role="alert" className="results__trouble" data-trouble={trouble ?? undefined}>
      {trouble !== null && (
        <>
          <p>
            <strong>{t(`search.troubles.${trouble}.title`)}</strong>{" "}
            {t(`search.troubles.${trouble}.sentence`)}
          </p>
          <Button busy={isBusy} onClick={onAction}>
            {t(`search.troubles.${trouble}.action`)}
          </Button>
        </>
      )}
    </div>
  );
}

/**
 * The first of the next page gets the focus once it is there, so that reading goes on where it was.
 *
 * @param count How many are there.
 * @returns To be called when the next page is asked for.
 */
function useFocusOnNext(list: RefObject<HTMLUListElement | null>, count: number): () => void {
  const from = useRef<number>(null);
  useEffect(() => {
    const first = from.current;
    if (first === null || count === first) return;
    from.current = null;
    list.current?.children[first]?.querySelector("a")?.focus();
  }, [list, count]);
  return () => {
    from.current = count;
  };
}
