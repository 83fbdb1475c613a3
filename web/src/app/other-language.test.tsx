/**
 * Another language than English, end to end: one that is made from the catalogue, marked, longer,
 * written from right to left, with Arabic's six plural forms.
 */
import { createRef } from "react";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERROR_CODES } from "@shoal/swarm/errors";
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import { Check } from "../features/check/check.tsx";
import { Home } from "../features/home/home.tsx";
import { ReportDialog } from "../features/search/report-dialog.tsx";
import { Results } from "../features/search/results.tsx";
import { Search } from "../features/search/search.tsx";
import { EndView } from "../features/share/end-view.tsx";
import { ListingEntry } from "../features/share/listing-entry.tsx";
import { Notices } from "../features/share/notices.tsx";
import { PasswordDialog } from "../features/share/password-dialog.tsx";
import { PublishDialog } from "../features/share/publish-dialog.tsx";
import { ReceiverView } from "../features/share/receiver-view.tsx";
import { RestingView } from "../features/share/resting-view.tsx";
import { SharerView } from "../features/share/sharer-view.tsx";
import { troubleOf } from "../features/share/trouble.ts";
import { Shares } from "../features/shares/shares.tsx";
import { en } from "../locales/en.ts";
import { chooseLanguage, locale, t } from "../locales/words.ts";
import type { ShareState } from "../protocol/state.ts";
import type { SearchResults } from "../session/catalogue-search.ts";
import type { FoundShare } from "../session/catalogue.ts";
import type { Session } from "../session/session.ts";
import { formatBytes, formatCount, formatDuration, formatPercent } from "../ui/format.ts";

vi.mock("../locales/languages.ts", () => ({
  LANGUAGES: {
    ar: () => Promise.resolve({ default: marked(en) }),
    nl: () => Promise.reject(new Error("the words can't be fetched")),
  },
}));

const FORMS = ["zero", "one", "two", "few", "many", "other"];

/** "⟦Share~~⟧": whatever stands outside of the marks comes from no catalogue. */
const mark = (text: string, form = ""): string =>
  `⟦${form}${text}${"~".repeat(Math.ceil(text.length * 0.4))}⟧`;

function marked(words: object): object {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(words) as [string, unknown][]) {
    if (Array.isArray(value)) made[key] = value.map((one) => mark(String(one)));
    else if (typeof value === "object" && value !== null) made[key] = marked(value);
    else if (!/_(one|other)$/.test(key)) made[key] = mark(String(value));
    else {
      for (const form of FORMS) {
        made[key.replace(/[a-z]+$/, form)] = mark(String(value), `${form} `);
      }
    }
  }
  return made;
}

const root = { lang: "", dir: "" };

beforeEach(() => {
  vi.stubGlobal("location", { origin: "https://example" });
  vi.stubGlobal("window", { showDirectoryPicker: () => undefined });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("screen", { width: 9, height: 9 });
  vi.stubGlobal("navigator", { serviceWorker: {}, share: () => undefined });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await chooseLanguage(["en"], root);
});

const peer = (part: object): ShareState["peers"][number] => ({
  id: "1" as PeerId,
  person: { name: "", device: "laptop" },
  has: 0.5,
  isSharer: true,
  isRelayed: true,
  foundBy: "tracker",
  downloadBytesPerSec: 5e6,
  uploadBytesPerSec: 5e6,
  receivedBytes: 0,
  sentBytes: 0,
  ...part,
});

const state = (part: Partial<ShareState>): ShareState => ({
  role: "receiver",
  phase: "downloading",
  error: null,
  notices: [],
  link: "123",
  isProtected: true,
  password: "123",
  invite: { kind: "none" },
  lock: null,
  name: "",
  chosen: null,
  fetched: null,
  files: [
    { path: ["1", "2"], sizeBytes: 2e6, verifiedBytes: 2e6 },
    { path: ["1", "3"], sizeBytes: 2e6, verifiedBytes: 1e6 },
  ],
  totalBytes: 4e6,
  verifiedBytes: 3e6,
  hashedBytes: 4e6,
  sentBytes: 5e6,
  receivedBytes: 3e6,
  downloadBytesPerSec: 5e6,
  uploadBytesPerSec: 5e6,
  speeds: [{ down: 5e6, up: 5e6 }],
  pieces: { held: new Uint8Array([255]), others: new Uint8Array([255]) },
  uploadLimitBytesPerSec: null,
  secondsLeft: 500,
  wanted: true,
  stoppedHere: false,
  self: "3" as PeerId,
  peers: [peer({}), peer({ id: "2", has: 1, isSharer: false, isRelayed: false })],
  copiesOut: 3,
  swarmPeerCount: 5,
  hasRelay: false,
  isKept: true,
  knowsFiles: true,
  checking: { done: 1, total: 2 },
  refusal: { reason: "missing", name: "1" },
  ownCopy: { pieceCount: 9, matchedCount: 3, differingCount: 1, isComparing: true },
  cancelled: false,
  metered: "cellular",
  hold: null,
  telling: "off",
  saving: false,
  room: { freeBytes: 1e6, isInMemory: false, lack: "zip" },
  placing: null,
  listing: { kind: "unlisted" },
  ring: null,
  ...part,
});

