/** One to one at a bounded speed: what keeps a main thread busy when there is time enough. */
import path from "node:path";
import type { Page } from "@playwright/test";
import { randomFile } from "../files.ts";
import { compare, player } from "./comparison.ts";
import { test } from "./fixtures.ts";
import { costMeasures } from "./measures.ts";
import { boundUplink } from "./page-meter.ts";
import { rawChannel } from "./raw-channel.ts";
import { machine } from "./report.ts";
import { speedOf } from "./rounds.ts";
import { CONTROL_BYTES, MB, PACE_BYTES_PER_SEC, PACED_BYTES as SIZE } from "./settings.ts";
import { shoal } from "./shoal-contender.ts";
import { webTorrent } from "./webtorrent-contender.ts";

test("one to one at a bounded speed in chromium", async ({ person, folder, served }) => {
  const engine = "chromium";
  const file = path.join(folder, "film.bin");
  await randomFile(file, SIZE);
  const free = { person: () => person(engine, { disk: true }), file, leecherCount: 1 };
  const bounded = { ...free, prepare: (from: Page) => boundUplink(from, PACE_BYTES_PER_SEC) };
  const control = player(rawChannel(CONTROL_BYTES), free);
  const unbounded = { ...control, name: `${control.name}, unbounded` };
  const players = [rawChannel(SIZE), shoal(SIZE), webTorrent(served, SIZE)].map((contender) =>
    player(contender, bounded),
  );
  await compare({
    name: "pace",
    title: `One to one, ${SIZE / MB} MB at ${PACE_BYTES_PER_SEC / MB} MB/s, ${engine}`,
    engine,
    where: machine(await person(engine, { disk: true })),
    players: [unbounded, ...players],
    raw: { player: unbounded, totalBytes: CONTROL_BYTES },
    columns: players.map(({ name }) => name),
    measures: [
      { label: "MB/s", of: (turn) => speedOf(turn, SIZE), digits: 1, better: "more" },
      ...costMeasures(SIZE),
    ],
    conclusion: () => "The sharer's uplink is bounded by its browser, headers included.",
  });
});
