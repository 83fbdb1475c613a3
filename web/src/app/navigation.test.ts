import { describe, expect, it, vi } from "vitest";
import type { Phase, ShareState } from "../protocol/state.ts";
import type { Session } from "../session/session.ts";
import type { AddressPort } from "./address-bar.ts";
import { createNavigation, searchFragment } from "./navigation.ts";

/** Bytes per second. */
const LIMIT = 250_000;

/** A session that only stands there, in a phase, with a link that can come later. */
function fakeSession(role: ShareState["role"], phase: Phase, link: string | null) {
  const figures = { verifiedBytes: 0, uploadLimitBytesPerSec: LIMIT };
  let state = { role, phase, link, placing: null, ...figures } as ShareState;
  const listeners = new Set<() => void>();
  const [close, stop, download, limitUpload] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const answerInvite = vi.fn();
  const session: Session = {
    getState: () => state,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    unlock: vi.fn(),
    invite: vi.fn(),
    answerInvite,
    takeReply: vi.fn(),
    cancelInvite: vi.fn(),
    sharedFiles: () => (role === "sharer" ? { files: [], handles: [] } : null),
    download,
    choose: vi.fn(),
    pause: vi.fn(),
    resume: vi.fn(),
    stop,
    limitUpload,
    tellWhenDone: vi.fn(),
    save: vi.fn(),
    saveFile: vi.fn(),
    saveTo: vi.fn(),
    answerConflict: vi.fn(),
    saveToAgain: vi.fn(),
    cancelSaveTo: vi.fn(),
    goOnSharing: vi.fn(),
    publish: vi.fn(),
    withdraw: vi.fn(),
    fetchInstead: vi.fn(),
    bringCopy: vi.fn(),
    viewer: { getState: () => null, subscribe: vi.fn(), open: vi.fn(), close: vi.fn() },
    answerHold: vi.fn(),
    discard: vi.fn(),
    cancel: vi.fn(),
    close,
  };
  function makeLink(made: string): void {
    state = { ...state, link: made };
    for (const changed of listeners) changed();
  }
  function become(next: Phase, verifiedBytes: number): void {
    state = { ...state, phase: next, verifiedBytes };
    for (const changed of listeners) changed();
  }
  return { session, answerInvite, close, stop, download, limitUpload, makeLink, become, listeners };
}

/** A page at an address, whose sessions are fakes. */
function fakePage(fragment = "") {
  const history = [fragment];
  const address: AddressPort = {
    href: () => `https://shoal.example/#${history.at(-1)}`,
    fragment: () => history.at(-1) ?? "",
    push: (next) => history.push(next),
    replace: (next) => history.splice(-1, 1, next),
  };
  const shared = fakeSession("sharer", "sharing", null);
  const anew: ReturnType<typeof fakeSession>[] = [];
  let isFirst = true;
  const shareFiles = vi.fn(() => {
    if (isFirst) {
      isFirst = false;
      return shared.session;
    }
    const one = fakeSession("sharer", "sharing", null);
    anew.push(one);
    return one.session;
  });
  const opened: ReturnType<typeof fakeSession>[] = [];
  const openLink = vi.fn((_url: string) => {
    const one = fakeSession("receiver", "ready", null);
    opened.push(one);
    return one.session;
  });
  const navigation = createNavigation({ address, openLink, shareFiles });
  return { navigation, history, shared, anew, opened, openLink, shareFiles };
}

