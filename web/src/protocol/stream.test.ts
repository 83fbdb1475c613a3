import { expect, test } from "vitest";
import { streamPath, tokenOf } from "./stream.ts";

const TOKEN = "AAAAAAAAAAAAAAAAAAAAA-";

test.each(["film.mp4", "a b.txt", "a/b?c#d.png", "100%.txt", "عطلة 🏖️.jpg"])(
  "the path of %s leads to its token",
  (name) => {
    const { pathname } = new URL(streamPath(TOKEN, name), "https://shoal.example");
    expect(tokenOf(pathname)).toBe(TOKEN);
  },
);

test.each(["/", "/index.html", "/assets/stream/x.js", "/streams/", "/stream"])(
  "%s is no stream's path",
  (path) => {
    expect(tokenOf(path)).toBeNull();
  },
);

test.each([
  "/stream/",
  "/stream/short/name",
  `/stream/${TOKEN}`,
  `/stream/${TOKEN}/`,
  `/stream/${TOKEN}/a/b`,
  `/stream/${TOKEN}=/a`,
])("%s is a stream's path without a token", (path) => {
  expect(tokenOf(path)).toBe("");
});
