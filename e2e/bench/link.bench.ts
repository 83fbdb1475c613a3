/**
 * How long from choosing a file to a link that can be sent, and how far hashing is by then. Small
 * and large files take turns.
 */
import path from "node:path";
import { sparseFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { figure } from "../transfer.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { machine, writeSection } from "./report.ts";
import { leave } from "./round.ts";
import { engines, LINK_RUNS } from "./settings.ts";
import { offerByShoal } from "./shoal-contender.ts";

const SIZES = { "1 MB": 1e6, "100 MB": 1e8, "10 GB": 1e10 };

for (const engine of engines()) {
  test(`time to link in ${engine}`, async ({ person, folder }) => {
    const measured = new Map<string, number[]>();
    for (const [name, size] of Object.entries(SIZES)) {
      await sparseFile(path.join(folder, name), size);
      measured.set(name, []);
    }
    const where = machine(await person(engine, { disk: true }));
    for (let run = 0; run < LINK_RUNS; run++) {
      for (const [name, times] of measured) {
        const page = await person(engine, { disk: true });
        await page.goto("/");
        const { linkMs } = await offerByShoal(page, path.join(folder, name));
        if (linkMs !== null) times.push(linkMs);
        if (name === "10 GB") expect(await figure(page, "data-hashed-bytes")).toBeLessThan(1e10);
        await leave([page]);
      }
    }
    const rows = [...measured].map(([name, times]) => [name, spreadText(spreadOf(times), 0)]);
    const table = markdownTable([`File chosen to link, ${engine}`, "ms"], rows);
    await writeSection(`link-${engine}`, `${where}. ${LINK_RUNS} rounds.\n\n${table}`);
  });
}
