/** bittorrent-tracker's WebSocket server, fetched by its version, and its members' side. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { addressOf, SWARM_SIZE } from "./crowd.ts";
import type { Member, TrackerContender } from "./crowd.ts";

/** The release that is measured. */
const VERSION = "11.2.3";

/** The server alone: its other half needs a native module, which isn't built. */
const SCRIPT = `import Server from "./node_modules/bittorrent-tracker/server.js";
const server = new Server({ udp: false, http: false, ws: true, stats: false });
server.on("error", (error) => { throw error; });
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(String(server.ws.address().port)));
`;

/** Twenty bytes, as the protocol writes them: a letter each. */
const name = (kind: string, number: number): string => `${kind}${number}`.padEnd(20, "-");

function join(port: number, index: number): Promise<Member> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
    localAddress: addressOf(index),
    perMessageDeflate: false,
  });
  // No offers: it hands out no peers without, and each costs it a message to one.
  const fields = {
    action: "announce",
    info_hash: name("s", Math.floor(index / SWARM_SIZE)),
    peer_id: name("p", index),
    numwant: 0,
    uploaded: 0,
    downloaded: 0,
    left: 1000,
    offers: [],
  };
  const waiting: (() => void)[] = [];
  const announce = (event?: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      socket.send(JSON.stringify({ ...fields, event }));
    });
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    void ended.then(() => reject(new Error("the socket ended")));
    socket.on("message", () => waiting.shift()?.());
    socket.once("open", () => {
      const member = { announce: () => announce(), ended, close: () => socket.close() };
      void announce("started").then(() => resolve(member));
    });
  });
}

/** @param folder Where it is installed: a temporary one, since it is no dependency of ours. */
export async function bittorrentTracker(folder: string): Promise<TrackerContender> {
  const options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--no-save"];
  const what = ["install", ...options, "--prefix", folder, `bittorrent-tracker@${VERSION}`];
  await promisify(execFile)("npm", what);
  const script = path.join(folder, "tracker.mjs");
  await writeFile(script, SCRIPT);
  return {
    name: `bittorrent-tracker ${VERSION}`,
    join,
    async start(wanted) {
      const child = spawn(process.execPath, [script, String(wanted)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const kill = async (): Promise<void> => {
        const exit = once(child, "exit");
        child.kill("SIGKILL");
        await exit;
      };
      return { pid: child.pid ?? 0, port: Number(line.toString()), kill };
    },
  };
}
