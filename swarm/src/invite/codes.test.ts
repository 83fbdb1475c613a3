import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { webCrypto } from "../../webcrypto/webcrypto.ts";
import { NONCE_BYTES } from "../box.ts";
import { concat, fromBase64url, toBase64url, u32 } from "../bytes.ts";
import type { AgreementKey } from "../crypto.ts";
import { LIMITS } from "../limits.ts";
import { crc32, decodeLink, encodeLink, type Link } from "../share/link.ts";
import { deriveSecrets } from "../share/secrets.ts";
import { makeIdentity } from "../signal/identity.ts";
import {
  type Maker,
  makeInvite,
  makeReply,
  newExchange,
  openInvite,
  openReply,
  readInvite,
  readReply,
} from "./codes.ts";
import type { Description } from "./description.ts";
import { INVITE_MARK, REPLY_MARK } from "./marks.ts";

const crypto = webCrypto();
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const link: Link = {
  publicKey: new Uint8Array(32).fill(9),
  trackers: ["shoal.example"],
  passwordCheck: null,
};
/** As long as Firefox makes them, on a machine with IPv4 and IPv6, and a STUN server. */
const inviting: Description = {
  fingerprint: new Uint8Array(32).fill(7),
  ufrag: "5418eef1",
  password: "00ce293c7c0a62f7cb5983fed1e1b770",
  candidates: [
    {
      kind: "host",
      priority: 2_122_252_543,
      address: "81d6e55e-5217-4ee3-b93d-0a1ea7b57ef0.local",
      port: 38_739,
    },
    {
      kind: "host",
      priority: 2_122_187_007,
      address: "a654b896-13a0-498e-aec5-a73e43dc18bd.local",
      port: 36_651,
    },
    { kind: "srflx", priority: 1_685_921_535, address: "203.0.113.7", port: 40_001 },
  ],
};
const replying: Description = { ...inviting, ufrag: "7c81bda3" };

let inviter: Maker;
let invited: Maker;
let fresh: AgreementKey;
let exchange: string;
let code: string;

async function member(password: Uint8Array<ArrayBuffer> | null = null): Promise<Maker> {
  const secrets = await deriveSecrets(link.publicKey, crypto, password);
  return { secrets, identity: await makeIdentity(secrets.swarm, crypto) };
}

beforeAll(async () => {
  inviter = await member();
  invited = await member();
  fresh = await crypto.generateAgreementKey();
  exchange = newExchange(crypto);
  const of = { exchange, freshKey: fresh.publicKey, description: inviting };
  code = await makeInvite(inviter, link, of, crypto);
});

const read = (text: string) => {
  const invite = readInvite(text);
  if (invite === null) throw new Error("not read");
  return invite;
};

/** With a good checksum, after bytes were changed. */
function altered(
  text: string,
  mark: string,
  change: (body: Uint8Array<ArrayBuffer>) => void,
): string {
  const bytes = fromBase64url(text.slice(mark.length)) ?? new Uint8Array(0);
  const body = bytes.slice(0, -4);
  change(body);
  return mark + toBase64url(concat(body, u32(crc32(body))));
}

