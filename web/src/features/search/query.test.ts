import { describe, expect, it } from "vitest";
import { parametersOf, queryIn, soughtBy } from "./query.ts";
import type { Query } from "./query.ts";

const NOTHING: Query = { words: "", kind: null, size: null };

describe("a query in the address", () => {
  it.each<Query>([
    NOTHING,
    { words: "lisbon tram", kind: null, size: null },
    { words: "50% & more? #1 = “שלום”", kind: "video", size: "large" },
    { words: "", kind: "other", size: "small" },
  ])("is read as it was written: %o", (query) => {
    expect(queryIn(parametersOf(query))).toEqual(query);
  });

  it("is empty where nothing is asked for", () => {
    expect(parametersOf({ ...NOTHING, words: "  " })).toBe("");
  });

  it.each(["%", "q", "=&&=", "kind=constructor&size=toString", "kind=films&size=7", "Q=a"])(
    "asks for nothing where it can’t be read: %s",
    (parameters) => {
      expect(queryIn(parameters)).toEqual(NOTHING);
    },
  );

  it("is cut where it is too long", () => {
    expect(queryIn(`q=${"a".repeat(5000)}`).words).toHaveLength(200);
  });

  it("asks the catalogue for bytes between bounds", () => {
    expect(soughtBy(NOTHING)).toMatchObject({ minBytes: null, maxBytes: null });
    const [small, medium, large] = (["small", "medium", "large"] as const).map((size) =>
      soughtBy({ ...NOTHING, size }),
    );
    expect(medium).toMatchObject({ minBytes: small?.maxBytes, maxBytes: large?.minBytes });
  });
});
