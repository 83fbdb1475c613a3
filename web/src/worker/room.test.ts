import { describe, expect, it } from "vitest";
import { measureRoom } from "./room.ts";

const GIB = 1024 ** 3;

/** A browser that has room for so many bytes, and says what it likes. */
function measure(
  [fileCount, totalBytes]: readonly [number, number],
  { roomBytes = Infinity, isInMemory = false, memoryGib = 16, said = {} as StorageEstimate },
) {
  return measureRoom(fileCount, totalBytes, {
    shelf: {
      isInMemory: async () => isInMemory,
      hasRoomFor: async (bytes) => {
        if (isInMemory) throw new Error("this would take the memory");
        return bytes <= roomBytes;
      },
    },
    estimate: async () => said,
    memoryGib,
  });
}

describe("the room for a share", () => {
  it("is tried, for the files and for a ZIP beside them", async () => {
    expect(await measure([2, 100], { roomBytes: 99 })).toMatchObject({ lack: "files" });
    expect(await measure([2, 100], { roomBytes: 199 })).toMatchObject({ lack: "zip" });
    expect(await measure([2, 100], { roomBytes: 200 })).toMatchObject({ lack: null });
    expect(await measure([1, 100], { roomBytes: 100 })).toMatchObject({ lack: null });
  });

  it("is as much as the browser offers, less what is used", async () => {
    const said = { quota: 10 * GIB, usage: 3 * GIB };
    expect((await measure([1, 1], { said })).freeBytes).toBe(7 * GIB);
    expect((await measure([1, 1], { said: { quota: 10, usage: 30 } })).freeBytes).toBe(0);
  });

  it("isn't known where the browser offers the same to everybody, or says nothing", async () => {
    const said = { quota: 10 * GIB + 148, usage: 148 };
    expect((await measure([1, 1], { said })).freeBytes).toBeNull();
    expect((await measure([1, 1], {})).freeBytes).toBeNull();
  });

  it("is a share of the memory where files are kept there, whatever the browser offers", async () => {
    const said = { quota: 10 * GIB + 148, usage: 148 };
    const inMemory = { isInMemory: true, said };
    const room = { isInMemory: true, freeBytes: 0.8 * GIB, lack: null };
    expect(await measure([1, 0.7 * GIB], inMemory)).toEqual(room);
    expect(await measure([2, 0.7 * GIB], inMemory)).toEqual({ ...room, lack: "zip" });
    expect(await measure([1, 0.9 * GIB], inMemory)).toEqual({ ...room, lack: "files" });
  });

  it("lacks nothing where asking fails: what is reserved at the start tells", async () => {
    const room = await measureRoom(1, 1, {
      shelf: { isInMemory: () => Promise.reject(new Error("no")), hasRoomFor: async () => false },
      estimate: async () => ({}),
      memoryGib: 8,
    });
    expect(room).toEqual({ isInMemory: false, freeBytes: null, lack: null });
  });
});
