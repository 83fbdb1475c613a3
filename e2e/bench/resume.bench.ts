/** A large download whose browser is killed half-way, again and again: how soon it goes on. */
import path from "node:path";
import type { Page } from "@playwright/test";
import { randomFile } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import { killAllOf } from "../processes.ts";
import { openShare, pressDownload, pressSave, share } from "../steps.ts";
import { figure, waitPhase } from "../transfer.ts";
import { limitMs } from "./contender.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { machine, writeSection } from "./report.ts";
import { engines, MB, RESUME_BYTES as SIZE, RUNS } from "./settings.ts";

/** Something that was killed, and came again. */
interface Resumed {
  /** From the load of the page until it has pieces and new ones come. */
  readonly seconds: number;
  /** Verified bytes that the page showed before, and no longer had. */
  readonly lostBytes: number;
}

/** What the page shows, inside of it, once it has pieces and bytes come in; false until then. */
function goesOn(): { seconds: number; verifiedBytes: number } | false {
  const transfer = document.querySelector('[data-testid="transfer"]');
  const shown = (name: string): number => Number(transfer?.getAttribute(name) ?? 0);
  const verifiedBytes = shown("data-verified-bytes");
  const isOn = transfer?.getAttribute("data-phase") === "downloading";
  if (!isOn || verifiedBytes === 0 || shown("data-received-bytes") === 0) return false;
  return { seconds: performance.now() / 1000, verifiedBytes };
}

async function resumed(to: Page, link: string, heldBytes: number): Promise<Resumed> {
  await to.goto(link, { waitUntil: "commit" });
  const shown = await to.waitForFunction(goesOn, undefined, { polling: 20, timeout: 60_000 });
  const value = await shown.jsonValue();
  if (value === false) throw new Error("waited for");
  return { seconds: value.seconds, lostBytes: Math.max(0, heldBytes - value.verifiedBytes) };
}

for (const engine of engines("chromium")) {
  test(`resuming after a kill in ${engine}`, async ({ person, folder }) => {
    const file = path.join(folder, "film.bin");
    const sha256 = await randomFile(file, SIZE);
    const from = await person(engine, { disk: true });
    const where = machine(from);
    const link = await share(from, file);
    let to = await person(engine, { disk: true });
    const profile = profileOf(to);
    await openShare(to, link);
    await pressDownload(to);
    await expect
      .poll(() => figure(to, "data-verified-bytes"), { timeout: limitMs(SIZE) })
      .toBeGreaterThan(SIZE / 2);

    const all: Resumed[] = [];
    for (let run = 0; run < RUNS; run++) {
      const heldBytes = await figure(to, "data-verified-bytes");
      await killAllOf(profile);
      to = await person(engine, { profile });
      all.push(await resumed(to, link, heldBytes));
    }
    await waitPhase(to, "done", limitMs(SIZE));
    expect(await pressSave(to)).toMatchObject({ sha256 });

    const seconds = spreadOf(all.map((one) => one.seconds));
    const lostMb = spreadOf(all.map(({ lostBytes }) => lostBytes / MB));
    const title = `Killed from half-way on, ${SIZE / MB} MB, ${engine}`;
    const rows = [
      ["page's load until it goes on, s", spreadText(seconds, 2)],
      ["verified before, and fetched again, MB", spreadText(lostMb, 1)],
    ];
    const body = [
      `${where}. ${all.length} kills in one download, which then ended, was saved, and its SHA-256 compared.`,
      markdownTable([title, "Shoal"], rows),
    ];
    await writeSection(`resume-${engine}`, body.join("\n\n"));
  });
}
