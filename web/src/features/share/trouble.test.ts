import { ERROR_CODES } from "@shoal/swarm/errors";
import { describe, expect, it } from "vitest";
import type { ShareState } from "../../protocol/state.ts";
import { endOf, troubleOf } from "./trouble.ts";

const state = (part: Partial<ShareState>): ShareState =>
  ({
    role: "receiver",
    phase: "ready",
    error: null,
    verifiedBytes: 0,
    totalBytes: 10,
    stoppedHere: false,
    ...part,
  }) as ShareState;

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
    expect(endOf(state({ phase: "downloading" }))).toBeNull();
  });

  it("says why a share failed", () => {
    const end = endOf(state({ phase: "failed", error: "link-damaged" }));
    expect(end?.title).toBe("This link is damaged");
  });

  it("leads back from a download that was cancelled", () => {
    const end = endOf(state({ phase: "ended", stoppedHere: true, cancelled: true }));
    expect(end).toMatchObject({ title: "You’ve cancelled", action: { kind: "again" } });
  });

  it("tells a share that was ended by its sharer from one that was stopped here", () => {
    const bySharer = endOf(state({ phase: "ended" }));
    const here = endOf(state({ phase: "ended", stoppedHere: true }));
    const own = endOf(state({ phase: "ended", role: "sharer" }));
    expect(new Set([bySharer?.title, here?.title, own?.title]).size).toBe(3);
  });

  it("gives the reason of an end that wasn't the sharer's wish", () => {
    const end = endOf(state({ phase: "ended", error: "source-changed" }));
    expect(end?.title).toBe("A file changed while it was shared");
  });

  it("goes on after a stop on this page, without loading it again", () => {
    const end = endOf(state({ phase: "ended", stoppedHere: true }));
    expect(end?.action.kind).toBe("resume");
  });

  it.each(["no-space", "storage-failed"] as const)(
    "tries again after %s with what was fetched before",
    (error) => {
      const end = endOf(state({ phase: "failed", error, verifiedBytes: 5 }));
      expect(end?.action.kind).toBe("retry");
    },
  );

  it.each(["sharer", "receiver"] as const)(
    "offers a %s no other try where the share's maker cheats, however much was fetched",
    (role) => {
      for (const verifiedBytes of [0, 5, 10]) {
        const end = endOf(state({ role, phase: "failed", error: "contradiction", verifiedBytes }));
        expect(end?.title).toBe("This share can’t be trusted");
        expect(end?.action.kind).toBe("advice");
      }
    },
  );

  it("begins anew where storage failed before the files were known, or after all were there", () => {
    const failed = { phase: "failed", error: "storage-failed" } as const;
    const early = endOf(state({ ...failed, totalBytes: 0 }));
    const late = endOf(state({ ...failed, verifiedBytes: 10 }));
    expect([early?.action.kind, late?.action.kind]).toEqual(["reload", "reload"]);
  });

  it("sends a sharer home after a failed storage", () => {
    const end = endOf(state({ role: "sharer", phase: "failed", error: "storage-failed" }));
    expect(end?.action.kind).toBe("home");
  });
});