const session = { sharedFiles: () => ({ files: [], handles: [] }) } as unknown as Session;
const headingRef = createRef<HTMLHeadingElement>();
const nothing = (): void => undefined;

const never = (): Promise<boolean> => Promise.resolve(false);

const receiver = (part: Partial<ShareState>): ReactElement => (
  <ReceiverView session={session} state={state(part)} headingRef={headingRef} />
);

const end = (part: Partial<ShareState>): ReactElement => (
  <EndView
    session={session}
    state={state(part)}
    end={troubleOf("internal", "receiver")}
    headingRef={headingRef}
    onHome={nothing}
    onAgain={nothing}
  />
);

const DESCRIPTION: Description = { title: "1", description: "2", tags: ["3"], kind: "audio" };

const LISTINGS: Exclude<ShareState["listing"], { kind: "off" }>[] = [
  { kind: "unlisted" },
  { kind: "sending", description: null },
  { kind: "listed", description: DESCRIPTION },
  { kind: "refused", reason: "too-many", description: DESCRIPTION },
];

const FOUND_SHARE: FoundShare = {
  ...DESCRIPTION,
  swarm: "1" as SwarmId,
  link: "1",
  isProtected: true,
  fileCount: 3,
  totalBytes: 5e6,
  listedMs: 4e6,
  sources: 3,
  isNear: true,
};

const FOUND: SearchResults = {
  kind: "found",
  sought: { words: "1", kind: null, minBytes: null, maxBytes: null },
  total: 3,
  shares: [FOUND_SHARE],
  hasMore: true,
  isFromRing: true,
  trouble: null,
};

const results = (shown: SearchResults): ReactElement => (
  <Results
    state={{ isBusy: false, results: shown }}
    hrefOf={() => "1"}
    onMore={nothing}
    onAgain={nothing}
    onHome={nothing}
  />
);

const PAGES: [string, () => ReactElement][] = [
  ["home", () => <Home searchFragment="1" onFiles={nothing} onLink={nothing} />],
  ["check", () => <Check onHome={nothing} />],
  ["shares", () => <Shares onHome={nothing} />],
  ["downloading", () => receiver({})],
  ["connecting", () => receiver({ phase: "connecting", files: [] })],
  ["waiting", () => receiver({ phase: "waiting", wanted: false, ownCopy: null })],
  ["paused", () => receiver({ phase: "paused", telling: "denied", hold: "waiting" })],
  ["done", () => receiver({ phase: "done", placing: { kind: "looking", place: "1" } })],
  ["ended", () => end({ phase: "ended" })],
  ["failed", () => end({ phase: "failed" })],
  [
    "sharing",
    () => (
      <SharerView
        session={session}
        state={state({ role: "sharer" })}
        headingRef={headingRef}
        hrefOfSearch={(words) => words}
        onPassword={never}
      />
    ),
  ],
  ["locked", () => receiver({ phase: "locked", lock: "wrong" })],
  ["set a password", () => <PasswordDialog isProtected onSet={never} onCancel={nothing} />],
  ...LISTINGS.map((listing): [string, () => ReactElement] => [
    `${listing.kind} in the catalogue`,
    () => (
      <ListingEntry
        session={session}
        state={state({ listing })}
        listing={listing}
        hrefOfSearch={(words) => words}
      />
    ),
  ]),
  [
    "publish",
    () => (
      <PublishDialog
        before={DESCRIPTION}
        isListed={false}
        isProtected
        onPublish={nothing}
        onCancel={nothing}
      />
    ),
  ],
  ["search", () => <Search parameters="" fragmentOf={() => "1"} onGo={nothing} onHome={nothing} />],
  ["found", () => results(FOUND)],
  ["found nothing", () => results({ ...FOUND, total: 0, shares: [] })],
  ["found no more", () => results({ ...FOUND, trouble: "busy" })],
  ["not found", () => results({ kind: "failed", trouble: "off" })],
  ["report", () => <ReportDialog share={FOUND_SHARE} onClose={nothing} />],
  ["resting", () => <RestingView session={session} state={state({})} headingRef={headingRef} />],
  [
    "notices",
    () => (
      <Notices
        notices={["disk-full", "save-failed", "server-unreachable"]}
        isAnyoneHere
        isInRing
        isOneFile={false}
        onSave={nothing}
      />
    ),
  ],
];

