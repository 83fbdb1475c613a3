import type { PeerId } from "@shoal/swarm/ids";
import { describe, expect, it } from "vitest";
import { peerNames } from "./peer-name.ts";

describe("peerNames", () => {
  it("gives every peer a name of its own, the same each time", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `peer ${index}` as PeerId);
    const names = peerNames(ids);
    expect(new Set(names.values()).size).toBe(200);
    expect(peerNames(ids)).toEqual(names);
  });
});
