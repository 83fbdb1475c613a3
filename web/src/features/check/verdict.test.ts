import { describe, expect, it } from "vitest";
import type { Findings } from "../../session/connection-check.ts";
import { STEPS, summaryOf, verdictOf } from "./verdict.ts";

const ALL_GOOD: Findings = {
  browser: "good",
  server: "good",
  channel: "good",
  udp: "good",
  relay: "udp",
  iceUrls: [],
  isOver: true,
};

describe("verdictOf", () => {
  it("has a sentence for whatever is found", () => {
    const found: Partial<Record<keyof Findings, readonly string[]>> = {
      browser: ["good", "insecure-context", "no-webrtc"],
      server: ["good", "unreachable", "no-websocket", "refused"],
      channel: ["good", "blocked"],
      udp: ["good", "blocked", "unsure", "not-offered"],
      relay: ["udp", "tcp", "blocked", "not-offered"],
    };
    for (const step of STEPS) {
      for (const finding of found[step] ?? []) {
        const { sentence } = verdictOf(step, { ...ALL_GOOD, [step]: finding });
        expect(sentence, `${step}: ${finding}`).toMatch(/\.$/);
      }
    }
  });

  it("waits for what isn't known", () => {
    expect(verdictOf("relay", null)).toEqual({ verdict: "waiting", sentence: null });
  });
});

describe("summaryOf", () => {
  it.each<[string, Partial<Findings>]>([
    ["running", { isOver: false }],
    ["good", {}],
    ["good", { udp: "blocked", relay: "tcp" }],
    ["direct", { relay: "not-offered" }],
    ["direct", { udp: "not-offered", relay: "not-offered" }],
    ["bad", { udp: "blocked", relay: "not-offered" }],
    ["bad", { relay: "blocked" }],
    ["bad", { channel: "blocked" }],
    ["bad", { server: "no-websocket", channel: "good", udp: null, relay: null }],
    ["bad", { browser: "no-webrtc", channel: null, udp: null, relay: null }],
  ])("is %s for %o", (summary, part) => {
    expect(summaryOf({ ...ALL_GOOD, ...part })).toBe(summary);
  });
});
