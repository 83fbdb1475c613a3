import { describe, expect, it } from "vitest";
import { splitName } from "./file-name.tsx";

describe("splitName", () => {
  it("leaves a short name whole", () => {
    expect(splitName("map.pdf")).toEqual({ head: "map.pdf", tail: "" });
  });

  it("keeps the end of a long name, with its extension", () => {
    const { head, tail } = splitName("Interview with Marta, final cut.mov");
    expect(tail).toBe("l cut.mov");
    expect(head + tail).toBe("Interview with Marta, final cut.mov");
  });

  it("never cuts inside an emoji that is made of several", () => {
    const family = "👨‍👩‍👧‍👦";
    const { head, tail } = splitName(`${family.repeat(30)}.jpg`);
    expect(tail).toBe(`${family.repeat(5)}.jpg`);
    expect(head).toBe(family.repeat(25));
  });

  it("cuts a name in a joined script only before its extension", () => {
    expect(splitName("تقرير الرحلة المدرسية النهائي.pdf").tail).toBe(".pdf");
    expect(splitName("تقرير الرحلة المدرسية النهائي").tail).toBe("");
  });
});
