import { describe, expect, it } from "vitest";
import type { StreamAnswer, StreamPart, StreamQuestion } from "../protocol/stream.ts";
import { answer, type Pages } from "./streams.ts";

const TOKEN = "AAAAAAAAAAAAAAAAAAAAAA";

type Head = Extract<StreamAnswer, { type: "head" }>;

const HEAD: Head = {
  type: "head",
  mime: "video/mp4",
  sizeBytes: 1000,
  part: { start: 100, end: 106 },
  isRange: true,
};

/** A page of the site, and what it was asked and told. */
function page(first: StreamAnswer, parts: StreamPart[] = [], url = "https://shoal.example/#x") {
  const questions: StreamQuestion[] = [];
  const commands: string[] = [];
  const postMessage = (question: StreamQuestion, [port]: MessagePort[]): void => {
    questions.push(question);
    port!.addEventListener("message", ({ data }: MessageEvent<string>) => {
      commands.push(data);
      const part = parts.shift();
      if (data === "pull" && part !== undefined) port!.postMessage(part);
    });
    port!.start();
    port!.postMessage(first);
  };
  return { url, postMessage, questions, commands };
}

const pagesOf = (...all: ReturnType<typeof page>[]): Pages => ({
  matchAll: async () => all as unknown as Awaited<ReturnType<Pages["matchAll"]>>,
});

/** As a browser makes it; Node's own `Request` has no destination. */
function request(range: string | null = null, destination = "video", method = "GET"): Request {
  const headers = new Headers(range === null ? {} : { Range: range });
  return { method, destination, headers } as Request;
}

const bytes = (text: string): StreamPart => ({
  type: "bytes",
  bytes: new TextEncoder().encode(text).buffer,
});

describe("the answer to a stream's path", () => {
  it("is the part that the page gives, exactly as long", async () => {
    const one = page(HEAD, [bytes("abc"), bytes("def"), { type: "end" }]);
    const response = await answer(request("bytes=100-105"), TOKEN, pagesOf(one));
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe("bytes 100-105/1000");
    expect(response.headers.get("Content-Length")).toBe("6");
    expect(await response.text()).toBe("abcdef");
    expect(one.questions).toEqual([{ type: "stream", token: TOKEN, range: "bytes=100-105" }]);
  });

  it("is the whole where no range was asked for", async () => {
    const whole = { ...HEAD, mime: "application/pdf", sizeBytes: 3, part: { start: 0, end: 3 } };
    const one = page({ ...whole, isRange: false }, [bytes("abc"), { type: "end" }]);
    const response = await answer(request(null, "iframe"), TOKEN, pagesOf(one));
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Range")).toBeNull();
    expect(response.headers.get("Accept-Ranges")).toBeNull();
    expect(await response.text()).toBe("abc");
  });

  it("comes from whichever page has the file open", async () => {
    const others = [page({ type: "unknown" }), page({ type: "unknown" })];
    const one = page(HEAD, [bytes("abcdef"), { type: "end" }]);
    const response = await answer(request("bytes=100-"), TOKEN, pagesOf(...others, one));
    expect(await response.text()).toBe("abcdef");
  });

  it("is that there is none where no page has; what shows a stream isn't asked", async () => {
    const shown = page(HEAD, [], `https://shoal.example/stream/${TOKEN}/a.pdf`);
    const pages = pagesOf(page({ type: "unknown" }), shown);
    expect((await answer(request(), TOKEN, pages)).status).toBe(404);
    expect(shown.questions).toEqual([]);
    expect((await answer(request(), TOKEN, pagesOf())).status).toBe(404);
  });

  it("says where a range lies outside", async () => {
    const one = page({ ...HEAD, part: null });
    const response = await answer(request("bytes=2000-"), TOKEN, pagesOf(one));
    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */1000");
  });

  it("asks for no more than is read, and says when nobody reads on", async () => {
    const one = page(HEAD, [bytes("abc"), bytes("def"), { type: "end" }]);
    const response = await answer(request("bytes=100-"), TOKEN, pagesOf(one));
    const reader = response.body!.getReader();
    expect(one.commands).toEqual([]);
    await reader.read();
    expect(one.commands).toEqual(["pull"]);
    await reader.cancel();
    await expect.poll(() => one.commands).toEqual(["pull", "cancel"]);
  });

  it("breaks off where the rest can't come", async () => {
    const one = page(HEAD, [bytes("abc"), { type: "broken" }]);
    const response = await answer(request("bytes=100-"), TOKEN, pagesOf(one));
    await expect(response.text()).rejects.toThrow("can't come");
  });
});

describe("a stranger's bytes", () => {
  const INERT = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };

  it("run nothing, whatever is answered", async () => {
    const found = await answer(request("bytes=0-"), TOKEN, pagesOf(page(HEAD)));
    const missing = await answer(request(), TOKEN, pagesOf());
    const outside = await answer(request(), TOKEN, pagesOf(page({ ...HEAD, part: null })));
    const refused = await answer(request(null, "script"), TOKEN, pagesOf(page(HEAD)));
    for (const response of [found, missing, outside, refused]) {
      expect(Object.fromEntries(response.headers)).toMatchObject(INERT);
    }
    expect(found.headers.get("Content-Type")).toBe("video/mp4");
  });

  it.each(["text/html", "image/svg+xml", "text/javascript", ""])(
    "have no other type than the list's: not '%s'",
    async (mime) => {
      const one = page({ ...HEAD, mime });
      const response = await answer(request("bytes=0-"), TOKEN, pagesOf(one));
      expect(response.status).toBe(403);
      expect(await response.text()).toBe("");
      await expect.poll(() => one.commands).toEqual(["cancel"]);
    },
  );

  it.each(["script", "style", "worker", "sharedworker", "embed", "object", "font", "track"])(
    "aren't given to a %s",
    async (destination) => {
      const one = page(HEAD);
      expect((await answer(request(null, destination), TOKEN, pagesOf(one))).status).toBe(403);
      expect(one.questions).toEqual([]);
    },
  );

  it("are only read", async () => {
    const response = await answer(request(null, "", "POST"), TOKEN, pagesOf(page(HEAD)));
    expect(response.status).toBe(403);
  });
});
