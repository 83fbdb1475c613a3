import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { scriptOf } from "../protocol/page-lock.ts";
import { noteSpeed } from "./calm.ts";
import { keepApp } from "./keep-app.ts";

const SCRIPT = "/assets/index-1.js";

let words: unknown[];
let locks: { name: string; mode: string; isHeld: boolean }[];
let registered: string[];
let register: (script: string) => Promise<void>;

beforeEach(() => {
  words = [];
  locks = [];
  registered = [];
  register = async (script) => void registered.push(script);
  const active = { postMessage: (word: unknown) => words.push(word) };
  const request = async (
    name: string,
    { mode }: LockOptions & { mode: string },
    hold: () => Promise<unknown>,
  ): Promise<void> => {
    const lock = { name, mode, isHeld: true };
    locks.push(lock);
    await hold();
    lock.isHeld = false;
  };
  const serviceWorker = {
    register: (script: string) => register(script),
    ready: Promise.resolve({ active }),
  };
  vi.stubGlobal("navigator", { serviceWorker, locks: { request } });
  vi.stubGlobal("caches", { keys: async () => [] });
  const script = { src: `https://shoal.example${SCRIPT}` };
  vi.stubGlobal("document", { querySelector: () => script });
});
afterEach(() => {
  noteSpeed(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("tells the service worker that this page has loaded, which holds its version's lock by then", async () => {
  await keepApp();
  expect(registered).toEqual(["/service-worker.js"]);
  expect(words).toEqual(["loaded"]);
  expect(locks).toMatchObject([{ mode: "shared", isHeld: true }]);
  expect(scriptOf(locks[0]?.name ?? "")).toBe(SCRIPT);
  expect(scriptOf("shoal:another lock")).toBeNull();
});

it("does nothing where pages may have no service worker", async () => {
  vi.stubGlobal("navigator", { locks: navigator.locks });
  await keepApp();
  expect(locks).toEqual([]);
});

it("is silent where the browser refuses, or the server is gone", async () => {
  register = () => Promise.reject(new DOMException("not here", "SecurityError"));
  await keepApp();
  expect(words).toEqual([]);
});

it("registers nothing where the browser keeps nothing for the site", async () => {
  const keys = () => Promise.reject(new DOMException("blocked", "SecurityError"));
  vi.stubGlobal("caches", { keys });
  await keepApp();
  expect(registered).toEqual([]);
});

it("waits until a transfer is over, which needs the machine more", async () => {
  noteSpeed(20_000_000);
  const keeping = keepApp();
  noteSpeed(5_000_000);
  expect(registered).toEqual([]);
  noteSpeed(900_000);
  await keeping;
  expect(registered).toHaveLength(1);
});

it("but not for long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  noteSpeed(20_000_000);
  const keeping = keepApp();
  vi.advanceTimersByTime(60_000);
  await keeping;
  expect(registered).toHaveLength(1);
});