describe("navigation", () => {
  it("shows the home page when nothing follows the #", () => {
    const { navigation, openLink } = fakePage();
    expect(navigation.getRoute()).toEqual({ page: "home" });
    expect(openLink).not.toHaveBeenCalled();
  });

  it("opens the same link anew and fetches, with one session at a time", () => {
    const { navigation, opened, history } = fakePage("a-link");
    navigation.fetchAgain();
    expect(opened).toHaveLength(2);
    expect(opened[0]?.close).toHaveBeenCalled();
    expect(opened[1]?.download).toHaveBeenCalled();
    expect(history).toEqual(["a-link"]);
  });

  it("opens the link that the page was loaded with", () => {
    const { navigation, openLink } = fakePage("abc");
    expect(navigation.getRoute().page).toBe("share");
    expect(openLink).toHaveBeenCalledExactlyOnceWith("https://shoal.example/#abc");
  });

  it("shows a code’s page, and opens the share that an invite is to in its place", () => {
    const { navigation, openLink, opened, history } = fakePage("invite=abc");
    expect(navigation.getRoute()).toEqual({ page: "code", code: "invite=abc" });
    navigation.openInvite("a-link", "invite=abc");
    navigation.openInvite("a-link", "invite=abc");
    expect(history).toEqual(["a-link"]);
    expect(openLink).toHaveBeenCalledExactlyOnceWith("https://shoal.example/#a-link");
    expect(opened[0]?.answerInvite).toHaveBeenCalledExactlyOnceWith("invite=abc");
    history.push("reply=abc");
    navigation.arrived();
    expect(navigation.getRoute()).toEqual({ page: "code", code: "reply=abc" });
    expect(opened[0]?.close).toHaveBeenCalledOnce();
  });

  it("closes a link's session when another link is opened", () => {
    const { navigation, history, opened } = fakePage("abc");
    history.push("def");
    navigation.arrived();
    expect(opened[0]?.close).toHaveBeenCalledOnce();
    expect(opened[1]?.close).not.toHaveBeenCalled();
  });

  it("keeps the session when the browser reports the same address twice", () => {
    const { navigation, opened } = fakePage("abc");
    navigation.arrived();
    navigation.arrived();
    expect(opened).toHaveLength(1);
    expect(opened[0]?.close).not.toHaveBeenCalled();
  });

  it("shows a new share's link in the address bar once, as soon as it is made", () => {
    const { navigation, history, shared } = fakePage();
    navigation.share([]);
    expect(history).toEqual([""]);
    shared.makeLink("https://shoal.example/#key");
    shared.makeLink("https://shoal.example/#key");
    expect(history).toEqual(["", "key"]);
    expect(shared.listeners.size).toBe(0);
  });

  it("leaves the address alone when the link is made after the person has left", () => {
    const { navigation, history, shared } = fakePage();
    navigation.share([]);
    navigation.go("");
    navigation.leave();
    shared.makeLink("https://shoal.example/#key");
    expect(history).toEqual([""]);
    expect(navigation.getRoute()).toEqual({ page: "home" });
  });

  it("asks before leaving a share in progress, and puts its address back meanwhile", () => {
    const { navigation, history, shared } = fakePage();
    navigation.share([]);
    shared.makeLink("https://shoal.example/#key");
    history.push("");
    navigation.arrived();
    expect(navigation.getRoute()).toMatchObject({ page: "share", leavingFor: "" });
    expect(history.at(-1)).toBe("key");
    expect(shared.close).not.toHaveBeenCalled();

    navigation.stay();
    expect(navigation.getRoute()).toMatchObject({ page: "share", leavingFor: null });
  });

  it("leaves a share for where the person was going, once they confirm", () => {
    const { navigation, history, shared, openLink } = fakePage();
    navigation.share([]);
    shared.makeLink("https://shoal.example/#key");
    navigation.go("other");
    expect(openLink).not.toHaveBeenCalled();
    navigation.leave();
    expect(shared.close).toHaveBeenCalledOnce();
    expect(openLink).toHaveBeenCalledExactlyOnceWith("https://shoal.example/#other");
    expect(history.at(-1)).toBe("other");
  });

  it("asks before leaving a download that is running", () => {
    const { navigation, opened } = fakePage("abc");
    opened[0]?.become("downloading", 5);
    navigation.go("");
    expect(navigation.getRoute()).toMatchObject({ page: "share", leavingFor: "" });
    expect(opened[0]?.close).not.toHaveBeenCalled();
    navigation.leave();
    expect(opened[0]?.close).toHaveBeenCalledOnce();
  });

  it("leaves a download that is complete without asking", () => {
    const { navigation, opened } = fakePage("abc");
    opened[0]?.become("done", 10);
    navigation.go("");
    expect(navigation.getRoute()).toEqual({ page: "home" });
    expect(opened[0]?.close).toHaveBeenCalledOnce();
  });
});

