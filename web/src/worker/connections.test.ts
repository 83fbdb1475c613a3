import type { PeerId } from "@shoal/swarm/ids";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeChannel } from "../protocol/fake-channel.ts";
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
  widen: vi.fn(),
  widened: vi.fn(),
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

/** The channel of a second connection, as the page hands it over. */
class FakeLane extends FakeChannel {
  override readyState = "connecting";
  readonly sent: number[] = [];

  override send(frame: Uint8Array): void {
    super.send(frame);
    this.sent.push(frame.length);
  }

  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  override close(): void {
    this.readyState = "closed";
    this.dispatchEvent(new Event("close"));
  }

  brings(bytes: number): void {
    this.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(bytes) }));
  }
}

const BLOCK = 131_081;
const block = (): Uint8Array<ArrayBuffer> => {
  const frame = new Uint8Array(BLOCK);
  frame[0] = 0x43;
  return frame;
};

function withLane(connection: number): FakeLane {
  connections.begin(connection, PEER, "responder");
  opens(connection);
  const lane = new FakeLane();
  connections.attachLane(connection, lane as unknown as RTCDataChannel);
  return lane;
}

/** So many blocks come, one each tenth of a second. */
function come(connection: number, count: number): void {
  for (let time = 0; time < count; time++) {
    vi.advanceTimersByTime(100);
    connections.forwarded(connection)?.events.frame(block());
  }
}

test("where much comes directly, once, another lane is asked for", () => {
  connections.begin(1, PEER, "responder");
  opens(1);
  connections.went(1, false);
  come(1, 50);
  expect(port.widen).not.toHaveBeenCalled();
  for (let time = 0; time < 100; time++) connections.forwarded(1)?.events.frame(block());
  expect(port.widen).toHaveBeenCalledExactlyOnceWith(1);
});

test("through a relay, or as long as the way isn't known, none is asked for", () => {
  connections.begin(1, PEER, "responder");
  opens(1);
  for (let time = 0; time < 100; time++) connections.forwarded(1)?.events.frame(block());
  connections.went(1, true);
  for (let time = 0; time < 100; time++) connections.forwarded(1)?.events.frame(block());
  expect(port.widen).not.toHaveBeenCalled();
});

test("an open lane takes blocks in turns, and nothing that has an order", () => {
  const lane = withLane(1);
  expect(connections.send(1, block())).toBe(BLOCK);
  expect(port.widened).not.toHaveBeenCalled();
  lane.open();
  expect(port.widened).toHaveBeenCalledExactlyOnceWith(1);
  expect(connections.send(1, block())).toBe(2 * BLOCK);
  expect(connections.send(1, Uint8Array.of(0x30))).toBe(2 * BLOCK + 1);
  expect(connections.send(1, block())).toBe(3 * BLOCK + 1);
  expect(lane.sent).toEqual([BLOCK, BLOCK]);
  expect(port.forward).toHaveBeenCalledTimes(2);
  connections.forwarded(1)?.delivered(BLOCK + 1);
  expect(port.drained).toHaveBeenLastCalledWith(1, 2 * BLOCK);
});

test("what comes over a lane is the same peer's", () => {
  const lane = withLane(1);
  lane.open();
  lane.brings(20);
  expect(port.frame).toHaveBeenCalledExactlyOnceWith(1, new Uint8Array(20));
});

test("a lane that ends ends the connection, one that never opened doesn't", () => {
  withLane(1).close();
  expect(port.disconnected).not.toHaveBeenCalled();
  const lane = withLane(2);
  lane.open();
  lane.close();
  expect(port.disconnected).toHaveBeenCalledExactlyOnceWith(2);
});

test("a connection that ends takes its lane along", () => {
  const lane = withLane(1);
  lane.open();
  connections.close(1);
  expect(lane.readyState).toBe("closed");
  expect(port.disconnected).not.toHaveBeenCalled();
});

test("a lane beside one that isn't handed over, or a third one, ends both", () => {
  connections.begin(1, PEER, "responder");
  const early = new FakeLane();
  connections.attachLane(1, early as unknown as RTCDataChannel);
  expect(early.readyState).toBe("closed");
  expect(port.hangUp).toHaveBeenLastCalledWith(1);
  withLane(2);
  const third = new FakeLane();
  connections.attachLane(2, third as unknown as RTCDataChannel);
  expect(third.readyState).toBe("closed");
  expect(port.disconnected).toHaveBeenCalledExactlyOnceWith(2);
});
