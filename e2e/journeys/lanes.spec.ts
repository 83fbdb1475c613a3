/** A second connection beside a fast one: blocks go over both. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, leaveRing, openShare, share } from "../steps.ts";

const MB = 1_000_000;

/** Keeps the page's connections and workers: runs in the page. */
function keepAll(): void {
  const connections: RTCPeerConnection[] = [];
  const workers: Worker[] = [];
  class Kept extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  }
  class KeptWorker extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.push(this);
    }
  }
  Object.assign(window, { connections, workers, RTCPeerConnection: Kept, Worker: KeptWorker });
}

/** Has the page do what its worker orders where much comes, however fast this machine is. */
function widen(page: Page): Promise<void> {
  return page.evaluate(() => {
    const workers = Reflect.get(window, "workers") as Worker[];
    for (const worker of workers) {
      for (const connection of [1, 2, 3]) {
        worker.dispatchEvent(new MessageEvent("message", { data: { type: "widen", connection } }));
      }
    }
  });
}

/** By how much came over each of the page's open connections, in bytes; the most first. */
function cameOver(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const connections = Reflect.get(window, "connections") as RTCPeerConnection[];
    const open = connections.filter(({ connectionState }) => connectionState === "connected");
    const came = open.map(async (connection) => {
      let bytes = 0;
      (await connection.getStats()).forEach((one: Record<string, unknown>) => {
        if (one["type"] === "data-channel") bytes += Number(one["bytesReceived"]);
      });
      return bytes;
    });
    return (await Promise.all(came)).toSorted((a, b) => b - a);
  });
}

test("blocks come over both lanes, whichever end wants the second one", async ({
  person,
  engines,
  folder,
}) => {
  const size = 20 * MB;
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, size);
  const sharer = await person(engines.sharer);
  const leechers = [await person(engines.leecher), await person(engines.leecher)] as const;
  for (const page of [sharer, ...leechers]) {
    await leaveRing(page);
    await page.addInitScript(keepAll);
  }
  const link = await share(sharer, file);
  // Who comes is dialled by one end, and it isn't known by which.
  for (const [leecher, wisher] of [
    [leechers[0], leechers[0]],
    [leechers[1], sharer],
  ] as const) {
    await openShare(leecher, link);
    await expect.poll(async () => (await cameOver(leecher)).length).toBe(1);
    await widen(wisher);
    await expect.poll(async () => (await cameOver(leecher)).length).toBe(2);
    expect(await download(leecher)).toMatchObject({ sha256 });
    const [most = 0, least = 0] = await cameOver(leecher);
    expect(least).toBeGreaterThan(MB);
    expect(most + least).toBeGreaterThan(size);
    await leecher.close();
    await expect(sharer.getByTestId("transfer")).toHaveAttribute("data-peers", "0");
  }
});
