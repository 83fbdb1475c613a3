/** A stranger's socket, which speaks Engine.IO by hand and says what no client of ours would. */
import { decodeChallenge, TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { WebSocket } from "ws";

/** One that hasn't greeted. Rejects where the server doesn't take it. */
export async function openRaw(port: number): Promise<WebSocket> {
  const address = `ws://127.0.0.1:${port}${TRACKER_PATH}/?EIO=4&transport=websocket`;
  const raw = new WebSocket(address);
  await new Promise((resolve, reject) => {
    raw.once("message", resolve);
    raw.once("error", reject);
  });
  raw.on("error", () => {}); // Its end is what tests look at.
  return raw;
}

/** Resolves with the code with which a socket ended: 1006 where nobody said goodbye. */
export const ended = (raw: WebSocket): Promise<number> =>
  new Promise((resolve) => void raw.once("close", (code) => resolve(code)));

/** Resolves with the next message that begins with these letters. */
export const nextMessage = (raw: WebSocket, start: string): Promise<string> =>
  new Promise((resolve) => {
    raw.on("message", function look(data: Buffer) {
      if (!data.toString().startsWith(start)) return;
      raw.off("message", look);
      resolve(data.toString());
    });
  });

/** One that has greeted, and so has a session. */
export async function openGreeted(port: number): Promise<{ raw: WebSocket; challenge: string }> {
  const raw = await openRaw(port);
  const challenged = nextMessage(raw, "42");
  raw.send("40");
  const event: unknown = JSON.parse((await challenged).slice(2));
  const challenge = decodeChallenge(Array.isArray(event) ? event[1] : null);
  if (challenge === null) throw new Error("a server greets with a challenge");
  return { raw, challenge: challenge.challenge };
}