describe("an invite", () => {
  test("brings its link, its maker and where they are, in letters that a QR code holds well", async () => {
    const url = `https://shoal.example/#${code}`;
    const invite = read(`${url} \n`);
    expect(encodeLink(invite.link)).toBe(encodeLink(link));
    expect(invite.exchange).toBe(exchange);
    const opened = await openInvite(invite, invited.secrets, crypto);
    expect(opened).toEqual({ peer: inviter.identity.peer, description: inviting });
    expect(url.length).toBeLessThan(650);
  });

  test("is no link, and a link is no invite", () => {
    expect(() => decodeLink(code)).toThrow("link-damaged");
    expect(readInvite(encodeLink(link))).toBeNull();
    expect(readReply(code)).toBeNull();
  });

  test("of a share with a password tells who lacks it nothing of where anyone is", async () => {
    const maker = await member(new Uint8Array(32).fill(1));
    const of = { exchange, freshKey: fresh.publicKey, description: inviting };
    const locked = read(await makeInvite(maker, link, of, crypto));
    expect(await openInvite(locked, invited.secrets, crypto)).toBeNull();
    expect(await openInvite(locked, maker.secrets, crypto)).not.toBeNull();
  });

  test("is refused for any letter that was changed, and where it was cut", () => {
    const at = fc
      .nat(code.length - INVITE_MARK.length - 1)
      .map((index) => INVITE_MARK.length + index);
    fc.assert(
      fc.property(at, fc.constantFrom(...LETTERS), (index, letter) => {
        fc.pre(code[index] !== letter);
        expect(readInvite(code.slice(0, index) + letter + code.slice(index + 1))).toBeNull();
        expect(readInvite(code.slice(0, index))).toBeNull();
      }),
    );
  });

  test("that was altered on purpose doesn't open", async () => {
    const linkBytes = fromBase64url(encodeLink(link))?.length ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 1, max: 255 }), async (index, by) => {
        const other = altered(code, INVITE_MARK, (body) => {
          const at = 3 + linkBytes + (index % (body.length - 3 - linkBytes));
          body[at] = (body[at] ?? 0) ^ by;
        });
        expect(await openInvite(read(other), invited.secrets, crypto)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["of a newer version", altered0(2)],
    ["without anything in it", () => INVITE_MARK],
    ["longer than any", () => INVITE_MARK + "A".repeat(LIMITS.inviteLetters + 4)],
    [
      "whose link is said to be longer than all of it",
      () => altered(code, INVITE_MARK, (body) => body.fill(255, 1, 3)),
    ],
    [
      "whose link is said to be empty",
      () => altered(code, INVITE_MARK, (body) => body.fill(0, 1, 3)),
    ],
  ])("%s is refused", (_what, make) => {
    expect(readInvite(make())).toBeNull();
  });

  test("of arbitrary bytes is refused, and nothing throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const body = concat(Uint8Array.of(1), bytes);
        const text = toBase64url(concat(body, u32(crc32(body))));
        expect(readInvite(INVITE_MARK + text)).toBeNull();
        expect(readReply(REPLY_MARK + text)?.box.length ?? Infinity).toBeGreaterThan(NONCE_BYTES);
      }),
    );
  });
});

/** Made when the test runs, which is when the code is there. */
function altered0(version: number): () => string {
  return () => altered(code, INVITE_MARK, (body) => (body[0] = version));
}

describe("a reply", () => {
  const reply = async (): Promise<string> => {
    const made = await makeReply(invited, read(code), replying, crypto);
    if (made === null) throw new Error("not made");
    return made;
  };

  test("tells the inviter alone who answers, and where they are", async () => {
    const text = await reply();
    const sealed = readReply(`http://shoal.example/#${text}`);
    if (sealed === null) throw new Error("not read");
    expect(sealed.exchange).toBe(exchange);
    const opened = await openReply(sealed, fresh, inviter.secrets, crypto);
    expect(opened).toEqual({ peer: invited.identity.peer, description: replying });
    const other = await crypto.generateAgreementKey();
    expect(await openReply(sealed, other, inviter.secrets, crypto)).toBeNull();
    expect(text.length).toBeLessThan(450);
  });

  test("that was altered on purpose, or under another exchange, doesn't open", async () => {
    const text = await reply();
    for (const at of [1, 16, 17, 48, 49, 60, 61, 100, 200]) {
      const other = readReply(
        altered(text, REPLY_MARK, (body) => (body[at] = (body[at] ?? 0) ^ 1)),
      );
      expect(other && (await openReply(other, fresh, inviter.secrets, crypto))).toBeNull();
    }
  });

  test("to an invite whose key is of small order isn't made", async () => {
    const invite = { ...read(code), freshKey: new Uint8Array(32) };
    expect(await makeReply(invited, invite, replying, crypto)).toBeNull();
  });
});
