import { Suspense, useEffect, useRef, useSyncExternalStore } from "react";
import type { ComponentProps, MouseEvent } from "react";
import type { ShareState } from "../protocol/state.ts";
import { Home } from "../features/home/home.tsx";
import { ShareView } from "../features/share/share-view.tsx";
import { hasCatalogue } from "../session/host.ts";
import { BrandMark } from "../ui/brand.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { optional } from "../ui/optional.tsx";
import { Unfetched } from "./unfetched.tsx";
import "./app.css";
import { CHECK_FRAGMENT, SEARCH_FRAGMENT, searchFragment, SHARES_FRAGMENT } from "./navigation.ts";
import type { Navigation } from "./navigation.ts";
import { t } from "../locales/words.ts";

const Check = optional(async () => {
  const { Check: page } = await import("../features/check/check.tsx");
  return page;
}, Unfetched);

const Shares = optional(async () => {
  const { Shares: page } = await import("../features/shares/shares.tsx");
  return page;
}, Unfetched);

const Search = optional(async () => {
  const { Search: page } = await import("../features/search/search.tsx");
  return page;
}, Unfetched);

const Arrival = optional(async () => {
  const { Arrival: page } = await import("../features/invite/arrival.tsx");
  return page;
}, Unfetched);

const GoOn = optional(async () => {
  const { GoOn: link } = await import("../features/home/go-on.tsx");
  return link;
});

/** What the foot of every page leads to; to a search where there is something to search. */
const PAGES = [
  { page: "search", fragment: SEARCH_FRAGMENT, words: "app.search" },
  { page: "shares", fragment: SHARES_FRAGMENT, words: "app.shares" },
  { page: "check", fragment: CHECK_FRAGMENT, words: "app.check" },
] as const;

const hrefOfSearch = (words: string): string =>
  `/#${searchFragment(new URLSearchParams({ q: words }).toString())}`;

/** A modified click opens a second page, as anywhere. */
const isForAnotherPage = ({ metaKey, ctrlKey, shiftKey }: MouseEvent): boolean =>
  metaKey || ctrlKey || shiftKey;

/** The frame around every page: brand, the page itself, the question before leaving. */
export function App({ navigation }: { readonly navigation: Navigation }) {
  const route = useSyncExternalStore(navigation.subscribe, navigation.getRoute);
  useFocusOnNewPage(route.page === "share" ? keyOf(route.session) : route.page);
  return (
    <div className={`app app--${route.page}`}>
      <header className="app__header">
        <a
          className="app__brand"
          href="/"
          aria-label={t("app.homeLabel")}
          onClick={(event) => {
            if (isForAnotherPage(event)) return;
            event.preventDefault();
            navigation.go("");
          }}
        >
          <BrandMark />
          <span className="app__wordmark">{t("app.name")}</span>
        </a>
        {route.page === "home" && (
          <Suspense fallback={null}>
            <GoOn sharesFragment={SHARES_FRAGMENT} />
          </Suspense>
        )}
      </header>
      {route.page === "home" && (
        <Home
          searchFragment={hasCatalogue() ? SEARCH_FRAGMENT : null}
          onFiles={navigation.share}
          onLink={navigation.go}
        />
      )}
      {route.page === "check" && (
        // Rarely wanted: its code is fetched when it is.
        <Suspense fallback={<main />}>
          <Check onHome={() => navigation.go("")} />
        </Suspense>
      )}
      {route.page === "shares" && (
        <Suspense fallback={<main />}>
          <Shares onHome={() => navigation.go("")} />
        </Suspense>
      )}
      {route.page === "search" && (
        <Suspense fallback={<main />}>
          <Search
            parameters={route.parameters}
            fragmentOf={searchFragment}
            onGo={navigation.go}
            onHome={() => navigation.go("")}
          />
        </Suspense>
      )}
      {route.page === "code" && (
        <Suspense fallback={<main />}>
          <Arrival
            code={route.code}
            onInvite={navigation.openInvite}
            onHome={() => navigation.go("")}
          />
        </Suspense>
      )}
      {route.page === "share" && (
        <ShareView
          key={keyOf(route.session)}
          session={route.session}
          hrefOfSearch={hrefOfSearch}
          onPassword={navigation.shareAnew}
          onHome={() => navigation.go("")}
          onAgain={navigation.fetchAgain}
        />
      )}
      <footer className="app__footer">
        {route.page === "share" && <span>{t("app.footer")}</span>}
        {PAGES.map(
          ({ page, fragment, words }) =>
            route.page !== page &&
            (page !== "search" || hasCatalogue()) && (
              <a
                key={page}
                href={`/#${fragment}`}
                // A share goes on while something else is looked at: in a page of its own.
                target={route.page === "share" ? "_blank" : undefined}
                onClick={(event) => {
                  if (route.page === "share" || isForAnotherPage(event)) return;
                  event.preventDefault();
                  navigation.go(fragment);
                }}
              >
                {t(words)}
              </a>
            ),
        )}
      </footer>
      {route.page === "share" && route.leavingFor !== null && (
        <ConfirmDialog
          words={leaveWords(route.session.getState())}
          onConfirm={navigation.leave}
          onCancel={navigation.stay}
        />
      )}
    </div>
  );
}

/** The button that led to a page is gone with the one before: the focus goes to the new one's heading. */
function useFocusOnNewPage(page: string | number): void {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    const { activeElement } = document;
    if (activeElement !== document.body && activeElement !== null) return;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [page]);
}

function leaveWords({ role, isKept }: ShareState): ComponentProps<typeof ConfirmDialog>["words"] {
  const leaving = role === "sharer" && isKept ? "keptSharer" : role;
  return t(`app.leave.${leaving}`, { returnObjects: true });
}

/** A key per session, so that nothing of one share's view is left over in the next one's. */
const keys = new WeakMap<object, number>();
let lastKey = 0;
function keyOf(session: object): number {
  const known = keys.get(session);
  if (known !== undefined) return known;
  lastKey += 1;
  keys.set(session, lastKey);
  return lastKey;
}
