import { swarmIdOf, type SwarmId } from "@shoal/swarm/ids";
import { beforeEach, describe, expect, test } from "vitest";
import { type IndexedEntry, MOST_RANKED, type Wanted, WordIndex } from "./word-index.ts";

let index: WordIndex;
let names: Map<SwarmId, string>;
beforeEach(() => {
  index = new WordIndex();
  names = new Map();
});

function swarmNumber(number: number): SwarmId {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return swarmIdOf(bytes);
}

/** Puts an entry in, and gives it its title as a name. */
function put(title: string, fields: Partial<IndexedEntry> = {}): SwarmId {
  const swarm = fields.swarm ?? swarmNumber(names.size);
  names.set(swarm, title);
  const facts = { kind: "other", totalBytes: 1000, listedMs: 0, sources: 0 } as const;
  index.put({ swarm, title, description: "", tags: [], ...facts, ...fields });
  return swarm;
}

const ALL: Wanted = {
  words: "",
  kind: null,
  minBytes: 0,
  maxBytes: Infinity,
  near: [],
  offset: 0,
  count: 20,
};

const search = (words: string, wanted: Partial<Wanted> = {}) => {
  const { swarms, total } = index.search({ ...ALL, words, ...wanted });
  return { total, found: swarms.map((swarm) => names.get(swarm)) };
};
const found = (words: string, wanted: Partial<Wanted> = {}) => search(words, wanted).found;

describe("words", () => {
  test("are found in title, tags and description, all of them, without case and accents", () => {
    put("São Paulo at night", { tags: ["city"], description: "Photographs of rain" });
    put("Paulo Coelho");
    expect(found("paulo SAO")).toEqual(["São Paulo at night"]);
    expect(found("city rain")).toEqual(["São Paulo at night"]);
    expect(found("paulo snow")).toEqual([]);
    expect(found("...")).toEqual([]);
  });

  test("their beginnings are enough in titles and tags", () => {
    put("Photographs", { tags: ["holiday"], description: "mountains" });
    expect(found("photo")).toEqual(["Photographs"]);
    expect(found("hol ph")).toEqual(["Photographs"]);
    expect(found("h")).toEqual([]);
    expect(found("moun")).toEqual([]);
    expect(found("mountains")).toEqual(["Photographs"]);
  });

  test("in the title count for more than those in tags, those for more than in the description", () => {
    put("one", { description: "harbour" });
    put("two", { tags: ["harbour"] });
    put("harbour");
    expect(found("harbour")).toEqual(["harbour", "two", "one"]);
  });

  test("with a mistake are found where there are none without", () => {
    put("Photographs of Lisbon");
    expect(found("photografs lisbn")).toEqual(["Photographs of Lisbon"]);
    put("Photografs");
    expect(found("photografs")).toEqual(["Photografs"]);
    expect(found("completely else")).toEqual([]);
    put("Recipes", { description: "of Portugal" });
    expect(found("recipis portugal")).toEqual(["Recipes"]);
    expect(found("recipes portugol")).toEqual([]);
  });

  test("are found in languages without spaces between them", () => {
    put("東京の写真");
    put("แผนที่ประเทศไทย");
    expect(found("写真")).toEqual(["東京の写真"]);
    expect(found("東")).toEqual(["東京の写真"]);
    expect(found("ประเทศ")).toEqual(["แผนที่ประเทศไทย"]);
  });

  test("named as what every object has are words like others", () => {
    put("constructor __proto__ toString");
    expect(found("constructor")).toHaveLength(1);
    expect(found("__proto__")).toHaveLength(1);
    expect(found("hasOwnProperty")).toEqual([]);
  });
});

describe("the order", () => {
  test("of what fits as well is by sources, then near ones first, then the latest", () => {
    put("few lisbon", { sources: 1, listedMs: 1 });
    put("many lisbon", { sources: 9 });
    const near = put("near lisbon", { sources: 1 });
    put("late lisbon", { sources: 1, listedMs: 2 });
    expect(found("", { near: [near] })).toEqual([
      "many lisbon",
      "near lisbon",
      "late lisbon",
      "few lisbon",
    ]);
    expect(found("lisbon", { near: [near] }).slice(0, 2)).toEqual(["near lisbon", "many lisbon"]);
    expect(found("lisbon")[0]).toBe("many lisbon");
    expect(found("").at(1)).toBe("late lisbon");
  });

  test("follows the number of sources", () => {
    const [one, other] = [put("one lisbon"), put("two lisbon")];
    index.count(one, 5);
    expect(found("lisbon")).toEqual(["one lisbon", "two lisbon"]);
    index.count(other, 50);
    expect(found("lisbon")).toEqual(["two lisbon", "one lisbon"]);
    expect(found("")).toEqual(["two lisbon", "one lisbon"]);
  });
});

