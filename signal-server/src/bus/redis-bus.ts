/** A bus over Redis: one channel per process, on which it hears messages and answers to its own. */
import { parsePeerId, parseSwarmId } from "@shoal/swarm/ids";
import { decodeIncomingSignal } from "@shoal/swarm/tracker/messages";
import type { RedisLink } from "../redis.ts";
import type { ProcessId } from "../store/store.ts";
import type { Bus, BusMessage, Hear } from "./bus.ts";

export type RedisBusPorts = {
  readonly redis: Pick<RedisLink, "command" | "subscribe">;
  /** Put in front of all channels. */
  readonly prefix: string;
  readonly hear: Hear;
};

/** A process that hasn't answered by then won't. */
const ANSWER_MS = 2000;
/** Messages that wait for an answer; beyond, they count as not delivered. */
const MOST_WAITING = 10_000;

type Asking = { readonly from: ProcessId; readonly number: number; readonly message: unknown };
type Answering = { readonly re: number; readonly done: boolean };

export class RedisBus implements Bus {
  readonly #process: ProcessId;
  readonly #ports: RedisBusPorts;
  readonly #waiting = new Map<number, (done: boolean) => void>();
  #lastNumber = 0;

  private constructor(process: ProcessId, ports: RedisBusPorts) {
    this.#process = process;
    this.#ports = ports;
  }

  /** It hears nothing before Redis is there. */
  static join(process: ProcessId, ports: RedisBusPorts): RedisBus {
    const bus = new RedisBus(process, ports);
    const heard = ports.redis.subscribe(bus.#channelOf(process), (text) => bus.#heard(text));
    heard.catch(() => undefined); // Safe: it was closed before it connected.
    return bus;
  }

  async send(to: ProcessId, message: BusMessage): Promise<boolean> {
    if (this.#waiting.size >= MOST_WAITING) return false;
    const number = ++this.#lastNumber;
    const asking: Asking = { from: this.#process, number, message };
    const answer = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => this.#answered(number, false), ANSWER_MS);
      this.#waiting.set(number, (done) => {
        clearTimeout(timer);
        resolve(done);
      });
    });
    try {
      const hearers = await this.#publish(to, asking);
      if (hearers === 0) this.#answered(number, false);
    } catch {
      this.#answered(number, false); // Safe: who sent it is told that it couldn't be delivered.
    }
    return answer;
  }

  close(): void {
    for (const number of this.#waiting.keys()) this.#answered(number, false);
  }

  #heard(text: string): void {
    const fields = fieldsOf(text);
    if (fields === null) return;
    const { re, done, from, number, message } = fields;
    if (typeof re === "number") return this.#answered(re, done === true);
    if (typeof from !== "string" || typeof number !== "number") return;
    const known = messageOf(message);
    const answer: Answering = { re: number, done: known !== null && this.#ports.hear(known) };
    this.#publish(from, answer).catch(() => undefined); // Safe: who waits for it stops waiting.
  }

  #answered(number: number, done: boolean): void {
    const tell = this.#waiting.get(number);
    this.#waiting.delete(number);
    tell?.(done);
  }

  #publish(to: ProcessId, what: Asking | Answering): Promise<unknown> {
    return this.#ports.redis.command(["PUBLISH", this.#channelOf(to), JSON.stringify(what)]);
  }

  #channelOf(process: ProcessId): string {
    return `${this.#ports.prefix}:to:${process}`;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : null;
  } catch {
    return null; // Safe: nothing of ours sends such.
  }
}

/** Null for anything but a well-formed message. */
function messageOf(value: unknown): BusMessage | null {
  if (typeof value !== "object" || value === null) return null;
  const { type, connection, to, signal, swarm, peer, joinedMs } = value as Fields;
  if (typeof connection !== "string") return null;
  if (type === "signal") {
    const receiver = typeof to === "string" ? parsePeerId(to) : null;
    const decoded = decodeIncomingSignal(signal);
    return receiver && decoded && { type, connection, to: receiver, signal: decoded };
  }
  if (type !== "taken" || typeof swarm !== "string" || typeof peer !== "string") return null;
  const [swarmId, peerId] = [parseSwarmId(swarm), parsePeerId(peer)];
  if (typeof joinedMs !== "number" || swarmId === null || peerId === null) return null;
  return { type, connection, joinedMs, swarm: swarmId, peer: peerId };
}
