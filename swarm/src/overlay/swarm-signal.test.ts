import { webCrypto } from "@shoal/swarm/webcrypto";
import { expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import { peerIdOf, swarmIdOf } from "../ids.ts";
import type { OutgoingSignal } from "../tracker/messages.ts";
import { openSignal, sealSignal } from "./swarm-signal.ts";

const crypto = webCrypto();
const random = (count: number) => crypto.randomBytes(count);
const swarm = swarmIdOf(random(32));

test.each(["offer", "answer", "candidate"] as const)(
  "an %s arrives as it was, and shows nothing on its way",
  async (kind) => {
    const [from, to] = [await peerIdOf(random(32), crypto), await peerIdOf(random(32), crypto)];
    const signal: OutgoingSignal = {
      swarm,
      to,
      kind,
      exchange: toBase64url(random(16)),
      body: toBase64url(random(300)),
    };
    const secret = random(32);
    const sealed = await sealSignal(signal, from, secret, crypto);
    const { exchange, body } = signal;
    const arrived = { swarm, from, kind, exchange, body };
    expect(await openSignal(sealed, swarm, secret, crypto)).toEqual(arrived);
    expect(await openSignal(sealed, swarm, random(32), crypto)).toBeNull();
    for (const text of [swarm, from, to, signal.exchange, signal.body]) {
      expect(Buffer.from(sealed).includes(Buffer.from(text, "base64url"))).toBe(false);
    }
  },
);

test("what isn't sealed, or too short, is none", async () => {
  const secret = random(32);
  for (const length of [0, 11, 12, 28, 100]) {
    expect(await openSignal(random(length), swarm, secret, crypto)).toBeNull();
  }
  const nonce = random(12);
  for (const plain of [random(0), random(48), new Uint8Array(60).fill(9)]) {
    const sealed = await crypto.seal(secret, nonce, plain, new Uint8Array(0));
    const bytes = new Uint8Array([...nonce, ...sealed]);
    expect(await openSignal(bytes, swarm, secret, crypto)).toBeNull();
  }
});
