import { useEffect, useMemo, useRef, useState } from "react";
import { findShares } from "../../session/catalogue.ts";
import { CatalogueSearch, NOT_SEARCHED } from "../../session/catalogue-search.ts";
import { useKeptFocus } from "../../ui/use-kept-focus.ts";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { t } from "../../locales/words.ts";
import { parametersOf, queryIn, soughtBy } from "./query.ts";
import { Results } from "./results.tsx";
import { SearchForm } from "./search-form.tsx";
import "./search.css";

/** Finds what people have published on the host that served this page. */
export function Search({
  parameters,
  fragmentOf,
  onGo,
  onHome,
}: {
  /** What is looked for, from the page's address: see `query.ts`. */
  readonly parameters: string;
  /** Such an address, without the `#`. */
  readonly fragmentOf: (parameters: string) => string;
  readonly onGo: (fragment: string) => void;
  readonly onHome: () => void;
}) {
  const query = useMemo(() => queryIn(parameters), [parameters]);
  const [state, setState] = useState(NOT_SEARCHED);
  const search = useRef<CatalogueSearch>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const onFocusChange = useKeptFocus(heading);

  useEffect(() => {
    const made = new CatalogueSearch(findShares, setState);
    search.current = made;
    return () => made.close();
  }, []);

  useEffect(() => search.current?.search(soughtBy(query)), [query]);

  usePageTitle(
    query.words === "" ? t("search.pageTitle") : t("search.pageTitleWords", { words: query.words }),
  );

  return (
    <main className="search" {...onFocusChange}>
      <h1 className="search__title" ref={heading} tabIndex={-1}>
        {t("search.title")}
      </h1>
      <p className="search__lead">{t("search.lead")}</p>
      <SearchForm
        query={query}
        onSearch={(next) => {
          const wanted = parametersOf(next);
          if (wanted === parametersOf(query)) search.current?.search(soughtBy(query));
          else onGo(fragmentOf(wanted));
        }}
      />
      <Results
        state={state}
        hrefOf={(words) => `/#${fragmentOf(parametersOf({ words, kind: null, size: null }))}`}
        onMore={() => search.current?.more()}
        onAgain={() => search.current?.search(soughtBy(query))}
        onHome={onHome}
      />
    </main>
  );
}
