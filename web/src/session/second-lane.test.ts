import { expect, test, vi } from "vitest";
import { SecondLane } from "./second-lane.ts";

const OFFER = '{"type":"offer","sdp":"v=0"}';

/** One end, and what it did. */
function end(isInitiator: boolean) {
  const say = vi.fn<(text: string) => void>();
  const made = vi.fn<(channel: RTCDataChannel) => void>();
  const connection = { channel: {} as RTCDataChannel, apply: vi.fn(), close: vi.fn() };
  let signal = (_text: string): void => undefined;
  const make = vi.fn((events: { signal: (kind: "offer", text: string) => void }) => {
    signal = (text) => events.signal("offer", text);
    return connection;
  });
  const lane = new SecondLane({ isInitiator, say, make, made });
  return { lane, say, make, made, connection, signals: (text: string) => signal(text) };
}

test("who began the first begins the second, whoever of the two wants it", () => {
  const [one, other] = [end(true), end(false)];
  other.lane.open();
  expect(other.make).not.toHaveBeenCalled();
  one.lane.heard(other.say.mock.calls[0]?.[0] ?? "");
  expect(one.made).toHaveBeenCalledExactlyOnceWith(one.connection.channel);
  one.signals(OFFER);
  other.lane.heard(one.say.mock.calls[0]?.[0] ?? "");
  expect(other.made).toHaveBeenCalledExactlyOnceWith(other.connection.channel);
  expect(other.connection.apply).toHaveBeenCalledExactlyOnceWith(OFFER);
});

test("there is one, however often it is wanted", () => {
  const { lane, make, say } = end(true);
  lane.open();
  lane.open();
  lane.heard("widen");
  expect(make).toHaveBeenCalledOnce();
  expect(say).not.toHaveBeenCalled();
});

test("nobody else's end makes it: a wish to who doesn't begin, a signal to who does", () => {
  const [one, other] = [end(true), end(false)];
  other.lane.heard("widen");
  one.lane.heard(OFFER);
  expect(other.make).not.toHaveBeenCalled();
  expect(one.make).not.toHaveBeenCalled();
});

test("it ends with the first, and isn't made after that", () => {
  const [one, other] = [end(true), end(true)];
  one.lane.open();
  one.lane.close();
  expect(one.connection.close).toHaveBeenCalledOnce();
  other.lane.close();
  other.lane.open();
  expect(other.make).not.toHaveBeenCalled();
});

test("a browser that can't move its channel lets go of the connection, before it is one", () => {
  const { lane, made, connection } = end(true);
  made.mockImplementation(() => {
    throw new DOMException("no channels", "DataCloneError");
  });
  lane.open();
  expect(connection.close).toHaveBeenCalledOnce();
});
