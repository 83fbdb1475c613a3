import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { AgreementKey } from "../crypto.ts";
import { type Bytes, fromUtf8, utf8 } from "../bytes.ts";
import { ringIdOf, SealedCall } from "./sealed-call.ts";

const crypto = webCrypto();
let caller: AgreementKey;
let called: AgreementKey;
let stranger: AgreementKey;
beforeEach(async () => {
  [caller, called, stranger] = [
    await crypto.generateAgreementKey(),
    await crypto.generateAgreementKey(),
    await crypto.generateAgreementKey(),
  ];
});

/** Both ends after the first signal. */
async function call(): Promise<{ mine: SealedCall; theirs: SealedCall; first: Bytes }> {
  const mine = (await SealedCall.to(ringIdOf(called), caller, crypto))!;
  const first = await mine.seal(utf8("offer"));
  const { call: theirs, signal } = (await SealedCall.from(first, called, crypto))!;
  expect(fromUtf8(signal)).toBe("offer");
  return { mine, theirs, first };
}

const flipped = (bytes: Bytes, at: number): Bytes =>
  new Uint8Array(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));

test("a call's signals arrive both ways, from whom they say", async () => {
  const { mine, theirs } = await call();
  expect(theirs.peer).toBe(ringIdOf(caller));
  const early = await mine.seal(utf8("candidate"));
  expect(await theirs.open(early)).toEqual(utf8("candidate"));
  expect(await mine.open(await theirs.seal(utf8("answer")))).toEqual(utf8("answer"));
  expect(await mine.open(await theirs.seal(utf8("more")))).toEqual(utf8("more"));
  expect(await theirs.open(await mine.seal(utf8("last")))).toEqual(utf8("last"));
});

test("of lost signals gaps are left; what comes again or late isn't taken", async () => {
  const { mine, theirs } = await call();
  const [lost, next] = [await mine.seal(utf8("lost")), await mine.seal(utf8("next"))];
  expect(await theirs.open(next)).toEqual(utf8("next"));
  expect(await theirs.open(next)).toBeNull();
  expect(await theirs.open(lost)).toBeNull();
  const [answer, later] = [await theirs.seal(utf8("answer")), await theirs.seal(utf8("later"))];
  expect(await mine.open(later)).toBeNull(); // The reply brings the key.
  expect(await mine.open(answer)).toEqual(utf8("answer"));
  expect(await mine.open(answer)).toBeNull();
});

describe("on its way", () => {
  test("a first signal opens for nobody else, and shows no id", async () => {
    const { first } = await call();
    expect(await SealedCall.from(first, stranger, crypto)).toBeNull();
    for (const key of [caller, called]) {
      const id = Buffer.from(key.publicKey);
      expect(Buffer.from(first).includes(id)).toBe(false);
    }
  });

  test("nothing of a signal can be changed", async () => {
    const { mine, theirs, first } = await call();
    for (let at = 0; at < first.length; at++) {
      expect(await SealedCall.from(flipped(first, at), called, crypto)).toBeNull();
    }
    const reply = await theirs.seal(utf8("answer"));
    for (let at = 0; at < reply.length; at++) {
      expect(await mine.open(flipped(reply, at))).toBeNull();
    }
    expect(await mine.open(reply)).toEqual(utf8("answer"));
    const more = await mine.seal(utf8("more"));
    for (let at = 0; at < more.length; at++) {
      expect(await theirs.open(flipped(more, at))).toBeNull();
    }
  });

  test("nobody but the called one can reply", async () => {
    const mine = (await SealedCall.to(ringIdOf(called), caller, crypto))!;
    const elsewhere = (await SealedCall.to(ringIdOf(stranger), caller, crypto))!;
    const { call: theirs } = (await SealedCall.from(
      await elsewhere.seal(utf8("offer")),
      stranger,
      crypto,
    ))!;
    expect(await mine.open(await theirs.seal(utf8("answer")))).toBeNull();
  });
});

test("what is no call, and an id that is no key, are refused", async () => {
  for (const length of [0, 1, 31, 119, 120, 300]) {
    expect(await SealedCall.from(new Uint8Array(length), called, crypto)).toBeNull();
    const { mine, theirs } = await call();
    expect(await mine.open(new Uint8Array(length))).toBeNull();
    expect(await theirs.open(new Uint8Array(length))).toBeNull();
  }
  const zero = "A".repeat(43);
  expect(
    await SealedCall.to(zero as typeof zero & ReturnType<typeof ringIdOf>, caller, crypto),
  ).toBeNull();
});
