/** Links that aren't whole, and links of a later Shoal. Byte by byte as in `docs/protocol.md`. */
import path from "node:path";
import { crc32 } from "node:zlib";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { openShare, share } from "../steps.ts";
import { transfer } from "../transfer.ts";
import { expectTrouble } from "../trouble.ts";

const KEY_BYTES = 32;

/** Parts of a link. */
interface Link {
  readonly version?: number;
  readonly flags?: number;
  readonly key: Buffer;
  readonly fields?: readonly number[];
}

/** The text behind the `#`, with the checksum that fits it. */
function fragmentOf({ version = 1, flags = 0, key, fields = [] }: Link): string {
  const body = Buffer.concat([Buffer.from([version, flags]), key, Buffer.from(fields)]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, checksum]).toString("base64url");
}

/** The key that a link holds. */
function keyOf(link: string): Buffer {
  const bytes = Buffer.from(link.slice(link.indexOf("#") + 1), "base64url");
  return bytes.subarray(2, 2 + KEY_BYTES);
}

test("a damaged link says so, and the whole one opens @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "notes.txt");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const at = link.length - 20;
  const otherLetter = link.charAt(at) === "a" ? "b" : "a";
  const damaged = {
    "its end is missing": link.slice(0, -7),
    "one letter differs": link.slice(0, at) + otherLetter + link.slice(at + 1),
    "anybody can sign for its key": `/#${fragmentOf({ key: Buffer.alloc(KEY_BYTES) })}`,
    "a field has no end": `/#${fragmentOf({ key: keyOf(link), fields: [0x01, 200, 0x61] })}`,
  };
  const reader = await person(engines.leecher);
  for (const [what, address] of Object.entries(damaged)) {
    await test.step(what, async () => {
      await reader.goto("about:blank");
      await reader.goto(address);
      await expectTrouble(reader, "link-damaged");
    });
  }
  // By hand into the address bar, the page already open.
  await openShare(reader, link);
  await expect(reader.getByRole("alert")).toHaveCount(0);
  await reader.goto(damaged["one letter differs"]);
  await expectTrouble(reader, "link-damaged");
});

test("a link of a later Shoal asks for it @once", async ({ person, engines, folder }) => {
  const file = path.join(folder, "notes.txt");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  const key = keyOf(await share(sharer, file));
  const newer = {
    "a later version": fragmentOf({ version: 2, key }),
    "a flag of later": fragmentOf({ flags: 1, key }),
    "a critical field of later": fragmentOf({ key, fields: [0x8f, 2, 7, 7] }),
  };
  const reader = await person(engines.leecher);
  for (const [what, fragment] of Object.entries(newer)) {
    await test.step(what, async () => {
      await reader.goto("about:blank");
      await reader.goto(`/#${fragment}`);
      await expectTrouble(reader, "link-newer");
    });
  }
  await reader.getByRole("button", { name: "Load the newest version" }).click();
  await expectTrouble(reader, "link-newer");
  // A later field that isn't critical is passed over.
  await openShare(reader, `/#${fragmentOf({ key, fields: [0x7f, 2, 7, 7] })}`);
});

test("what is pasted at home and is no link is told from one @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "notes.txt");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const reader = await person(engines.leecher);
  await reader.goto("/");
  const field = reader.getByLabel("Got a link?");
  await field.fill("https://example.org/");
  await field.press("Enter");
  const alert = reader.getByRole("alert");
  await expect(alert.locator("[data-error]")).toHaveAttribute("data-error", "not-a-link");
  await expect(alert).toContainText("That isn’t a whole Shoal link.");
  await expect(alert).toContainText("Copy all of it again");
  // Any host's link will do: only what follows the # counts.
  await field.fill(`https://example.org/${link.slice(link.indexOf("#"))}`);
  await field.press("Enter");
  await expect(transfer(reader)).toHaveAttribute("data-phase", "ready", { timeout: 30_000 });
});
