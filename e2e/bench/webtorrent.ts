/** WebTorrent, to measure beside: fetched by its version, with a page and a tracker on loopback. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** The release that is measured. */
export const VERSION = "3.0.21";

const PAGE = `<!doctype html>
<meta charset="utf-8" />
<title>WebTorrent ${VERSION}</title>
<input type="file" data-testid="file-input" />
<script type="module">
  import WebTorrent from "/webtorrent.min.js";
  window.WebTorrent = WebTorrent;
</script>
`;

/** What of its tracker is used. */
interface Tracker {
  listen(port: number, host: string, listening: () => void): void;
  close(closed: () => void): void;
  on(event: "error", heard: (error: Error) => void): void;
  readonly ws: { readonly address: () => AddressInfo };
}
type TrackerModule = { readonly default: new (options: object) => Tracker };

/** A page of WebTorrent, and its tracker. */
export interface WebTorrent {
  readonly url: string;
  /** The tracker's address, `ws://...`. */
  readonly tracker: string;
  stop(): Promise<void>;
}

/**
 * Installs it by npm and serves it.
 *
 * @param folder Where it is installed: a temporary one, since it is no dependency of ours.
 */
export async function startWebTorrent(folder: string): Promise<WebTorrent> {
  const options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-save"];
  const what = ["install", ...options, "--prefix", folder, `webtorrent@${VERSION}`];
  await promisify(execFile)("npm", what);
  const modules = path.join(folder, "node_modules");
  const script = await readFile(path.join(modules, "webtorrent/dist/webtorrent.min.js"));

  const http = createServer((request, response) => {
    const isScript = request.url === "/webtorrent.min.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : PAGE);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");

  // The server alone: its other half needs a native module, which isn't built.
  const entry = pathToFileURL(path.join(modules, "bittorrent-tracker/server.js")).href;
  const { default: Server } = (await import(entry)) as TrackerModule;
  const tracker = new Server({ udp: false, http: false, ws: true, stats: false });
  await new Promise<void>((resolve, reject) => {
    tracker.on("error", reject);
    tracker.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    tracker: `ws://127.0.0.1:${tracker.ws.address().port}`,
    stop: async () => {
      http.closeAllConnections();
      http.close();
      await new Promise<void>((resolve) => tracker.close(resolve));
    },
  };
}
