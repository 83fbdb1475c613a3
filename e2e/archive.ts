/** What is in a ZIP that a page saved. */
import { unzipSync } from "fflate";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** @returns Each entry's SHA-256 in hex, by its path, in the archive's order. */
export async function entriesOf(zip: string): Promise<Map<string, string>> {
  const entries = unzipSync(await readFile(zip));
  return new Map(
    Object.entries(entries).map(([name, bytes]) => [
      name,
      createHash("sha256").update(bytes).digest("hex"),
    ]),
  );
}
