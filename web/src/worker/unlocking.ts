/**
 * A share that asks for a password: nobody is told of this page until the right one was given. What
 * came of it lies beside what is fetched, so that a later visit isn't asked again, and goes with it.
 */
import { type Bytes, sameBytes } from "@shoal/swarm/bytes";
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { SwarmId } from "@shoal/swarm/ids";
import { passwordBytes } from "@shoal/swarm/share/password";
import { derivePasswordCheck } from "@shoal/swarm/share/secrets";
import type { Lock } from "../protocol/state.ts";
import type { Shelf } from "./shelf.ts";

/** What came of the right password; the password itself is kept nowhere. */
const UNLOCKED = "unlocked";

type Asked = {
  readonly publicKey: Bytes;
  readonly swarm: SwarmId;
  /** As the link has it. */
  readonly check: Bytes;
};

type Disk = Pick<Shelf, "readAll" | "remove" | "noteOnce">;

type Ports = {
  readonly crypto: CryptoPort;
  readonly stretch: (password: Bytes, swarm: SwarmId) => Promise<Bytes>;
  /** Shows the page where it stands; null: it is open. */
  readonly tell: (lock: Lock | null) => void;
};

export class Unlocking {
  readonly #asked: Asked;
  readonly #shelf: Disk;
  readonly #ports: Ports;
  readonly #right: Promise<Bytes>;
  #found: (stretched: Bytes) => void = () => undefined;
  #failed: (error: unknown) => void = () => undefined;
  #isTrying = false;

  constructor(asked: Asked, shelf: Disk, ports: Ports) {
    this.#asked = asked;
    this.#shelf = shelf;
    this.#ports = ports;
    this.#right = new Promise((resolve, reject) => {
      this.#found = resolve;
      this.#failed = reject;
    });
  }

  /** The right password stretched, from an earlier visit or once a person has given it. */
  async run(): Promise<Bytes> {
    // Safe: what can't be read is as good as missing, and the person is asked.
    const kept = await this.#shelf.readAll(UNLOCKED).catch(() => null);
    if (kept !== null && (await this.#isRight(kept))) return kept;
    this.#ports.tell("asked");
    const stretched = await this.#right;
    // Safe: what stays there, damaged, is found out at the next visit.
    await this.#shelf.remove(UNLOCKED).catch(() => undefined);
    await this.#shelf.noteOnce(UNLOCKED, stretched);
    this.#ports.tell(null);
    return stretched;
  }

  /** Tries what a person has typed; while one is tried, nothing else is. */
  tried(text: string): void {
    if (this.#isTrying) return;
    this.#isTrying = true;
    this.#ports.tell("trying");
    this.#try(text).catch(this.#failed);
  }

  async #try(text: string): Promise<void> {
    const password = passwordBytes(text);
    const stretched = password && (await this.#ports.stretch(password, this.#asked.swarm));
    if (stretched !== null && (await this.#isRight(stretched))) {
      return this.#found(stretched);
    }
    this.#isTrying = false;
    this.#ports.tell("wrong");
  }

  async #isRight(stretched: Bytes): Promise<boolean> {
    const { publicKey, check } = this.#asked;
    return sameBytes(await derivePasswordCheck(publicKey, this.#ports.crypto, stretched), check);
  }
}
