import { beforeEach, describe, expect, it } from "vitest";
import type { SwarmId } from "@shoal/swarm/ids";
import type { CatalogueTrouble, Found, FoundShare, Sought } from "./catalogue.ts";
import { CatalogueSearch } from "./catalogue-search.ts";
import type { SearchState } from "./catalogue-search.ts";

type Answer = Found | CatalogueTrouble;

const sought = (words: string): Sought => ({ words, kind: null, minBytes: null, maxBytes: null });

const found = (names: string, hasMore = false): Found => ({
  total: 9,
  hasMore,
  isFromRing: false,
  shares: [...names].map((name) => ({ swarm: name as SwarmId }) as FoundShare),
});

let asked: { words: string; page: number; signal: AbortSignal; answer: (answer: Answer) => void }[];
let told: SearchState[];
let search: CatalogueSearch;

beforeEach(() => {
  asked = [];
  told = [];
  search = new CatalogueSearch(
    ({ words }, page, signal) =>
      new Promise((answer) => {
        asked.push({ words, page, signal, answer });
      }),
    (state) => told.push(state),
  );
});

/** Answers the newest question. */
async function answer(given: Answer): Promise<SearchState | undefined> {
  asked.at(-1)?.answer(given);
  await Promise.resolve();
  await Promise.resolve();
  return told.at(-1);
}

const names = (state: SearchState | undefined): string =>
  state?.results?.kind === "found" ? state.results.shares.map(({ swarm }) => swarm).join("") : "";

describe("a search", () => {
  it("shows what was found before until there is an answer", async () => {
    search.search(sought("one"));
    await answer(found("ab"));
    search.search(sought("two"));
    expect(told.at(-1)).toMatchObject({ isBusy: true, results: { sought: { words: "one" } } });
    expect(await answer(found("c"))).toMatchObject({
      isBusy: false,
      results: { sought: { words: "two" } },
    });
    expect(names(told.at(-1))).toBe("c");
  });

  it("lets the newest question count, whatever is answered last", async () => {
    search.search(sought("one"));
    search.search(sought("two"));
    expect(asked[0]?.signal.aborted).toBe(true);
    await answer(found("c"));
    const before = told.length;
    asked[0]?.answer(found("ab"));
    await answer(found("c"));
    expect(told).toHaveLength(before);
    expect(names(told.at(-1))).toBe("c");
  });

  it("adds pages, each share once, while there are more", async () => {
    search.search(sought("one"));
    search.more();
    expect(asked).toHaveLength(1);
    await answer(found("ab", true));
    search.more();
    search.more();
    expect(asked.map(({ page }) => page)).toEqual([0, 1]);
    await answer(found("bc", true));
    search.more();
    expect(names(await answer(found("d")))).toBe("abcd");
    expect(asked.at(-1)).toMatchObject({ words: "one", page: 2 });
    search.more();
    expect(asked).toHaveLength(3);
  });

  it("keeps what is there where the next page fails, and tries that one again", async () => {
    search.search(sought("one"));
    await answer(found("a", true));
    search.more();
    expect(await answer("busy")).toMatchObject({ results: { kind: "found", trouble: "busy" } });
    search.more();
    expect(asked.at(-1)?.page).toBe(1);
    expect(names(await answer(found("b")))).toBe("ab");
    expect(told.at(-1)).toMatchObject({ results: { trouble: null } });
  });

  it("says what was in the way of the first page, and begins anew", async () => {
    search.search(sought("one"));
    expect(await answer("unreachable")).toMatchObject({
      isBusy: false,
      results: { kind: "failed", trouble: "unreachable" },
    });
    search.more();
    expect(asked).toHaveLength(1);
    search.search(sought("one"));
    expect(names(await answer(found("a")))).toBe("a");
  });

  it("tells nothing once it is closed", async () => {
    search.search(sought("one"));
    const before = told.length;
    search.close();
    await answer(found("a"));
    expect(told).toHaveLength(before);
    expect(asked[0]?.signal.aborted).toBe(true);
  });
});
