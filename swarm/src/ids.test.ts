import { expect, test } from "vitest";
import { webCrypto } from "../webcrypto/webcrypto.ts";
import { toBase64url } from "./bytes.ts";
import { idBytes, parsePeerId, parseSwarmId, peerIdOf, swarmIdOf } from "./ids.ts";

const parsers = { parsePeerId, parseSwarmId };

test.each(Object.entries(parsers))(
  "%s takes base64url of 32 bytes and nothing else",
  (_, parse) => {
    const id = toBase64url(new Uint8Array(32).fill(255));
    expect(parse(id)).toBe(id);
    expect(parse("")).toBeNull();
    expect(parse(toBase64url(new Uint8Array(31)))).toBeNull();
    expect(parse(toBase64url(new Uint8Array(33)))).toBeNull();
    expect(parse(`${id}=`)).toBeNull();
    expect(parse(`${id.slice(0, 42)}9`)).toBeNull(); // The same bytes by a second spelling.
    expect(parse(id.replace("_", "/"))).toBeNull();
  },
);

test("an id gives its bytes back", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(idBytes(swarmIdOf(bytes))).toEqual(bytes);
});

test("a peer's id is the hash of its key under this protocol's name", async () => {
  const id = await peerIdOf(new Uint8Array(32).fill(7), webCrypto());
  expect(id).toBe("lMLt1CsrarkHGNBpiVy6jIExUOIBOaj-KmCt-3M_1No");
});
