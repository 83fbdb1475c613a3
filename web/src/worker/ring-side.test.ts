import type { PeerId } from "@shoal/swarm/ids";
import { deriveSecrets } from "@shoal/swarm/share/secrets";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { helloOf } from "./ring/hello.ts";
import { RingSide } from "./ring-side.ts";

/** Parts that joined, each with what it was told. */
const parts = vi.hoisted(() => [] as { heard: string[]; hasLeft: boolean }[]);

vi.mock(import("./ring/join.ts"), async (original) => ({
  ...(await original()),
  RingPart: {
    begin: () => {
      const part = { heard: [] as string[], hasLeft: false };
      parts.push(part);
      return {
        client: {
          heard: (peer: string, content: Uint8Array) => part.heard.push(`${peer} ${content[1]}`),
        },
        leave: () => {
          part.hasLeft = true;
        },
      };
    },
  } as never,
}));

const crypto = webCrypto();
const hello = (of: number) => helloOf(new Uint8Array(32).fill(of));
const signal = (of: number) => Uint8Array.of(1, of);
const [ann, bob] = ["ann", "bob"] as [PeerId, PeerId];
let side: RingSide;
let isBusy: boolean;

beforeEach(async () => {
  parts.length = 0;
  isBusy = false;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const secrets = await deriveSecrets(new Uint8Array(32).fill(9), crypto);
  const nothing = (): never => {
    throw new Error("not asked for here");
  };
  side = new RingSide(secrets, await makeIdentity(secrets.swarm, crypto), {
    driver: nothing,
    post: nothing,
    received: nothing,
    isLonely: () => false,
    isHere: () => true,
    isBusy: () => isBusy,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

async function join(count: number): Promise<void> {
  side.set({ type: "ring", isOn: true, degree: {} });
  vi.runAllTimers();
  await vi.waitFor(() => expect(parts).toHaveLength(count));
}

test("what neighbours said of their place before this side joined isn’t lost, their latest word", async () => {
  side.heard(ann, hello(1));
  side.heard(bob, hello(2));
  side.heard(ann, hello(3));
  side.heard(bob, signal(4));
  await join(1);
  await vi.waitFor(() => expect(parts[0]?.heard).toEqual(["bob 2", "ann 3"]));
  side.heard(bob, signal(5));
  side.heard(bob, hello(6));
  expect(parts[0]?.heard.slice(2)).toEqual(["bob 5", "bob 6"]);
});

test("nor is it when it leaves and joins again", async () => {
  await join(1);
  side.heard(ann, hello(1));
  side.set({ type: "ring", isOn: false, degree: {} });
  await vi.waitFor(() => expect(parts[0]?.hasLeft).toBe(true));
  side.heard(bob, hello(2));
  await join(2);
  await vi.waitFor(() => expect(parts[1]?.heard).toEqual(["ann 1", "bob 2"]));
});

test("a browser that moves much joins when that is over", async () => {
  isBusy = true;
  side.set({ type: "ring", isOn: true, degree: {} });
  vi.advanceTimersByTime(30_000);
  expect(parts).toHaveLength(0);
  isBusy = false;
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(() => expect(parts).toHaveLength(1));
});

test("one that always moves much joins at last", async () => {
  isBusy = true;
  side.set({ type: "ring", isOn: true, degree: {} });
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(parts).toHaveLength(1));
});
