/**
 * Which page is shown, and the session on it. The address decides: nothing after the `#`
 * is the home page, the few words below are pages of their own, anything else is a link's page.
 * State outside React; `App` reads it.
 *
 * Invariants: a session that is no longer shown is closed, but for shares that the one on the page took
 * the place of: these tell late-comers that they ended, and are closed with it. What leaving would end
 * or lose is left only after the person has confirmed it.
 */
import { isCode } from "@shoal/swarm/invite/marks";
import type { SharedFile } from "../protocol/messages.ts";
import { isAtStake } from "../features/share/kept.ts";
import type { Session } from "../session/session.ts";
import type { AddressPort } from "./address-bar.ts";

export type Route =
  | { readonly page: "home" }
  /** What is in the way of connections. */
  | { readonly page: "check" }
  /** What this browser keeps. */
  | { readonly page: "shares" }
  /** What people have published; `parameters` say what is looked for, "" for nothing in particular. */
  | { readonly page: "search"; readonly parameters: string }
  /** A code of an invite, which leads elsewhere. */
  | { readonly page: "code"; readonly code: string }
  | {
      readonly page: "share";
      readonly session: Session;
      /** Asked to leave for this fragment ("" is home) while something is at stake; null when not asked. */
      readonly leavingFor: string | null;
    };

export type Navigation = {
  /** The newest route; the same object until something changed. */
  readonly getRoute: () => Route;
  readonly subscribe: (changed: () => void) => () => void;
  /** Shares these files on a page of their own. */
  readonly share: (files: readonly SharedFile[], handles?: readonly FileSystemHandle[]) => void;
  /**
   * Shares the files of the shown share anew, under this password, or without one where null; then ends
   * the shown one. False where no new link came about: the shown share goes on as it was.
   */
  readonly shareAnew: (password: string | null) => Promise<boolean>;
  /** Goes to a link's page, or home with "". Asks first where something would be lost. */
  readonly go: (fragment: string) => void;
  /** Opens a share by its link's fragment in place of the code that is shown, and answers the invite. */
  readonly openInvite: (fragment: string, code: string) => void;
  /** Opens the link that is shown once more, and fetches what is behind it. */
  readonly fetchAgain: () => void;
  /** The address changed by the person's hand: typed, or by back and forward. */
  readonly arrived: () => void;
  /** Answers what `leavingFor` asks. */
  readonly leave: () => void;
  readonly stay: () => void;
};

type Ports = {
  readonly address: AddressPort;
  readonly openLink: (url: string) => Session;
  readonly shareFiles: (
    files: readonly SharedFile[],
    handles: readonly FileSystemHandle[],
    password: string | null,
  ) => Session;
};

/** No link is that short. */
export const CHECK_FRAGMENT = "check";
export const SHARES_FRAGMENT = "shares";
export const SEARCH_FRAGMENT = "search";

/** What follows stands in no link. */
const PARAMETERS_MARK = "?";

/** The fragment of a search for what the parameters say. */
export const searchFragment = (parameters: string): string =>
  parameters === "" ? SEARCH_FRAGMENT : SEARCH_FRAGMENT + PARAMETERS_MARK + parameters;

/** Null where the fragment is of no search. */
function searchIn(fragment: string): string | null {
  const [page, ...parameters] = fragment.split(PARAMETERS_MARK);
  return page === SEARCH_FRAGMENT ? parameters.join(PARAMETERS_MARK) : null;
}

