import { describe, expect, it } from "vitest";
import { splitName } from "./file-name.tsx";

describe("splitName", () => {
  it("keeps the extension of a short name, where there is one", () => {
    expect(splitName("map.pdf")).toEqual({ head: "map", tail: ".pdf" });
    expect(splitName("README")).toEqual({ head: "README", tail: "" });
    expect(splitName(".gitignore")).toEqual({ head: ".gitignore", tail: "" });
  });

  it("takes no long word after a dot for an extension", () => {
    const name = "v1.the whole of the second edition";
    expect(splitName(name).tail).toBe("d edition");
  });

  it("keeps all of an extension that is longer than the usual end", () => {
    expect(splitName("everything of last year.properties").tail).toBe(".properties");
  });

  it("begins the end with no space, which would look like a gap", () => {
    expect(splitName("Interview with Marta, last a cut.mov").tail).toBe("a cut.mov");
    expect(splitName("Interview with Marta, final  cut.mov").tail).toBe("cut.mov");
  });

  it("keeps the end of a long name, with its extension", () => {
    const { head, tail } = splitName("Interview with Marta, final cut.mov");
    expect(tail).toBe("l cut.mov");
    expect(head + tail).toBe("Interview with Marta, final cut.mov");
  });

  it("never cuts inside an emoji that is made of several", () => {
    const family = "👨‍👩‍👧‍👦";
    const { head, tail } = splitName(`${family.repeat(30)}.jpg`);
    expect(tail).toBe(`${family.repeat(2)}.jpg`);
    expect(head).toBe(family.repeat(28));
  });

  it("cuts a name in a joined script only before its extension", () => {
    expect(splitName("تقرير الرحلة المدرسية النهائي.pdf").tail).toBe(".pdf");
    expect(splitName("تقرير الرحلة المدرسية النهائي").tail).toBe("");
  });
});
