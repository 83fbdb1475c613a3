/** Memory of files of several sizes, from one to one until they are saved and compared. */
import path from "node:path";
import type { Page } from "@playwright/test";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { saved } from "../transfer.ts";
import { compare } from "./comparison.ts";
import { limitMs } from "./contender.ts";
import type { Fetched } from "./contender.ts";
import { spreadText } from "./figures.ts";
import { Meter } from "./meter.ts";
import type { PageCost } from "./meter.ts";
import { machine } from "./report.ts";
import { leave } from "./round.ts";
import type { Turn } from "./round.ts";
import { ratioOver } from "./rounds.ts";
import type { Measure } from "./rounds.ts";
import { engines, MB, MEMORY_BYTES } from "./settings.ts";
import { shoal } from "./shoal-contender.ts";

/** A file that is shared. */
interface Shared {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Shares the file, downloads it, and lets the browser save it; memory is watched all the while. */
async function passOn(person: () => Promise<Page>, file: Shared): Promise<Turn> {
  const [from, to] = [await person(), await person()];
  const contender = shoal(file.size);
  for (const page of [from, to]) await page.goto(contender.home);
  // From here on, since hashing takes memory, too.
  const meter = await Meter.start([from, to]);
  const offer = await contender.offer(from, file.path);
  await contender.open(to, from, offer);
  let fetched: Fetched | undefined;
  const press = async (): Promise<void> => {
    fetched = await contender.fetch(to, from, offer);
  };
  const { size, sha256 } = await saved(to, press, limitMs(file.size));
  const cost = await meter.stop();
  expect({ size, sha256 }).toEqual({ size: file.size, sha256: file.sha256 });
  await leave([from, to]);
  return {
    linkMs: offer.linkMs,
    offerCpuSeconds: 0,
    seconds: [fetched?.seconds ?? 0],
    firstPieceMs: null,
    cost,
    sentBytes: null,
  };
}

/** What a line takes of one end's memory, in MB. */
function memory(
  who: "sharer" | "leecher",
  label: string,
  of: (cost: PageCost) => number | null,
): Measure {
  const take = ({ cost }: Turn): number | null => {
    const page = cost.pages[who === "sharer" ? 0 : 1];
    const bytes = page === undefined ? null : of(page);
    return bytes === null ? null : bytes / MB;
  };
  return { label: `${who}'s ${label} at most, MB`, of: take, digits: 1, better: "less" };
}

const MEASURES: readonly Measure[] = [
  memory("sharer", "heap", ({ heapBytes }) => heapBytes),
  memory("leecher", "heap", ({ heapBytes }) => heapBytes),
  memory("sharer", "renderers", ({ residentBytes }) => residentBytes),
  memory("leecher", "renderers", ({ residentBytes }) => residentBytes),
  { label: "until it was there, s", of: ({ seconds }) => seconds[0] ?? null, digits: 1 },
  { label: "file chosen to link, ms", of: ({ linkMs }) => linkMs, digits: 0 },
];

for (const engine of engines("chromium")) {
  test(`memory in ${engine}`, async ({ person, folder }) => {
    const files: Shared[] = [];
    for (const size of MEMORY_BYTES) {
      const name = `${size / MB} MB`;
      const where = path.join(folder, `${name}.bin`);
      files.push({ name, path: where, size, sha256: await randomFile(where, size) });
    }
    const anybody = (): Promise<Page> => person(engine, { disk: true });
    const names = files.map(({ name }) => name);
    const [least = "", most = ""] = [names[0], names.at(-1)];
    await compare({
      name: `memory-${engine}`,
      title: `Memory, one to one, ${engine}`,
      engine,
      where: machine(await anybody()),
      players: files.map((file) => ({
        name: file.name,
        mayFail: false,
        turn: () => passOn(anybody, file),
      })),
      raw: null,
      columns: names,
      measures: MEASURES,
      conclusion: (rounds) => {
        const grown = MEASURES.slice(0, 4).map(({ label, of }) => {
          const ratio = ratioOver(rounds, [most, least], of);
          return `${label.replace(/ at most.*/, "")} ${spreadText(ratio, 2)}`;
        });
        return `Every file was saved, and its SHA-256 compared. ${most} by ${least}: ${grown.join(", ")}.`;
      },
    });
  });
}
