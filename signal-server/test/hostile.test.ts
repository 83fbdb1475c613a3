/** What strangers send that no honest peer would: the server lives, and nobody else notices. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { toBase64url } from "@shoal/swarm/bytes";
import type { SigningKey } from "@shoal/swarm/crypto";
import { peerIdOf } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { peerNumber, swarmNumber } from "./ids.ts";
import { crypto, makeJoin, memberOf, TestPeer } from "./peer.ts";
import { seededRandom } from "./random.ts";
import { ended, nextMessage, openGreeted, openRaw } from "./raw.ts";
import { startTestServer, type TestServer } from "./running.ts";
import { SERVER_LIMITS } from "../src/limits.ts";

const S = swarmNumber(1);
const MALFORMED = { ok: false, error: "malformed" };

let server: TestServer;
let alice: Awaited<ReturnType<typeof memberOf>>;
let bob: Awaited<ReturnType<typeof memberOf>>;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  alice = await memberOf(server.port, S);
  bob = await memberOf(server.port, S);
});

afterEach(() => {
  alice.peer.socket.disconnect();
  bob.peer.socket.disconnect();
});

/** Two honest peers still work, on the sockets that they had before the test. */
async function expectAllIsWell(): Promise<void> {
  const before = bob.peer.signals.length;
  expect(await alice.peer.signal(S, bob.id)).toEqual({ ok: true });
  await vi.waitFor(() => expect(bob.peer.signals.length).toBe(before + 1));
  expect(await alice.peer.announce(S)).toMatchObject({ ok: true });
}

describe("malformed events", () => {
  const id = toBase64url(new Uint8Array(32));
  const key = { peerKey: id, agreementKey: id, agreementSignature: "A".repeat(86) };
  const join = { ...key, swarm: S, proof: "A".repeat(86) };
  const announce = { swarm: S, held: "all", numWant: 1 };
  const signal = {
    swarm: S,
    to: peerNumber(1),
    kind: "offer",
    exchange: "A".repeat(22),
    body: "AAAA",
  };
  const wrong = [undefined, null, 1e3, -1, 1.5, 1e300, true, "", "x", "\0", [], {}, "A".repeat(41)];
  const withWrong = (good: Record<string, unknown>): Record<string, unknown>[] =>
    Object.keys(good).flatMap((name) => wrong.map((value) => ({ ...good, [name]: value })));

  const shapes: [string, unknown[]][] = [
    ["join", withWrong(join)],
    ["announce", withWrong(announce)],
    ["leave", withWrong({ swarm: S })],
    ["signal", withWrong(signal)],
  ];

  test.each(shapes)("%s with any field wrong is malformed", async (event, bodies) => {
    const peer = await TestPeer.connect(server.port);
    for (const body of bodies) {
      expect({ body, answer: await peer.ask(event, body) }).toEqual({ body, answer: MALFORMED });
    }
    peer.socket.disconnect();
  });

  test.each(["join", "announce", "leave", "signal"])("%s of the wrong type", async (event) => {
    const peer = await TestPeer.connect(server.port);
    const bodies = [...wrong, Buffer.from("x"), [S], { swarm: { toString: "x" } }];
    for (const body of bodies) expect(await peer.ask(event, body)).toEqual(MALFORMED);
    expect(await peer.ask(event)).toEqual(MALFORMED);
    const polluted: unknown = JSON.parse(`{"__proto__":{"swarm":"${S}"},"constructor":1}`);
    expect(await peer.ask(event, polluted)).toEqual(MALFORMED);
    peer.socket.disconnect();
  });

  test("numbers over their bounds and bodies over theirs", async () => {
    const peer = await TestPeer.connect(server.port);
    const bodies: [string, unknown][] = [
      ["announce", { ...announce, numWant: LIMITS.numWant + 1 }],
      ["announce", { ...announce, held: "everything" }],
      ["signal", { ...signal, body: "A".repeat(LIMITS.signalBodyLetters + 4) }],
      ["signal", { ...signal, body: "A+/=" }],
      ["signal", { ...signal, kind: "__proto__" }],
      ["signal", { ...signal, exchange: "A".repeat(21) + "B" }],
    ];
    for (const [event, body] of bodies) expect(await peer.ask(event, body)).toEqual(MALFORMED);
    peer.socket.disconnect();
  });

  test.each(["nothing", "", "__proto__", "constructor", "toString", "error", "challenge", "*"])(
    "the event %j doesn't exist",
    async (event) => {
      const peer = await TestPeer.connect(server.port);
      expect(await peer.ask(event, { swarm: S })).toEqual(MALFORMED);
      peer.socket.disconnect();
    },
  );

  test("events without an acknowledgement count as well", async () => {
    const peer = await TestPeer.connect(server.port);
    const signingKey: SigningKey = await crypto.generateSigningKey();
    peer.socket.emit("join");
    peer.socket.emit("announce", null);
    peer.socket.emit("join", await makeJoin(S, signingKey, peer));
    expect(await peer.announce(S)).toMatchObject({ ok: true });
    peer.socket.emit("leave", { swarm: S });
    expect(await peer.announce(S)).toEqual({ ok: false, error: "unproven" });
    peer.socket.disconnect();
  });
});

