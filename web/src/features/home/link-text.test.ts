import { describe, expect, it } from "vitest";
import { fragmentIn } from "./link-text.ts";

const KEY = "AQDk3v0sH1mP8QyZ4uVb7tJxWcRr5nLfGgT2aKoEwSiN9g";

describe("fragmentIn", () => {
  it.each([
    ["a link of this host", `https://shoal.example/#${KEY}`],
    ["a link of another host, with a port and a path", `http://10.0.0.2:3000/x/?y#${KEY}`],
    ["a link with text and line breaks around it", `\n  https://shoal.example/#${KEY} \nsee you`],
    ["a bare fragment", KEY],
    ["a fragment with its #", `#${KEY}`],
  ])("finds what follows the # in %s", (_what, text) => {
    expect(fragmentIn(text)).toBe(KEY);
  });

  it.each(["invite", "reply"])("finds a code’s: %s", (kind) => {
    const code = `${kind}=${KEY}`;
    expect(fragmentIn(`here: https://shoal.example/#${code}`.slice(6))).toBe(code);
    expect(fragmentIn(code)).toBe(code);
    expect(fragmentIn(`other=${KEY}`)).toBeNull();
  });

  it("takes a cut link, whose page then says that it is damaged", () => {
    expect(fragmentIn("https://shoal.example/#AQDk")).toBe("AQDk");
  });

  it.each(["", "  ", "hello", "https://shoal.example/", "https://shoal.example/#", "#a<b>"])(
    "finds nothing in %j",
    (text) => {
      expect(fragmentIn(text)).toBeNull();
    },
  );
});
