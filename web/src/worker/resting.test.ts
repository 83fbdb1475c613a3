import type { Page } from "@shoal/swarm/engine/io";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { expect, it } from "vitest";
import type { FromWorker } from "../protocol/messages.ts";
import { FileSource } from "./file-source.ts";
import { Resting } from "./resting.ts";

const CHANGED_MS = 1_000;

const textFile = (text: string, lastModified = CHANGED_MS): File =>
  new File([text], "a", { lastModified });

const folderOf = (files: Record<string, File>, name: string): FileSystemDirectoryHandle =>
  ({
    kind: "directory",
    name,
    getFileHandle: async (file: string) => {
      const found = files[file];
      if (found === undefined) throw new DOMException("gone", "NotFoundError");
      return { getFile: async () => found };
    },
  }) as unknown as FileSystemDirectoryHandle;

/** A share of `trip/a` and `trip/b`, all of it hashed, whose page was closed. */
async function resting() {
  const paths = [
    ["trip", "a"],
    ["trip", "b"],
  ];
  const contents = ["first", "second!"];
  const manifest = makeManifest(
    paths.map((path, index) => ({ path, sizeBytes: contents[index]?.length ?? 0 })),
  );
  const files = contents.map((content) => textFile(content));
  const hashes = await new FileSource(files, manifest.layout).hashPieces(0, 2);
  const page: Page = { index: 0, signature: new Uint8Array(64), hashes };
  const said: FromWorker[] = [];
  const before = { paths, modifiedMs: [CHANGED_MS, CHANGED_MS], handles: [] };
  const rested = new Resting(manifest, [page], before, (message) => said.push(message));
  const chosen = (a: File, b: File) =>
    [a, b].map((file, index) => ({ path: paths[index] ?? [], file }));
  const refusal = () => said.findLast(({ type }) => type === "refusal");
  return { rested, said, chosen, refusal };
}

const first = textFile("first");
const second = textFile("second!");

it("takes the same files, and serves their pieces", async () => {
  const { rested, chosen, refusal, said } = await resting();
  const found = await rested.check(chosen(first, second), []);
  const into = new Uint8Array(7);
  await found?.source.read({ piece: 1, offset: 0, length: 7 }, into);
  expect(new TextDecoder().decode(into)).toBe("second!");
  expect(refusal()).toMatchObject({ refusal: null });
  // Nothing was read before: no date was another.
  expect(said.filter(({ type }) => type === "checking")).toHaveLength(1);
});

it("compares files with another date as a whole", async () => {
  const { rested, chosen, said } = await resting();
  const found = await rested.check(chosen(first, textFile("second!", 5)), []);
  expect(found?.files.modifiedMs).toEqual([CHANGED_MS, 5]);
  expect(said).toContainEqual({ type: "checking", checking: { done: 0, total: 1 } });
});

it.each<[string, [File, File], object]>([
  ["another size", [first, textFile("second")], { reason: "other-size", name: "b" }],
  ["another content", [textFile("fIrst", 5), second], { reason: "other-content", name: "a" }],
])(
  "refuses a file with %s, says which, and takes the right ones after that",
  async (_what, wrong, why) => {
    const { rested, chosen, refusal } = await resting();
    expect(await rested.check(chosen(...wrong), [])).toBeNull();
    expect(refusal()).toMatchObject({ refusal: why });
    expect(await rested.check(chosen(first, second), [])).not.toBeNull();
    expect(refusal()).toMatchObject({ refusal: null });
  },
);

it("refuses where a file is missing", async () => {
  const { rested, chosen, refusal } = await resting();
  expect(await rested.check(chosen(first, second).slice(0, 1), [])).toBeNull();
  expect(refusal()).toMatchObject({ refusal: { reason: "missing", name: "b" } });
});

it("refuses a file that can’t be read while it is compared", async () => {
  const { rested, chosen, refusal } = await resting();
  const gone = Object.assign(textFile("first", 5), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }),
  });
  expect(await rested.check(chosen(gone, second), [])).toBeNull();
  expect(refusal()).toMatchObject({ refusal: { reason: "unreadable" } });
});

it("finds the files in the folder that the browser knows", async () => {
  const { rested, refusal } = await resting();
  expect(await rested.check(null, [folderOf({ a: first }, "trip")])).toBeNull();
  expect(refusal()).toMatchObject({ refusal: { reason: "missing", name: "b" } });
  const handles = [folderOf({ a: first, b: second }, "trip")];
  expect((await rested.check(null, handles))?.files.handles).toBe(handles);
});
