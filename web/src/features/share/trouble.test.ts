import { ERROR_CODES } from "@shoal/swarm/errors";
import { describe, expect, it } from "vitest";
import type { ShareState } from "../../protocol/state.ts";
import { endOf, troubleOf } from "./trouble.ts";

const state = (part: Partial<ShareState>): ShareState =>
  ({ role: "receiver", phase: "ready", error: null, ...part }) as ShareState;

describe("troubleOf", () => {
  it.each(ERROR_CODES)("%s has a title, a sentence and one thing to do, for both roles", (code) => {
    for (const role of ["sharer", "receiver"] as const) {
      const { title, sentence, action } = troubleOf(code, role);
      expect(title).not.toBe("");
      expect(title.endsWith(".")).toBe(false);
      expect(sentence).toMatch(/\.$/);
      const words = action.kind === "advice" ? action.text : action.label;
      expect(words.endsWith(".")).toBe(action.kind === "advice");
    }
  });

  it("never offers a sharer to reload, which would lose the dropped files, after a defect", () => {
    expect(troubleOf("internal", "sharer").action.kind).toBe("home");
    expect(troubleOf("internal", "receiver").action.kind).toBe("reload");
  });

  it("tells a sharer to share a changed file again, and a receiver to ask for a new link", () => {
    expect(troubleOf("source-changed", "sharer").action.kind).toBe("home");
    expect(troubleOf("source-changed", "receiver").action.kind).toBe("advice");
  });
});

describe("endOf", () => {
  it("is null while the share runs", () => {
    expect(endOf(state({ phase: "downloading" }), false)).toBeNull();
  });

  it("says why a share failed", () => {
    const end = endOf(state({ phase: "failed", error: "link-damaged" }), false);
    expect(end?.title).toBe("This link is damaged");
  });

  it("tells a share that was ended by its sharer from one that was stopped here", () => {
    const bySharer = endOf(state({ phase: "ended" }), false);
    const here = endOf(state({ phase: "ended" }), true);
    const own = endOf(state({ phase: "ended", role: "sharer" }), true);
    expect(new Set([bySharer?.title, here?.title, own?.title]).size).toBe(3);
  });

  it("gives the reason of an end that wasn't the sharer's wish", () => {
    const end = endOf(state({ phase: "ended", error: "source-changed" }), false);
    expect(end?.title).toBe("A file changed while it was shared");
  });
});
