/** One to several at once: Shoal and WebTorrent take turns; a raw channel tells what the machine does. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { compare, player } from "./comparison.ts";
import { spreadText } from "./figures.ts";
import { test } from "./fixtures.ts";
import { costMeasures, promptness } from "./measures.ts";
import { rawChannel } from "./raw-channel.ts";
import { machine } from "./report.ts";
import type { Turn } from "./round.ts";
import { ratioOver } from "./rounds.ts";
import { CONTROL_BYTES, engines, LEECHER_COUNT, MB, SWARM_BYTES as SIZE } from "./settings.ts";
import { shoal } from "./shoal-contender.ts";
import { webTorrent } from "./webtorrent-contender.ts";

const seconds = (turn: Turn): number => Math.max(...turn.seconds);

for (const engine of engines()) {
  test(`one to ${LEECHER_COUNT} in ${engine}`, async ({ person, folder, served }) => {
    const file = path.join(folder, "film.bin");
    await randomFile(file, SIZE);
    const one = {
      person: () => person(engine, { disk: true, savesNothing: true }),
      file,
      leecherCount: 1,
    };
    const crowd = { ...one, leecherCount: LEECHER_COUNT };
    const raw = player(rawChannel(CONTROL_BYTES), one);
    const ours = player(shoal(SIZE), crowd);
    const theirs = player(webTorrent(served, SIZE), crowd);
    await compare({
      name: `swarm-${engine}`,
      title: `One to ${LEECHER_COUNT}, ${SIZE / MB} MB, ${engine}`,
      engine,
      where: machine(await person(engine, { disk: true })),
      players: [raw, ours, theirs],
      raw: { player: raw, totalBytes: CONTROL_BYTES },
      columns: [ours.name, theirs.name],
      measures: [
        { label: "until all have it, s", of: seconds, digits: 1, better: "less" },
        { label: "until one has it, s", of: (turn) => Math.min(...turn.seconds), digits: 1 },
        {
          label: "sharer's upload, x the file",
          of: ({ sentBytes }) => (sentBytes === null ? null : sentBytes / SIZE),
          digits: 2,
          better: "less",
        },
        ...costMeasures(SIZE * LEECHER_COUNT),
        ...promptness(),
      ],
      conclusion: (rounds) => {
        const ratio = ratioOver(rounds, [ours.name, theirs.name], seconds);
        return `Shoal takes ${spreadText(ratio, 2)} of WebTorrent's time, round by round. Per GB is per GB delivered.`;
      },
    });
  });
}
