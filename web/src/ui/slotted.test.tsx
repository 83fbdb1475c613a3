import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { SLOT, Slotted } from "./slotted.tsx";

const markup = (words: string, name: string): string =>
  renderToStaticMarkup(<Slotted words={words}>{name}</Slotted>);

it("a name stands apart from the words around it, and is text", () => {
  expect(markup(`Writing to “${SLOT}”: 3 of 5 MB`, "<b>שלום</b>")).toBe(
    "Writing to “<bdi>&lt;b&gt;שלום&lt;/b&gt;</bdi>”: 3 of 5 MB",
  );
});

it("a name that looks like a slot is no other's", () => {
  expect(markup(`“${SLOT}” is gone`, `a${SLOT}b`)).toBe(`“<bdi>a${SLOT}b</bdi>” is gone`);
});

it("words without a slot stay as they are", () => {
  expect(markup("Done.", "film.bin")).toBe("Done.");
});
