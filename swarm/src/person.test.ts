import { describe, expect, test } from "vitest";
import { utf8 } from "./bytes.ts";
import { LIMITS } from "./limits.ts";
import { safePersonName } from "./person.ts";

describe("a person’s name", () => {
  test.each([
    ["as it is", "Ada Lovelace", "Ada Lovelace"],
    ["in any script", "שָׁלוֹם 小明 🐟", "שָׁלוֹם 小明 🐟"],
    ["markup is text", "<b>Ada</b>", "<b>Ada</b>"],
    ["families of emoji stay whole", "👩‍👧", "👩‍👧"],
    ["without controls", "A\u0007d\u001b[1ma\u0000", "Ad[1ma"],
    ["without what turns text around", "Ada\u202egnp\u2066x\u200f", "Adagnpx"],
    ["on one line", "  Ada\n\t\u00a0 Lovelace ", "Ada Lovelace"],
    ["composed", "Rene\u0301", "Ren\u00e9"],
    ["without halves of letters", "A\ud83d", "A\ufffd"],
    ["nothing where nothing is seen", "\u3164\u200d\u2800 \u0301", ""],
  ])("%s", (_what, name, safe) => {
    expect(safePersonName(name)).toBe(safe);
  });

  test.each([
    ["letters", "a"],
    ["emoji", "🐟"],
    ["marks on one letter", "\u0301"],
    ["letters that grow when they are composed", "\u0958"],
  ])("of too many %s is cut between code points", (_what, letter) => {
    const safe = safePersonName(`x${letter.repeat(100_000)}`);
    const { length } = utf8(safe);
    expect(length).toBeLessThanOrEqual(LIMITS.personNameBytes);
    expect(length).toBeGreaterThan(LIMITS.personNameBytes - 8);
    expect(safe).not.toContain("\ufffd");
    expect(safePersonName(safe)).toBe(safe);
  });
});
