/** Reads an opened text file as it arrives, as far as a page can well show it. */

/** What a page lays out in no time; who wants more opens the saved file. */
const MOST_BYTES = 1024 * 1024;

export type ReadText = {
  readonly text: string;
  /** `cut`: there is more than is shown. */
  readonly end: "coming" | "whole" | "cut" | "broken";
};

/** Browsers may stop a service worker in the middle of an answer: so often it is asked for. */
const MOST_TRIES = 3;

/** Calls back with all that was read so far, again and again; returns the way to stop. */
export function readText(path: string, tell: (read: ReadText) => void): () => void {
  const stopping = new AbortController();
  let text = "";
  const read = async (): Promise<ReadText["end"]> => {
    text = "";
    const response = await fetch(path, { signal: stopping.signal });
    const reader = response.body?.getReader();
    if (!response.ok || reader === undefined) return "broken";
    let decoder: TextDecoder | null = null;
    for (let bytes = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return "whole";
      decoder ??= new TextDecoder(encodingOf(value));
      text += decoder.decode(value.subarray(0, MOST_BYTES - bytes), { stream: true });
      bytes += value.length;
      if (bytes >= MOST_BYTES && bytes < Number(response.headers.get("Content-Length"))) {
        stopping.abort();
        return "cut";
      }
      if (stopping.signal.aborted) return "broken";
      tell({ text, end: "coming" });
    }
  };
  let isStopped = false;
  const readAll = async (): Promise<void> => {
    let end: ReadText["end"] = "broken";
    for (let tries = 0; tries < MOST_TRIES && end === "broken"; tries++) {
      end = await read().catch(() => "broken" as const); // Safe: the person is told at last.
    }
    if (!isStopped) tell({ text, end });
  };
  void readAll();
  return () => {
    isStopped = true;
    stopping.abort();
  };
}

/** By its first bytes: what says that its letters take two, else the usual. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
