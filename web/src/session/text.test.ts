import { afterEach, describe, expect, it, vi } from "vitest";
import { type ReadText, readText } from "./text.ts";

const MIB = 1024 * 1024;

/** Answers every request with these parts, one after the other. */
function serve(parts: readonly Uint8Array<ArrayBuffer>[], status = 200): void {
  const sizeBytes = parts.reduce((sum, { length }) => sum + length, 0);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
  const headers = { "Content-Length": `${sizeBytes}` };
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers }));
}

/** All that is told, to the end. */
function toldOf(path: string): Promise<ReadText[]> {
  const told: ReadText[] = [];
  return new Promise((resolve) => {
    readText(path, (read) => {
      told.push(read);
      if (read.end !== "coming") resolve(told);
    });
  });
}

afterEach(() => vi.unstubAllGlobals());

describe("an opened text", () => {
  it("is told as it comes, letters that lie across two parts whole", async () => {
    const bytes = new TextEncoder().encode("Zähne, ☕ und 🐟");
    serve([bytes.slice(0, 2), bytes.slice(2, 11), bytes.slice(11)]);
    const told = await toldOf("/stream/x/a.txt");
    expect(told.map(({ end }) => end)).toEqual(["coming", "coming", "coming", "whole"]);
    expect(told[0]?.text).toBe("Z");
    expect(told.at(-1)?.text).toBe("Zähne, ☕ und 🐟");
  });

  it("is read by the mark of its encoding", async () => {
    serve([Uint8Array.from([0xff, 0xfe, 0x48, 0x00, 0x69, 0x00])]);
    expect((await toldOf("/stream/x/a.txt")).at(-1)).toEqual({ text: "Hi", end: "whole" });
    serve([Uint8Array.from([0xfe, 0xff, 0x00, 0x48, 0x00, 0x69])]);
    expect((await toldOf("/stream/x/a.txt")).at(-1)).toEqual({ text: "Hi", end: "whole" });
  });

  it("is shown up to a mebibyte, and says when there is more", async () => {
    const line = new Uint8Array(MIB / 2).fill(97);
    serve([line, line, Uint8Array.of(98)]);
    const [cut] = (await toldOf("/stream/x/a.txt")).slice(-1);
    expect(cut).toEqual({ text: "a".repeat(MIB), end: "cut" });
    serve([line, line]);
    const [whole] = (await toldOf("/stream/x/a.txt")).slice(-1);
    expect(whole?.end).toBe("whole");
    expect(whole?.text.length).toBe(MIB);
  });

  it("says when it can't be read", async () => {
    serve([], 404);
    expect(await toldOf("/stream/x/a.txt")).toEqual([{ text: "", end: "broken" }]);
  });

  it("is asked for again where the answer breaks off", async () => {
    const answers = [
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("half"));
        },
        pull(controller) {
          controller.error(new Error("stopped"));
        },
      }),
      new Blob(["half and half"]).stream(),
    ];
    vi.stubGlobal("fetch", async () => new Response(answers.shift()));
    const told = await toldOf("/stream/x/a.txt");
    expect(told.at(-1)).toEqual({ text: "half and half", end: "whole" });
    expect(answers).toEqual([]);
  });

  it("tells nothing more once it is stopped", async () => {
    serve([new TextEncoder().encode("never seen")]);
    const tell = vi.fn();
    readText("/stream/x/a.txt", tell)();
    await fetch("/stream/x/a.txt").then((response) => response.text().catch(() => ""));
    expect(tell).not.toHaveBeenCalled();
  });
});