/** Starts at the address that is there. */
export function createNavigation({ address, openLink, shareFiles }: Ports): Navigation {
  const listeners = new Set<() => void>();
  /** The fragment of what is shown; a new share has "" until its link is made. */
  let shownFragment = address.fragment();
  let route: Route = routeTo(shownFragment);
  /** Ended shares of which the one that is shown took the place. */
  let ended: Session[] = [];
  /** A share that is to take the place of the one that is shown, while its link is made. */
  let coming: Session | null = null;

  function routeTo(fragment: string): Route {
    if (fragment === "") return { page: "home" };
    if (fragment === CHECK_FRAGMENT) return { page: "check" };
    if (fragment === SHARES_FRAGMENT) return { page: "shares" };
    if (isCode(fragment)) return { page: "code", code: fragment };
    const parameters = searchIn(fragment);
    if (parameters !== null) return { page: "search", parameters };
    return { page: "share", session: openLink(address.href()), leavingFor: null };
  }

  function show(next: Route): void {
    route = next;
    for (const changed of listeners) changed();
  }

  function closeAll(): void {
    if (route.page === "share") route.session.close();
    for (const session of ended) session.close();
    coming?.close();
    ended = [];
    coming = null;
  }

  function moveTo(fragment: string): Route {
    closeAll();
    shownFragment = fragment;
    const next = routeTo(fragment);
    show(next);
    return next;
  }

  function ask(leavingFor: string): void {
    if (route.page === "share") show({ ...route, leavingFor });
  }

  const mustAsk = (): boolean => route.page === "share" && isAtStake(route.session.getState());

  /** Once the link is made, the address bar shows it, so that it can be copied from there too. */
  function followLink(session: Session): void {
    const unsubscribe = session.subscribe(settle);
    function settle(): void {
      const shown = route.page === "share" && route.session === session;
      const { link } = session.getState();
      if (shown && link === null) return;
      unsubscribe();
      if (!shown || link === null) return;
      shownFragment = fragmentOf(link);
      address.push(shownFragment);
    }
    settle();
  }

  async function shareAnew(password: string | null): Promise<boolean> {
    const shared = route.page === "share" ? route.session.sharedFiles() : null;
    if (route.page !== "share" || shared === null || coming !== null) return false;
    const before = route.session;
    const session = shareFiles(shared.files, shared.handles, password);
    session.limitUpload(before.getState().uploadLimitBytesPerSec);
    coming = session;
    const link = await linkOf(session);
    // The person has left meanwhile, which closed it.
    if (coming !== session) return false;
    coming = null;
    if (link === null) {
      session.close();
      return false;
    }
    before.stop();
    ended.push(before);
    shownFragment = fragmentOf(link);
    address.replace(shownFragment);
    show({ page: "share", session, leavingFor: null });
    return true;
  }

  return {
    getRoute: () => route,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    share: (files, handles = []) => {
      closeAll();
      const session = shareFiles(files, handles, null);
      show({ page: "share", session, leavingFor: null });
      followLink(session);
    },
    shareAnew,
    go: (fragment) => {
      if (mustAsk()) return ask(fragment);
      if (fragment !== address.fragment()) address.push(fragment);
      moveTo(fragment);
    },
    openInvite: (fragment, code) => {
      if (fragment === shownFragment) return;
      // A page that is loaded again, or a copy of its address, is not to answer once more.
      address.replace(fragment);
      const opened = moveTo(fragment);
      if (opened.page === "share") opened.session.answerInvite(code);
    },
    fetchAgain: () => {
      moveTo(shownFragment);
      if (route.page === "share") route.session.download();
    },
    arrived: () => {
      const fragment = address.fragment();
      if (fragment === shownFragment) return;
      if (!mustAsk()) return void moveTo(fragment);
      // The browser has already moved: put the share's address back while the question is open.
      address.push(shownFragment);
      ask(fragment);
    },
    leave: () => {
      if (route.page !== "share" || route.leavingFor === null) return;
      const fragment = route.leavingFor;
      if (fragment !== address.fragment()) address.push(fragment);
      moveTo(fragment);
    },
    stay: () => {
      if (route.page === "share") show({ ...route, leavingFor: null });
    },
  };
}

const fragmentOf = (link: string): string => link.slice(link.indexOf("#") + 1);

/** A new share's link, once it is made; null where it failed. Never settles where it is closed before. */
function linkOf(session: Session): Promise<string | null> {
  return new Promise((resolve) => {
    const unsubscribe = session.subscribe(settle);
    function settle(): void {
      const { link, phase } = session.getState();
      if (link === null && phase !== "failed") return;
      unsubscribe();
      resolve(link);
    }
    settle();
  });
}
