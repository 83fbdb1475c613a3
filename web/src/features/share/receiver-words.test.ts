import { describe, expect, it } from "vitest";
import type { FileState, PeerState, ShareState } from "../../protocol/state.ts";
import { receiverWords } from "./receiver-words.ts";
import { t } from "../../locales/words.ts";

const file: FileState = { path: ["a"], sizeBytes: 10, verifiedBytes: 0 };

const waiting = (part: Partial<ShareState>): ShareState =>
  ({
    role: "receiver",
    phase: "waiting",
    name: "",
    files: [],
    peers: [],
    swarmPeerCount: 0,
    ...part,
  }) as unknown as ShareState;

describe("receiverWords while waiting", () => {
  it("says that nobody is here only when the server knows of nobody", () => {
    expect(receiverWords(waiting({})).title).toBe(t("share.waiting.unknown.title"));
    expect(receiverWords(waiting({ swarmPeerCount: null })).title).toBe(
      t("share.waiting.unknown.title"),
    );
    const { title, lines } = receiverWords(waiting({ swarmPeerCount: 1 }));
    expect(title).toBe("Someone is here, but no connection came about");
    expect(lines).toEqual(["It is tried again.", "Another network at either end may help."]);
  });

  it("tells peers that can't be reached from peers that lack what is missing", () => {
    const known = waiting({ name: "a", files: [file], swarmPeerCount: 1 });
    expect(receiverWords(known).lines[0]).toContain("No connection");
    const connected = { ...known, peers: [{ has: 0 } as PeerState] };
    expect(receiverWords(connected).lines[0]).toContain("Nobody here has what’s missing");
  });
});
