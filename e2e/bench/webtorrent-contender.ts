/** WebTorrent, driven on its page with everything as it comes but for the tracker. */
import { limitMs } from "./contender.ts";
import type { Contender, Fetched, Offer } from "./contender.ts";
import { VERSION } from "./webtorrent.ts";
import type { WebTorrent } from "./webtorrent.ts";

/** What of its interface is used. */
interface Transfer {
  readonly magnetURI: string;
  readonly uploaded: number;
  once(event: "verified" | "done", heard: () => void): void;
  once(event: "error", heard: (error: Error) => void): void;
}
interface Client {
  seed(file: File, options: object, onSeed: (transfer: Transfer) => void): Transfer;
  add(magnet: string, options: object): Transfer;
}

/** What a page keeps between two calls into it. */
declare global {
  interface Window {
    WebTorrent?: new (options: object) => Client;
    offered?: Promise<Offer>;
    transfer?: Transfer;
  }
}

/** Waits, inside the page, for a file to be chosen, and seeds it. */
function seedWhenChosen({ tracker, limitMs }: { tracker: string; limitMs: number }): void {
  const { WebTorrent } = window;
  const input = document.querySelector("input");
  if (WebTorrent === undefined || input === null) throw new Error("the page isn't loaded");
  // Its usual STUN servers lie outside of this machine.
  const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } });
  window.offered = new Promise((resolve, reject) => {
    input.addEventListener("change", () => {
      const startMs = performance.now();
      const file = input.files?.[0];
      if (file === undefined) return reject(new Error("no file"));
      setTimeout(() => reject(new Error("hangs")), limitMs);
      client
        .seed(file, { announce: [tracker] }, (transfer) => {
          window.transfer = transfer;
          resolve({ link: transfer.magnetURI, linkMs: performance.now() - startMs });
        })
        .once("error", reject);
    });
  });
}

/** Downloads, inside the page. */
function add({ magnet, limitMs }: { magnet: string; limitMs: number }): Promise<Fetched> {
  const { WebTorrent } = window;
  if (WebTorrent === undefined) throw new Error("the page isn't loaded");
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    let firstPieceMs: number | null = null;
    setTimeout(() => reject(new Error("hangs")), limitMs);
    const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } });
    const transfer = client.add(magnet, {});
    transfer.once("error", reject);
    transfer.once("verified", () => {
      firstPieceMs = performance.now() - startMs;
    });
    transfer.once("done", () => {
      resolve({ seconds: (performance.now() - startMs) / 1000, firstPieceMs });
    });
  });
}

/**
 * @param served Its page and tracker.
 * @param totalBytes Of the file.
 */
export function webTorrent(served: WebTorrent, totalBytes: number): Contender {
  return {
    name: `WebTorrent ${VERSION}`,
    mayFail: true,
    home: served.url,
    async offer(from, file) {
      await from.evaluate(seedWhenChosen, {
        tracker: served.tracker,
        limitMs: limitMs(totalBytes),
      });
      await from.getByTestId("file-input").setInputFiles(file);
      return from.evaluate(() => window.offered ?? Promise.reject(new Error("nothing chosen")));
    },
    open: async () => {},
    fetch: (to, _from, { link }) =>
      to.evaluate(add, { magnet: link, limitMs: limitMs(totalBytes) }),
    sentBytes: (from) => from.evaluate(() => window.transfer?.uploaded ?? 0),
  };
}
