import type { EngineSnapshot } from "@shoal/swarm/engine/io";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { describe, expect, it } from "vitest";
import { Forecast, viewOf } from "./view.ts";

const manifest = makeManifest([{ path: ["a"], sizeBytes: 10 }]);

const RUNNING: EngineSnapshot = {
  status: { kind: "running" },
  manifest,
  wanted: true,
  paused: false,
  isDiskFull: false,
  isComplete: false,
  isDone: false,
  copiesOut: 0,
  verifiedBytes: 0,
  verifiedBytesOfFile: new Float64Array(1),
  hashedBytes: 10,
  peers: [],
  ownCopy: null,
  isMissingHeld: true,
  isMeeting: false,
  swarmPeerCount: 1,
  trackerUp: true,
  sentBytes: 0,
  receivedBytes: 0,
  downloadBytesPerSec: 0,
  uploadBytesPerSec: 0,
};

const WISHES = { isAsked: true, isPaused: false, chosen: null };

const view = (part: Partial<EngineSnapshot>, isSharer = false) =>
  viewOf({ ...RUNNING, ...part }, isSharer, new Forecast(), WISHES);

describe("viewOf a share of which a file was merely opened", () => {
  const wishes = { ...WISHES, isAsked: false };
  const merely = (part: Partial<EngineSnapshot>) =>
    viewOf({ ...RUNNING, ...part }, false, new Forecast(), wishes);

  it("is ready to be downloaded, whatever is fetched or not", () => {
    for (const part of [{}, { paused: true }, { isMissingHeld: false }]) {
      expect(merely(part)).toMatchObject({ phase: "ready", wanted: false });
    }
  });

  it("is done once everything is there", () => {
    const whole = { isComplete: true, verifiedBytes: 10 };
    expect(merely(whole)).toMatchObject({ phase: "done", wanted: true });
  });

  it("stays paused where the rest of it rests", () => {
    const paused = viewOf(RUNNING, false, new Forecast(), { ...WISHES, isPaused: true });
    expect(paused.phase).toBe("paused");
  });
});

describe("viewOf a share whose maker cheats", () => {
  const status = { kind: "failed", code: "contradiction" } as const;

  it.each<[string, Partial<EngineSnapshot>]>([
    ["before the files are known", { manifest: null, wanted: false }],
    ["while the files aren't asked for", { wanted: false }],
    ["while they are fetched", { downloadBytesPerSec: 5, verifiedBytes: 5 }],
    ["while paused", { paused: true }],
    ["after all was fetched", { isComplete: true, isDone: true, verifiedBytes: 10 }],
  ])("is failed for that reason %s", (_, part) => {
    for (const isSharer of [false, true]) {
      const { phase, error, secondsLeft } = view({ ...part, status }, isSharer);
      expect({ phase, error, secondsLeft }).toEqual({
        phase: "failed",
        error: "contradiction",
        secondsLeft: null,
      });
    }
  });
});

describe("viewOf", () => {
  it("is done once everything is held and asked for", () => {
    expect(view({ isComplete: true }).phase).toBe("done");
    expect(view({ isComplete: true, wanted: false }).phase).toBe("ready");
  });

  it("passes the full copies on as the engine counts them", () => {
    expect(view({ copiesOut: 1.75 }, true).copiesOut).toBe(1.75);
  });
});

describe("viewOf a share of which some files are chosen", () => {
  const three = makeManifest(
    [10, 20, 40].map((sizeBytes, index) => ({ path: [`${index}`], sizeBytes })),
  );
  const chosenView = (held: readonly number[], part: Partial<EngineSnapshot> = {}) => {
    const verifiedBytes = held.reduce((sum, bytes) => sum + bytes, 0);
    const verifiedBytesOfFile = Float64Array.from(held);
    const snapshot = { ...RUNNING, manifest: three, verifiedBytes, verifiedBytesOfFile, ...part };
    return viewOf(snapshot, false, new Forecast(), { ...WISHES, chosen: [0, 2] });
  };

  it("counts their bytes alone, whatever else is here", () => {
    const figures = { totalBytes: 50, verifiedBytes: 15, phase: "downloading" };
    expect(chosenView([10, 20, 5])).toMatchObject(figures);
  });

  it("reckons the time left for them", () => {
    const { secondsLeft } = chosenView([10, 0, 20], { downloadBytesPerSec: 10 });
    expect(secondsLeft).toBe(2);
  });

  it("is done when they are there", () => {
    expect(chosenView([10, 0, 40])).toMatchObject({ phase: "done", wanted: true });
  });

  it("stays done while another file is fetched because it is open", () => {
    expect(chosenView([10, 5, 40], { isDone: false }).phase).toBe("done");
  });

  it("is ready again where all were given up", () => {
    const wishes = { ...WISHES, isAsked: false, chosen: [] };
    const snapshot = { ...RUNNING, manifest: three, paused: true, isDone: true };
    expect(viewOf(snapshot, false, new Forecast(), wishes)).toMatchObject({
      phase: "ready",
      wanted: false,
      totalBytes: 0,
    });
  });
});