describe("frames", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  test.each([
    ["an event without a name", "42[]"],
    ["no event at all", "42"],
    ["an acknowledged event without anything", "420"],
    ["an event named by a number", "42[7,{}]"],
    ["an event named by an object", '42[{"a":1}]'],
    ["a reserved event", '42["disconnecting"]'],
    ["JSON cut short", '42["join",{'],
    ["an acknowledgement of nothing", '43999["x"]'],
    ["an id beyond all numbers", `42${"9".repeat(400)}["join"]`],
    ["binary parts that never come", '451-["join",{"_placeholder":true,"num":0}]'],
    ["a placeholder for no part", '451-["join",{"_placeholder":true,"num":9}]'],
    ["too many binary parts", '4599-["join"]'],
    ["another namespace", "40/admin,"],
    ["a namespace with an odd name", "40/__proto__,"],
    ["a greeting that isn't an object", "40[1,2]"],
    ["an unknown packet type", "49"],
    ["an unknown Engine.IO type", "9"],
    ["arrays in arrays", `42["join",${nested(30_000)}]`],
    ["arrays in arrays, with a binary part", `451-["join",${nested(30_000)}]`],
    ["30,000 arguments", `42["join"${",0".repeat(30_000)}]`],
    ["nothing", ""],
    ["an upgrade probe", "2probe"],
    ["a farewell", "1"],
    ["a farewell of Socket.IO", "41"],
  ])("%s", async (_what, frame) => {
    const { raw } = await openGreeted(server.port);
    const end = ended(raw);
    raw.send(frame);
    raw.send(Buffer.from("a binary part"));
    raw.send(frame);
    raw.close(); // Where the server hasn't done so: it may answer, ignore or end such a socket.
    await end;
    await expectAllIsWell();
    expect(server.tracker.size.members).toBe(2);
  });

  test("200 frames of random bytes, on sockets that greeted and that didn't", async () => {
    const random = seededRandom(7);
    const byte = () => Math.floor(random() * 256);
    for (let count = 0; count < 200; count++) {
      const raw =
        count % 2 === 0 ? (await openGreeted(server.port)).raw : await openRaw(server.port);
      const end = ended(raw);
      const bytes = Buffer.from(Array.from({ length: byte() }, byte));
      raw.send(count % 4 < 2 ? bytes : `4${count % 10}${bytes.toString("latin1")}`);
      raw.close();
      await end;
    }
    await expectAllIsWell();
    expect(server.tracker.size.members).toBe(2);
  });

  test("a message over the bound ends its socket alone", async () => {
    const { raw } = await openGreeted(server.port);
    const end = ended(raw);
    raw.send(`42["announce","${"x".repeat(SERVER_LIMITS.messageBytes)}"]`);
    expect(await end).toBe(1009);
    await expectAllIsWell();
  });

  test("a second greeting, sent together with the first or after a farewell, ends the socket", async () => {
    const raw = await openRaw(server.port);
    const end = ended(raw);
    raw.send("40");
    raw.send("40");
    expect(await end).toBe(1005); // By Socket.IO itself, for which the first is dealt with by then.

    const { raw: other } = await openGreeted(server.port);
    const otherEnd = ended(other);
    other.send("41");
    const answered = nextMessage(other, "44/nowhere");
    other.send("40/nowhere,");
    await answered; // So that the farewell has been dealt with.
    other.send("40");
    expect(await otherEnd).toBe(1006);
    await expectAllIsWell();
  });

  test.each<[string, (raw: WebSocket) => void]>([
    ["messages", (raw) => raw.send("3")],
    ["the WebSocket's own pings", (raw) => raw.ping()],
    ["its pongs", (raw) => raw.pong()],
  ])("a flood of %s, which mean nothing, is cut", async (_what, send) => {
    const { raw } = await openGreeted(server.port);
    const end = ended(raw);
    for (let count = 0; count < 2 * SERVER_LIMITS.framesBurst; count++) send(raw);
    expect(await end).toBe(1006);
    await expectAllIsWell();
  });

  test("a message in more parts than allowed ends its socket", async () => {
    const { raw } = await openGreeted(server.port);
    const end = ended(raw);
    for (let part = 0; part <= SERVER_LIMITS.fragmentsPerMessage; part++) {
      raw.send("", { fin: false });
    }
    expect(await end).toBe(1008);
    await expectAllIsWell();
  });
});