describe("filters", () => {
  beforeEach(() => {
    put("small lisbon", { totalBytes: 10, kind: "video" });
    put("large lisbon", { totalBytes: 1000, kind: "audio" });
  });

  test.each(["lisbon", ""])("by kind and size, bounds included, for %j", (words) => {
    expect(found(words, { kind: "audio" })).toEqual(["large lisbon"]);
    expect(found(words, { maxBytes: 10 })).toEqual(["small lisbon"]);
    expect(found(words, { minBytes: 11, maxBytes: 999 })).toEqual([]);
    expect(search(words, { minBytes: 1000 })).toEqual({ total: 1, found: ["large lisbon"] });
  });

  test("that leave nothing don't turn other words into mistakes", () => {
    put("lisbom", { kind: "software" });
    expect(found("lisbon", { kind: "software" })).toEqual([]);
  });
});

test("pages go through all, without one twice", () => {
  for (let number = 0; number < 45; number++) put(`lisbon ${number}`, { sources: number % 7 });
  for (const words of ["lisbon", ""]) {
    const pages = [0, 20, 40, 60].map((offset) => search(words, { offset }));
    expect(pages.map(({ total }) => total)).toEqual([45, 45, 45, 45]);
    expect(pages.map((page) => page.found.length)).toEqual([20, 20, 5, 0]);
    expect(new Set(pages.flatMap((page) => page.found)).size).toBe(45);
  }
});

test("of more than are ranked, those with the most sources are", () => {
  const count = 3 * MOST_RANKED;
  for (let number = 0; number < count; number++) put(`lisbon ${number}`, { sources: number });
  for (const words of ["lisbon", ""]) {
    const { total, swarms } = index.search({ ...ALL, words, count });
    expect(total).toBe(count);
    expect(swarms).toHaveLength(MOST_RANKED);
    const sources = swarms.map((swarm) => Number(names.get(swarm)?.split(" ")[1]));
    expect(Math.min(...sources)).toBe(count - MOST_RANKED);
  }
});

test("a word that is nearly everywhere is found where it is, as entries come and go", () => {
  const count = 2500;
  const swarms = Array.from({ length: count }, (_, number) =>
    put(`title${number}`, { description: "the same trams" }),
  );
  const [first = swarmNumber(0), second = swarmNumber(1)] = swarms;
  const total = () => search("trams", { count: 0 }).total;
  expect([total(), total()]).toEqual([count, count]);
  index.remove(first);
  put("other", { swarm: second, description: "nothing" });
  expect(total()).toBe(count - 2);
  put("back", { swarm: first, description: "Trams" });
  expect(total()).toBe(count - 1);
  expect(found("trams back")).toEqual(["back"]);
  put("trams in a title");
  expect(found("trams")[0]).toBe("trams in a title");
});

test("what was replaced or taken out isn't found, however often", () => {
  const swarm = put("first words");
  for (let round = 0; round < 50; round++) {
    put(`round ${round}`, { swarm });
    expect(found("first")).toEqual([]);
    expect(found("round")).toEqual([`round ${round}`]);
    index.remove(swarm);
    expect(found("round")).toEqual([]);
    expect(found("")).toEqual([]);
  }
  index.remove(swarm);
  index.count(swarm, 3);
  expect(index.size).toBe(0);
});

test("suggestions are by the beginnings of words in titles", () => {
  put("Lisbon in May", { sources: 1 });
  put("Listen", { sources: 5 });
  put("Porto", { tags: ["lisbon"], description: "lis" });
  const suggested = (words: string, count = 8) =>
    index.suggest(words, count).map((swarm) => names.get(swarm));
  expect(new Set(suggested("lis"))).toEqual(new Set(["Lisbon in May", "Listen"]));
  expect(suggested("may lis")).toEqual(["Lisbon in May"]);
  expect(suggested("lis", 1)).toHaveLength(1);
  expect(suggested("")).toEqual([]);
  expect(suggested("lisbno")).toEqual([]);
});
