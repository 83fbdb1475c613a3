/**
 * Answers the paths of opened files with a stranger's bytes, on our own origin: so every answer has a
 * type of the allow-list that nobody may guess anew, and runs nothing.
 */
import { isAllowed } from "../protocol/file-types.ts";
import {
  type StreamAnswer,
  type StreamCommand,
  type StreamPart,
  type StreamQuestion,
  tokenOf,
} from "../protocol/stream.ts";

/** A page that is there answers in milliseconds; a busy one gets time. */
const ANSWER_MS = 10_000;

/** What shows files: elements, the page's own `fetch`, and a tab of their own. */
const DESTINATIONS: ReadonlySet<string> = new Set([
  "",
  "audio",
  "document",
  "iframe",
  "image",
  "video",
]);

const HEADERS = {
  "Content-Security-Policy": "sandbox; default-src 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
} as const;

type Head = Extract<StreamAnswer, { type: "head" }>;
type Found = { readonly head: Head; readonly port: MessagePort };

/** What is needed of a service worker's clients. */
export type Pages = { matchAll(options: ClientQueryOptions): Promise<readonly Page[]> };
type Page = Pick<WindowClient, "url" | "postMessage">;

/** The response to a request for the stream of this token. */
export async function answer(request: Request, token: string, pages: Pages): Promise<Response> {
  if (request.method !== "GET" || !DESTINATIONS.has(request.destination)) return refusal(403);
  const found = await find({ type: "stream", token, range: request.headers.get("Range") }, pages);
  if (found === null) return refusal(404);
  const { head, port } = found;
  const { mime, sizeBytes, part, isRange } = head;
  if (part === null || !isAllowed(mime)) {
    hangUp(port);
    const headers = { ...HEADERS, "Content-Range": `bytes */${sizeBytes}` };
    return part === null ? new Response(null, { status: 416, headers }) : refusal(403);
  }
  const { start, end } = part;
  const headers: Record<string, string> = {
    ...HEADERS,
    "Content-Type": mime,
    "Content-Length": String(end - start),
  };
  // Viewers of documents would ask for ranges past this service worker.
  if (/^(audio|video)\//.test(mime)) headers["Accept-Ranges"] = "bytes";
  if (isRange) headers["Content-Range"] = `bytes ${start}-${end - 1}/${sizeBytes}`;
  return new Response(bodyOf(port), { status: isRange ? 206 : 200, headers });
}

const refusal = (status: number): Response => new Response(null, { status, headers: HEADERS });

/** Asks all pages at once; which one it is nobody remembers. */
async function find(question: StreamQuestion, pages: Pages): Promise<Found | null> {
  const windows = await pages.matchAll({ type: "window", includeUncontrolled: true });
  const asked = windows.filter(({ url }) => tokenOf(new URL(url).pathname) === null);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_MS);
  try {
    return await Promise.any(asked.map((page) => ask(page, question, late.signal)));
  } catch {
    return null; // Safe: nobody has it open, which is the answer.
  } finally {
    clearTimeout(timer);
  }
}

function ask(page: Page, question: StreamQuestion, late: AbortSignal): Promise<Found> {
  const { port1: port, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      hangUp(port);
      reject(new Error("not here"));
    };
    port.addEventListener(
      "message",
      ({ data: head }: MessageEvent<StreamAnswer>) => {
        late.removeEventListener("abort", giveUp);
        if (head.type === "head") resolve({ head, port });
        else giveUp();
      },
      { once: true },
    );
    late.addEventListener("abort", giveUp);
    port.start();
    page.postMessage(question, [port2]);
  });
}

/** Asks for a part when the browser has room for one: no more than that is ever under way. */
function bodyOf(port: MessagePort): ReadableStream<Uint8Array> {
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull: (controller) =>
      new Promise((resolve) => {
        const take = ({ data }: MessageEvent<StreamPart>): void => {
          switch (data.type) {
            case "bytes":
              controller.enqueue(new Uint8Array(data.bytes));
              break;
            case "end":
              controller.close();
              port.close();
              break;
            case "broken":
              controller.error(new Error("the rest can't come"));
              port.close();
              break;
          }
          resolve();
        };
        port.addEventListener("message", take, { once: true });
        say(port, "pull");
      }),
    cancel: () => hangUp(port),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

function hangUp(port: MessagePort): void {
  say(port, "cancel");
  port.close();
}

const say = (port: MessagePort, command: StreamCommand): void => port.postMessage(command);
