import { expect, it, vi } from "vitest";
import type { SharedFile, ToWorker } from "../protocol/messages.ts";
import { StripPoster } from "./strips.ts";

const named = (count: number, name = "file"): SharedFile[] =>
  Array.from({ length: count }, (_, index) => ({
    path: [`${name}-${index}`],
    file: new File([], `${name}-${index}`),
  }));

const copy = (files: readonly SharedFile[]): Extract<ToWorker, { type: "own-copy" }> => ({
  type: "own-copy",
  files,
});

/** Takes what is posted, strips put before what they belong to; and the most files in one message. */
function pair() {
  const taken: ToWorker[] = [];
  let files: SharedFile[] = [];
  let handles: FileSystemHandle[] = [];
  let most = 0;
  const poster = new StripPoster((message) => {
    if (message.type === "more-files") {
      most = Math.max(most, message.files.length, message.handles.length);
      files.push(...message.files);
      handles.push(...message.handles);
    } else if (message.type === "own-copy") {
      taken.push({ ...message, files: [...files, ...message.files] });
      files = [];
    } else if (message.type === "go-on") {
      taken.push({ ...message, handles: [...handles, ...message.handles] });
      handles = [];
    } else taken.push(message);
  });
  return { poster, taken, most: () => most };
}

it("a few files go in the same task", () => {
  const { poster, taken } = pair();
  const files = named(64);
  poster.post(copy(files));
  expect(taken).toEqual([copy(files)]);
});

it("very many files arrive whole and in order, few in each message", async () => {
  const { poster, taken, most } = pair();
  const files = named(1000);
  poster.post(copy(files));
  expect(taken).toEqual([]);
  await vi.waitFor(() => expect(taken).toEqual([copy(files)]));
  expect(most()).toBe(64);
});

it("two lists don't mix, and a command comes after them", async () => {
  const { poster, taken } = pair();
  const [some, more] = [named(200, "some"), named(2, "more")];
  const stop = { type: "command", command: "stop" } as const;
  poster.post(copy(some));
  poster.post(copy(more));
  poster.postAfter(stop);
  await vi.waitFor(() => expect(taken).toEqual([copy(some), copy(more), stop]));
});

it("who goes on with known files sends only where they lie", async () => {
  const { poster, taken } = pair();
  const handles = Array.from({ length: 200 }, (_, index) => ({ name: `${index}` }));
  const message = { type: "go-on", files: null, handles } as unknown as ToWorker;
  poster.post(message as Extract<ToWorker, { type: "go-on" }>);
  await vi.waitFor(() => expect(taken).toEqual([message]));
});

it("a session that was closed posts no more", async () => {
  const { poster, taken } = pair();
  poster.post(copy(named(200)));
  poster.close();
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(taken).toEqual([]);
});
