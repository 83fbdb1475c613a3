/** A search of the catalogue, page by page: the newest question counts, whatever is answered first. */
import type { CatalogueTrouble, Found, findShares, FoundShare, Sought } from "./catalogue.ts";

export type SearchResults =
  | { readonly kind: "failed"; readonly trouble: CatalogueTrouble }
  | {
      readonly kind: "found";
      readonly sought: Sought;
      readonly total: number;
      /** Each once, of all pages so far. */
      readonly shares: readonly FoundShare[];
      readonly hasMore: boolean;
      readonly isFromRing: boolean;
      /** What was in the way of the next page; null: nothing. */
      readonly trouble: CatalogueTrouble | null;
    };

export type SearchState = {
  /** An answer is awaited. */
  readonly isBusy: boolean;
  /** What was answered last; null before the first answer. */
  readonly results: SearchResults | null;
};

export const NOT_SEARCHED: SearchState = { isBusy: true, results: null };

export class CatalogueSearch {
  readonly #find: typeof findShares;
  readonly #tell: (state: SearchState) => void;
  #state = NOT_SEARCHED;
  #asking = new AbortController();
  #pageCount = 0;

  /** @param tell Called with each new state. */
  constructor(find: typeof findShares, tell: (state: SearchState) => void) {
    this.#find = find;
    this.#tell = tell;
  }

  /** Looks for this from the beginning; what was found before stays until the answer is there. */
  search(sought: Sought): void {
    void this.#ask(sought, 0, (answer) =>
      typeof answer === "string"
        ? { kind: "failed", trouble: answer }
        : { kind: "found", sought, trouble: null, ...answer },
    );
  }

  /** Fetches the next page, if there is one. */
  more(): void {
    const { isBusy, results } = this.#state;
    if (isBusy || results?.kind !== "found" || !results.hasMore) return;
    void this.#ask(results.sought, this.#pageCount, (answer) => {
      if (typeof answer === "string") return { ...results, trouble: answer };
      // Entries move between pages when sources come and go.
      const known = new Set(results.shares.map(({ swarm }) => swarm));
      const fresh = answer.shares.filter(({ swarm }) => !known.has(swarm));
      return { ...results, ...answer, shares: [...results.shares, ...fresh], trouble: null };
    });
  }

  /** Asks for nothing more, and tells nothing more. */
  close(): void {
    this.#asking.abort();
  }

  async #ask(
    sought: Sought,
    page: number,
    resultsOf: (answer: Found | CatalogueTrouble) => SearchResults,
  ): Promise<void> {
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#show({ ...this.#state, isBusy: true });
    const answer = await this.#find(sought, page, asking.signal);
    if (asking.signal.aborted) return;
    if (typeof answer !== "string") this.#pageCount = page + 1;
    this.#show({ isBusy: false, results: resultsOf(answer) });
  }

  #show(state: SearchState): void {
    this.#state = state;
    this.#tell(state);
  }
}