/** What people read of a page: its text, and the attributes that are read out. */
function readable(page: string): string {
  const labels = Array.from(
    page.matchAll(/\s(?:alt|aria-label|aria-valuetext|placeholder|title)="([^"]*)"/g),
    ([, label]) => label,
  );
  return [page.replaceAll(/<[^>]*>/g, " "), ...labels].join(" ");
}

describe("another language", () => {
  beforeEach(() => chooseLanguage(["xx", "ar-EG", "en"], root));

  it("is chosen by the person’s preference, and the page says so", () => {
    expect(root).toEqual({ lang: "ar", dir: "rtl" });
    expect(locale()).toBe("ar-EG");
    expect(t("home.chooseFiles")).toBe(mark(en.home.chooseFiles));
  });

  it.each(PAGES)("shows no word on the page %s that isn’t in the catalogue", (_name, page) => {
    const text = readable(renderToStaticMarkup(page()));
    expect(text).toContain("⟦");
    expect(text.replaceAll(/⟦[^⟧]*⟧/g, "")).not.toMatch(/[a-z]/i);
  });

  it("says every error in it", () => {
    for (const code of ERROR_CODES) {
      const { title, sentence, action } = troubleOf(code, "receiver");
      const todo = action.kind === "advice" ? action.text : action.label;
      for (const words of [title, sentence, todo]) expect(words).toMatch(/^⟦.*⟧$/);
    }
  });

  it("has plural forms that English hasn’t, and its own digits", () => {
    const forms = [0, 1, 2, 3, 11, 100].map((count) => t("share.files", { count }));
    expect(forms.map((words) => /⟦(\w+) /.exec(words)?.[1])).toEqual(FORMS);
    expect(t("share.files", { count: 2000 })).toContain(formatCount(2000));
    const written = new Intl.NumberFormat("ar-EG");
    expect(formatCount(2000)).toBe(written.format(2000));
    expect(formatPercent(0.42)).toContain(written.format(42));
    expect(formatBytes(2_500_000)).toContain(written.format(2.5));
    expect(formatDuration(150)).toContain(written.format(3));
  });
});

describe("English", () => {
  it("is spoken to whoever prefers none of the languages there are", async () => {
    await chooseLanguage(["xx-XX", "yy"], root);
    expect(root).toEqual({ lang: "en", dir: "ltr" });
    expect(locale()).toBe("en");
    expect(t("home.chooseFiles")).toBe(en.home.chooseFiles);
  });

  it("is spoken where another language’s words can’t be fetched", async () => {
    await chooseLanguage(["nl"], root);
    expect(root).toEqual({ lang: "en", dir: "ltr" });
    expect(t("home.chooseFiles")).toBe(en.home.chooseFiles);
  });

  it("keeps the numbers of the person’s own country", async () => {
    await chooseLanguage(["en-IN"], root);
    expect(root.lang).toBe("en");
    expect(formatCount(1_234_567)).toBe("12,34,567");
  });

  it("takes a stranger’s file name as it is, whatever it looks like", () => {
    for (const name of ["{{name}}", "$t(app.shares)", "$& $1", "<b>&amp;", "a_one"]) {
      expect(t("share.viewer.openFile", { name })).toBe(`Open ${name}`);
      expect(t(`shares.removeDialog.receiver`, { returnObjects: true, name }).title).toBe(
        `Remove “${name}”?`,
      );
    }
  });

  it("is all there before any language was chosen", () => {
    // @ts-expect-error -- a parameter that is missing is seen by the compiler
    t("share.viewer.openFile");
    // @ts-expect-error -- so is a key
    t("share.viewer.nothing");
    expect(t("share.files", { count: 1 })).toBe("1 file");
    expect(t("share.files", { count: 2000 })).toBe("2,000 files");
  });
});
