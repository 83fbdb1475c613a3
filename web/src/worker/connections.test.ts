import type { PeerId } from "@shoal/swarm/ids";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connections, INVITE_MS } from "./connections.ts";

const PEER = "peer" as PeerId;
const PRINTS = { local: "sha-256 AA", remote: "sha-256 BB" };

let connections: Connections;
const port = {
  connected: vi.fn(),
  frame: vi.fn(),
  drained: vi.fn(),
  disconnected: vi.fn(),
  dialFailed: vi.fn(),
  hangUp: vi.fn(),
  forward: vi.fn(),
};

/** The channel opens, and fingerprints are known. */
function opens(connection: number): void {
  connections.attach(connection, null);
  connections.forwarded(connection)?.events.opened();
  connections.stable(connection, PRINTS);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  connections = new Connections<PeerId>(port);
});

afterEach(() => vi.useRealTimers());

test("a connection is handed over once it is open and known, with what came before", () => {
  connections.begin(1, PEER, "responder");
  connections.attach(1, null);
  const frame = Uint8Array.of(7);
  connections.forwarded(1)?.events.frame(frame);
  connections.stable(1, PRINTS);
  expect(port.connected).not.toHaveBeenCalled();
  connections.forwarded(1)?.events.opened();
  expect(port.connected).toHaveBeenCalledExactlyOnceWith(1, PEER, "responder", PRINTS);
  expect(port.frame).toHaveBeenCalledExactlyOnceWith(1, frame);
});

test("one whose peer isn't known yet waits for its name", () => {
  connections.begin(1, null, "initiator", INVITE_MS);
  opens(1);
  expect(port.connected).not.toHaveBeenCalled();
  connections.name(1, PEER);
  expect(port.connected).toHaveBeenCalledExactlyOnceWith(1, PEER, "initiator", PRINTS);
});

test("one that doesn't open in its time is let go of, and counts as a failed dial", () => {
  connections.begin(1, PEER, "initiator");
  vi.advanceTimersByTime(29_999);
  expect(port.hangUp).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(port.hangUp).toHaveBeenCalledExactlyOnceWith(1);
  expect(port.dialFailed).toHaveBeenCalledExactlyOnceWith(PEER, 1);
  expect(connections.takeDials()).toEqual({ direct: 0, relayed: 0, failed: 1 });
});

test("an invite waits for minutes, and nobody was dialled where none came", () => {
  connections.begin(1, null, "initiator", INVITE_MS);
  vi.advanceTimersByTime(INVITE_MS - 1);
  expect(port.hangUp).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(port.hangUp).toHaveBeenCalledExactlyOnceWith(1);
  expect(port.dialFailed).not.toHaveBeenCalled();
  expect(connections.takeDials()).toBeNull();
});