describe("sharing the same anew", () => {
  /** A share whose link is made. */
  function sharing() {
    const page = fakePage();
    page.navigation.share([]);
    page.shared.makeLink("https://shoal.example/#first");
    return page;
  }

  it("shows the new share, ends the old one, and takes its place in the address", async () => {
    const { navigation, history, shared, anew, shareFiles } = sharing();
    const done = navigation.shareAnew("secret");
    expect(shareFiles).toHaveBeenLastCalledWith([], [], "secret");
    expect(anew[0]?.limitUpload).toHaveBeenLastCalledWith(LIMIT);
    expect(navigation.getRoute()).toMatchObject({ session: shared.session });
    expect(shared.stop).not.toHaveBeenCalled();
    anew[0]?.makeLink("https://shoal.example/#second");
    expect(await done).toBe(true);
    expect(navigation.getRoute()).toMatchObject({ session: anew[0]?.session });
    expect(shared.stop).toHaveBeenCalledOnce();
    expect(shared.close).not.toHaveBeenCalled(); // It tells late-comers that it has ended.
    expect(history).toEqual(["", "second"]);
    navigation.go("");
    navigation.leave();
    expect(shared.close).toHaveBeenCalledOnce();
    expect(anew[0]?.close).toHaveBeenCalledOnce();
  });

  it("goes on with the old share where no new link comes about", async () => {
    const { navigation, history, shared, anew } = sharing();
    const done = navigation.shareAnew("secret");
    anew[0]?.become("failed", 0);
    expect(await done).toBe(false);
    expect(anew[0]?.close).toHaveBeenCalledOnce();
    expect(navigation.getRoute()).toMatchObject({ session: shared.session });
    expect(shared.stop).not.toHaveBeenCalled();
    expect(history).toEqual(["", "first"]);
    void navigation.shareAnew("again");
    expect(anew).toHaveLength(2);
  });

  it("makes one at a time, and none once the person has left", async () => {
    const { navigation, history, shared, anew } = sharing();
    const done = navigation.shareAnew("secret");
    expect(await navigation.shareAnew("other")).toBe(false);
    expect(anew).toHaveLength(1);
    navigation.go("");
    navigation.leave();
    expect(anew[0]?.close).toHaveBeenCalledOnce();
    anew[0]?.makeLink("https://shoal.example/#second");
    expect(await done).toBe(false);
    expect(navigation.getRoute()).toEqual({ page: "home" });
    expect(history).toEqual(["", "first", ""]);
    expect(shared.stop).not.toHaveBeenCalled();
  });

  it("is nothing that a receiver can do", async () => {
    const { navigation } = fakePage("abc");
    expect(await navigation.shareAnew("secret")).toBe(false);
  });

  it("takes a search for a page of its own, with what is looked for", () => {
    const { navigation, history, openLink } = fakePage("search?q=tram&kind=video");
    expect(navigation.getRoute()).toEqual({ page: "search", parameters: "q=tram&kind=video" });
    navigation.go(searchFragment(""));
    expect(navigation.getRoute()).toEqual({ page: "search", parameters: "" });
    navigation.go(searchFragment("q=a?b"));
    expect(navigation.getRoute()).toEqual({ page: "search", parameters: "q=a?b" });
    expect(history).toEqual(["search?q=tram&kind=video", "search", "search?q=a?b"]);
    history.splice(-1);
    navigation.arrived();
    expect(navigation.getRoute()).toEqual({ page: "search", parameters: "" });
    expect(openLink).not.toHaveBeenCalled();
  });

  it("takes what only begins like a search for a link", () => {
    const { navigation, openLink } = fakePage("searching");
    expect(navigation.getRoute()).toMatchObject({ page: "share" });
    expect(openLink).toHaveBeenCalledOnce();
  });
});
