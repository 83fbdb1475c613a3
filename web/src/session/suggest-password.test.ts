import { passwordBytes } from "@shoal/swarm/share/password";
import { expect, test } from "vitest";
import { suggestPassword } from "./suggest-password.ts";

test("each is another, of letters that can be told apart, and means what it shows", () => {
  const made = Array.from({ length: 200 }, suggestPassword);
  expect(new Set(made).size).toBe(made.length);
  for (const password of made) {
    expect(password).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
    expect(passwordBytes(password)).toEqual(new TextEncoder().encode(password));
  }
  const letters = new Set(made.join("").replaceAll("-", ""));
  expect(letters.size).toBe(32);
});
