import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { swarmIdOf } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { encodeLink } from "@shoal/swarm/share/link";
import { PASSWORD_CHECK_BYTES } from "@shoal/swarm/share/password";
import { decodeFound, decodeSuggestions, findShares, report, suggest } from "./catalogue.ts";
import type { Sought } from "./catalogue.ts";

const SWARM = swarmIdOf(new Uint8Array(32).fill(7));
const KEY = { publicKey: new Uint8Array(32).fill(9), trackers: [] };
const LINK = encodeLink({ ...KEY, passwordCheck: null });
const LOCKED = encodeLink({ ...KEY, passwordCheck: new Uint8Array(PASSWORD_CHECK_BYTES) });

const ENTRY = {
  swarm: SWARM,
  title: "Tram 28",
  description: "All of it",
  tags: ["lisbon"],
  kind: "video",
  fileCount: 1,
  totalBytes: 5,
  link: LINK,
  listedMs: 1,
  sources: 3,
  isNear: true,
};

const answerOf = (...entries: unknown[]) => ({ total: 60, page: 1, pageSize: 20, entries });

const decoded = (part: object) => decodeFound(answerOf({ ...ENTRY, ...part }))?.shares;

describe("an answer of the catalogue", () => {
  it("is taken as it is where it is well-formed", () => {
    expect(decodeFound(answerOf(ENTRY))).toEqual({
      total: 60,
      shares: [{ ...ENTRY, isProtected: false }],
      hasMore: true,
      isFromRing: false,
    });
    expect(decodeFound({ ...answerOf(), page: 2 })).toMatchObject({ hasMore: false });
    expect(decodeFound({ ...answerOf(), page: 49, total: 5000 })).toMatchObject({ hasMore: false });
    expect(decoded({ link: LOCKED })).toMatchObject([{ isProtected: true }]);
  });

  it.each([null, 7, "found", [], {}, { ...answerOf(), total: -1 }, { ...answerOf(), page: 0.5 }])(
    "is refused where it is no page of results: %j",
    (value) => {
      expect(decodeFound(value)).toBeNull();
    },
  );

  it.each([
    { title: 7 },
    { title: "\u202e \u200b" },
    { description: null },
    { tags: "lisbon" },
    { kind: "films" },
    { kind: "constructor" },
    { swarm: "short" },
    { link: "#" },
    { link: `https://elsewhere.example/#${LINK}` },
    { link: `${LINK}A` },
    { fileCount: "1" },
    { totalBytes: -1 },
    { listedMs: Number.NaN },
    { sources: Infinity },
  ])("leaves an entry out that is malformed: %j", (part) => {
    expect(decodeFound(answerOf({ ...ENTRY, ...part }, ENTRY, null, 7))?.shares).toHaveLength(1);
  });

  it("is bounded, whatever is in it, and harmless to show", () => {
    const long = "w".repeat(100_000);
    const [share] =
      decoded({
        title: `a\u202eb\nc${long}`,
        description: long,
        tags: [7, ...Array.from({ length: 1000 }, (_, at) => `${at}${long}`)],
        isNear: "yes",
      }) ?? [];
    expect(share?.title).toMatch(/^ab cw+$/);
    expect(share?.title.length).toBeLessThanOrEqual(LIMITS.entryTitleBytes);
    expect(share?.description).toHaveLength(LIMITS.entryDescriptionBytes);
    expect(share?.tags.length).toBeLessThanOrEqual(LIMITS.entryTags);
    expect(share?.isNear).toBe(false);
    const many = Array.from({ length: 10_000 }, () => ENTRY);
    expect(decodeFound(answerOf(...many))?.shares).toHaveLength(100);
  });

  it("suggests eight words at most, each once and harmless to show", () => {
    const suggestions = ["a\u202eb", "ab", 7, "", ...Array.from("cdefghijklm")];
    expect(decodeSuggestions({ suggestions })).toEqual(["ab", ..."cdefghi"]);
    for (const value of [null, {}, { suggestions: "a" }]) {
      expect(decodeSuggestions(value)).toEqual([]);
    }
  });
});

describe("a question to the catalogue", () => {
  const { signal } = new AbortController();
  const sought: Sought = { words: "a&b", kind: "audio", minBytes: 5, maxBytes: null };
  const request = vi.fn<typeof fetch>();
  const isOn = { content: "on" };

  beforeEach(() => {
    vi.stubGlobal("fetch", request);
    vi.stubGlobal("document", { querySelector: () => isOn });
    request.mockReset();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    isOn.content = "on";
  });

  it("names what is looked for", async () => {
    request.mockResolvedValue(Response.json(answerOf(ENTRY)));
    expect(await findShares(sought, 2, signal)).toMatchObject({ total: 60 });
    const [asked] = request.mock.calls[0] ?? [];
    const url = new URL(asked as string, "https://shoal.example");
    expect(url.pathname).toBe("/api/v1/catalogue");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: "a&b",
      kind: "audio",
      minBytes: "5",
      page: "2",
    });
  });

  it.each([
    [404, "off"],
    [429, "busy"],
    [503, "unavailable"],
    [400, "unavailable"],
  ])("that is answered by %i says why", async (status, trouble) => {
    request.mockImplementation(async () => Response.json({ error: "?" }, { status }));
    expect(await findShares(sought, 0, signal)).toBe(trouble);
    expect(await report(SWARM, "other", "")).toBe(trouble);
    expect(await suggest("tr", signal)).toEqual([]);
  });

  it("that gets no answer, or one that can’t be read, says so", async () => {
    request.mockRejectedValueOnce(new TypeError("no network"));
    expect(await findShares(sought, 0, signal)).toBe("unreachable");
    request.mockResolvedValueOnce(new Response("<html>"));
    expect(await findShares(sought, 0, signal)).toBe("unavailable");
  });

  it("isn’t asked where the page says that there is no catalogue", async () => {
    isOn.content = "off";
    expect(await findShares(sought, 0, signal)).toBe("off");
    expect(request).not.toHaveBeenCalled();
  });

  it("reports with words or without", async () => {
    request.mockImplementation(async () => new Response(null, { status: 204 }));
    expect(await report(SWARM, "illegal", "")).toBeNull();
    expect(await report(SWARM, "other", "why")).toBeNull();
    const bodies = request.mock.calls.map(
      ([, init]) => JSON.parse(init?.body as string) as unknown,
    );
    expect(bodies).toEqual([
      { swarm: SWARM, reason: "illegal" },
      { swarm: SWARM, reason: "other", words: "why" },
    ]);
  });
});