test("a peer that doesn't read is cut, and its sender is told", async () => {
  const { raw: deaf, challenge } = await openGreeted(server.port);
  const key = await crypto.generateSigningKey();
  const join = await makeJoin(S, key, { host: `127.0.0.1:${server.port}`, challenge });
  const joined = nextMessage(deaf, "430");
  deaf.send(`420${JSON.stringify(["join", join])}`);
  expect(await joined).toBe('430[{"ok":true}]');
  deaf.pause();

  const id = await peerIdOf(key.publicKey, crypto);
  const body = "A".repeat(LIMITS.signalBodyLetters);
  let sentCount = 0;
  let answer = await alice.peer.signal(S, id, body);
  while (answer.ok && sentCount < SERVER_LIMITS.eventsBurst - 50) {
    sentCount += 1;
    answer = await alice.peer.signal(S, id, body);
  }
  expect(answer).toEqual({ ok: false, error: "unreachable" });
  deaf.terminate();
  await expectAllIsWell();
});

test("a peer that doesn't read cannot hold up the server's stop", async () => {
  const other = await startTestServer();
  const raw = await openRaw(other.port);
  raw.pause();
  await other.stop();
  const refused = fetch(other.url);
  await expect(refused).rejects.toThrow("fetch failed");
  raw.terminate();
});

// Engine.IO lets a WebSocket take a session over, past all doors where sockets are counted.
test("another WebSocket, or a request, for a session that is open is refused, and the session stays", async () => {
  const opened = new WebSocket(
    `ws://127.0.0.1:${server.port}${TRACKER_PATH}/?EIO=4&transport=websocket`,
  );
  const [hello] = (await once(opened, "message")) as [Buffer];
  const { sid } = JSON.parse(hello.toString().slice(1)) as { sid: string };
  const query = `?EIO=4&transport=websocket&sid=${sid}`;
  const address = `127.0.0.1:${server.port}${TRACKER_PATH}/${query}`;
  const other = new WebSocket(`ws://${address}`);
  await expect(once(other, "open")).rejects.toThrow("Unexpected server response: 400");
  expect((await fetch(`http://${address}`)).status).toBe(400);
  opened.send("40");
  const [greeted] = (await once(opened, "message")) as [Buffer];
  expect(greeted.toString()).toMatch(/^40/);
  opened.terminate();
  await expectAllIsWell();
});

test.each([
  "GET / HTTP/1.1\r\n\r\n",
  "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
  "\0\0\0\0",
  `GET ${TRACKER_PATH}/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
  `GET ${TRACKER_PATH}/?EIO=4&EIO=3&transport=websocket&transport=x&sid[]=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  `GET ${TRACKER_PATH}/?transport=__proto__&EIO=4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  `POST ${TRACKER_PATH}/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello`,
  `GET /nowhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
])("the request %j is refused", async (text) => {
  const answer = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connectTcp(server.port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => (received += part));
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
  expect(answer).not.toContain(" 200 ");
  expect(answer).not.toContain(" 101 ");
  await expectAllIsWell();
});
