/**
 * One address that does ten times what the tracker lets it: a program of its own, since it would
 * hold up whoever measures. It is told the port and for how many seconds, and prints what it did as
 * JSON.
 */
import { WebSocket } from "ws";

const [port = 0, seconds = 0] = process.argv.slice(2).map(Number);

/** Ten times `perSource` of signal-server/src/limits.ts, which is 20 and 2,000 a second. */
const CONNECTIONS_PER_SEC = 200;
const FRAMES_PER_SEC = 20_000;

const ADDRESS = "127.2.0.1";
const TURN_MS = 10;
const ANNOUNCE = { swarm: "A".repeat(43), held: "nothing", numWant: 50 };

const done = { connections: 0, refused: 0, frames: 0 };
/** @type {Set<WebSocket>} */
const open = new Set();

function connect() {
  done.connections++;
  const url = `ws://127.0.0.1:${port}/api/v1/tracker/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { localAddress: ADDRESS, perMessageDeflate: false });
  socket.on("error", () => done.refused++);
  socket.on("close", () => open.delete(socket));
  socket.once("message", () => {
    socket.send("40");
    open.add(socket);
  });
}

const beganMs = performance.now();
let connections = 0;
let frames = 0;
const timer = setInterval(() => {
  const passedSec = (performance.now() - beganMs) / 1000;
  if (passedSec > seconds) {
    clearInterval(timer);
    process.stdout.write(JSON.stringify(done), () => process.exit());
    return;
  }
  for (; connections < passedSec * CONNECTIONS_PER_SEC; connections++) connect();
  const sockets = [...open];
  for (; frames < passedSec * FRAMES_PER_SEC; frames++) {
    const socket = sockets[frames % sockets.length];
    if (socket?.readyState !== WebSocket.OPEN) continue;
    socket.send(`42${frames}${JSON.stringify(["announce", ANNOUNCE])}`);
    done.frames++;
  }
}, TURN_MS);
