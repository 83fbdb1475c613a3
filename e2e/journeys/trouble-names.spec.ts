/** Names as hostile as a Linux file system can carry, and many files: all arrive, all harmless. */
import path from "node:path";
import { entriesOf } from "../archive.ts";
import { tree } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { download, openShare, share } from "../steps.ts";
import { saved, shareLink, waitPhase } from "../transfer.ts";

/** 255 bytes, the most that a name can have: 62 of them are emoji. */
const LONG = `${"🐟".repeat(62)}abc.txt`;

const HOSTILE = [
  "back\\slash.txt",
  "..\\..\\windows\\evil.dll",
  "C:\\autoexec.bat",
  'quo"te<s>|a?b*c:d.txt',
  "bell\u0007 tab\t newline\n.txt",
  "escape\u001b[31mred.txt",
  "annual\u202egpj.exe",
  "\u2066isolated\u2069.txt",
  "in\u200bvisible.txt",
  "invisible.txt",
  "\ufeffbom.txt",
  "CON",
  "nul.txt",
  "Com1.tar.gz",
  "lpt9 .log",
  "readme.txt",
  "README.TXT",
  "ReadMe.txt",
  "caf\u00e9.txt",
  "cafe\u0301.txt",
  "trailing dots...",
  "trailing space ",
  " leading space.txt",
  ".hidden",
  "...",
  "....txt",
  "-rf",
  "~",
  "$HOME",
  "%2e%2e%2fpasswd",
  LONG,
];

test("hostile names arrive harmless, and none is lost @once", async ({
  person,
  engines,
  folder,
}) => {
  // Each has a length of its own, one is empty: their hashes tell them apart.
  const sizes = Object.fromEntries(HOSTILE.map((name, index) => [name, index * 100]));
  const album = path.join(folder, "album");
  const hashes = await tree(album, sizes);
  const sharer = await person(engines.sharer);
  const link = await share(
    sharer,
    HOSTILE.map((name) => path.join(album, name)),
  );

  const leecher = await person(engines.leecher, { disk: true });
  await openShare(leecher, link);
  const entries = await entriesOf((await download(leecher)).path);
  expect(sorted(entries.values())).toEqual(sorted(hashes.values()));
  for (const name of entries.keys()) expectHarmless(name);
  const folded = [...entries.keys()].map((name) => name.normalize("NFC").toLowerCase());
  expect(new Set(folded).size, "no two names meet on any system").toBe(HOSTILE.length);

  // Alone, too: Firefox cancels a download whose name is longer than about 240 bytes.
  await waitPhase(leecher, "done");
  const button = leecher.getByRole("button", { name: /^Save 🐟/u });
  const copy = await saved(leecher, () => button.click());
  expect(copy.sha256).toBe(hashes.get(LONG));
  expect(copy.name).toMatch(/^🐟+.*\.txt$/u);
});

const sorted = (texts: Iterable<string>): string[] =>
  [...texts].toSorted((a, b) => (a < b ? -1 : 1));

/** A path in an archive that does no harm on any system. */
function expectHarmless(entry: string): void {
  for (const name of entry.split("/")) {
    expect(name).not.toMatch(/[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u);
    expect(name).not.toMatch(/[\\:*?"<>|]/);
    expect(name).not.toMatch(/^\s|[\s.]$/);
    expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
    expect(name).not.toBe("");
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  }
}

test("a folder of 2,000 small files arrives whole @once", async ({ person, engines, folder }) => {
  test.slow();
  const names = Array.from({ length: 2000 }, (_, n) => `${n % 40}/note-${n}.txt`);
  const isFlat = engines.sharer === "firefox"; // Which takes no folder from Playwright.
  const sizes = names.map((name, n): [string, number] => [isFlat ? path.basename(name) : name, n]);
  const notes = path.join(folder, "notes");
  const hashes = await tree(notes, Object.fromEntries(sizes));
  const sharer = await person(engines.sharer);
  await sharer.goto("/");
  const [input, chosen] = isFlat
    ? ["file-input", [...hashes.keys()].map((name) => path.join(notes, name))]
    : ["folder-input", notes];
  await sharer.getByTestId(input).setInputFiles(chosen);
  await waitPhase(sharer, "sharing");

  const leecher = await person(engines.leecher, { disk: true });
  await openShare(leecher, await shareLink(sharer));
  await expect(leecher.getByText("2,000 files").first()).toBeVisible();
  const entries = await entriesOf((await download(leecher, 120_000)).path);
  const top = isFlat ? "" : "notes/";
  expect(entries).toEqual(new Map([...hashes].map(([name, sha256]) => [top + name, sha256])));
});
