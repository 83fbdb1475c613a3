/** Shoal's tracker, and its members' side written by hand: nothing of what is measured measures it. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { WebSocket } from "ws";
import { startServer } from "../../server.ts";
import { addressOf, SWARM_SIZE } from "./crowd.ts";
import type { Member, TrackerContender } from "./crowd.ts";

const PATH = "/api/v1/tracker/?EIO=4&transport=websocket";

/** What a member keeps, whatever socket it is on. */
interface Identity {
  readonly key: KeyObject;
  readonly fields: object;
  readonly swarm: Buffer;
}

const base64url = (bytes: Buffer): string => bytes.toString("base64url");
const rawPublicKey = (key: KeyObject): Buffer =>
  key.export({ format: "der", type: "spki" }).subarray(-32);

const identities = new Map<number, Identity>();
const AGREEMENT_KEY = randomBytes(32);

/** A member who can say how many are in its swarm. */
export interface ShoalMember extends Member {
  /** Asks for all of them, itself among them. */
  readonly count: () => Promise<number>;
}

/** The member's key pair, and what it signs once: docs/protocol.md. */
function identityOf(index: number, swarmNumber: number): Identity {
  const known = identities.get(index);
  if (known !== undefined) return known;
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }));
  const swarm = Buffer.alloc(32);
  swarm.writeUInt32BE(swarmNumber);
  const statement = Buffer.concat([Buffer.from("shoal agreement key v1\0"), swarm, AGREEMENT_KEY]);
  const fields = {
    swarm: base64url(swarm),
    peerKey: base64url(rawPublicKey(publicKey)),
    agreementKey: base64url(AGREEMENT_KEY),
    agreementSignature: base64url(sign(null, statement, key)),
  };
  const identity = { key, fields, swarm };
  identities.set(index, identity);
  return identity;
}

function joinOf({ key, fields, swarm }: Identity, host: string, challenge: string): object {
  const statement = Buffer.concat([
    Buffer.from("shoal tracker join v1\0"),
    Buffer.from(challenge, "base64url"),
    swarm,
    Buffer.from(host),
  ]);
  return { ...fields, proof: base64url(sign(null, statement, key)) };
}

/**
 * Connects a member, who joins and announces. The same index has the same key each time.
 *
 * @param swarmNumber The same one for an index each time.
 * @throws {Error} When the socket ends before.
 */
export function joinSwarm(port: number, index: number, swarmNumber: number): Promise<ShoalMember> {
  const host = `127.0.0.1:${port}`;
  const socket = new WebSocket(`ws://${host}${PATH}`, {
    localAddress: addressOf(index),
    perMessageDeflate: false,
  });
  const identity = identityOf(index, swarmNumber);
  const { swarm } = identity.fields as { swarm: string };
  const waiting = new Map<number, (answer: string) => void>();
  let requests = 0;
  const request = (event: string, argument: object): Promise<string> =>
    new Promise((resolve) => {
      const number = requests++;
      waiting.set(number, resolve);
      socket.send(`42${number}${JSON.stringify([event, argument])}`);
    });
  const ask = async (): Promise<string> => {
    const answer = await request("announce", { swarm, held: "part", numWant: 50 });
    if (!answer.startsWith('[{"ok":true')) throw new Error(`an announce was refused: ${answer}`);
    return answer;
  };
  const announce = async (): Promise<void> => void (await ask());
  const count = async (): Promise<number> => {
    const [company] = JSON.parse(await ask()) as [{ seeders: number; leechers: number }];
    return company.seeders + company.leechers;
  };
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    void ended.then(() => reject(new Error("the socket ended")));
    const greeted = async (challenge: string): Promise<void> => {
      const answer = await request("join", joinOf(identity, host, challenge));
      if (answer !== '[{"ok":true}]') throw new Error(`a join was refused: ${answer}`);
      await announce();
      resolve({ announce, count, ended, close: () => socket.close() });
    };
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text.startsWith("0")) return socket.send("40");
      if (text === "2") return socket.send("3");
      const [, number, answer = ""] = /^43(\d+)(.*)$/.exec(text) ?? [];
      if (number !== undefined) {
        waiting.get(Number(number))?.(answer);
        waiting.delete(Number(number));
      }
      const challenge = /^42\["challenge",\{.*"challenge":"([\w-]+)"/.exec(text)?.[1];
      if (challenge !== undefined) greeted(challenge).catch(reject);
    });
  });
}

/** As it is shipped, with the limits that it has. */
export const shoalTracker: TrackerContender = {
  name: "Shoal",
  join: (port, index) => joinSwarm(port, index, Math.floor(index / SWARM_SIZE)),
  async start(port) {
    const server = await startServer({ PORT: String(port), LOG_LEVEL: "error" });
    const { pid, url } = server;
    return { pid, port: Number(new URL(url).port), kill: () => server.kill() };
  },
};
