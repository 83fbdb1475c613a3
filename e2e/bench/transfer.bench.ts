/** One to one: a raw data channel, Shoal and WebTorrent take turns. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { compare, player } from "./comparison.ts";
import { spreadText } from "./figures.ts";
import { test } from "./fixtures.ts";
import { costMeasures, promptness } from "./measures.ts";
import { rawChannel } from "./raw-channel.ts";
import { machine } from "./report.ts";
import type { Turn } from "./round.ts";
import { ratioOver, speedOf } from "./rounds.ts";
import type { Round } from "./rounds.ts";
import { engines, MB, TRANSFER_BYTES as SIZE } from "./settings.ts";
import { shoal } from "./shoal-contender.ts";
import { webTorrent } from "./webtorrent-contender.ts";

const speed = (turn: Turn): number => speedOf(turn, SIZE);
const cpu = ({ cost }: Turn): number => cost.cpuSeconds;
const cpuInAll = (turn: Turn): number => cpu(turn) + turn.offerCpuSeconds;

for (const engine of engines()) {
  test(`one to one in ${engine}`, async ({ person, folder, served }) => {
    const file = path.join(folder, "film.bin");
    await randomFile(file, SIZE);
    const task = {
      person: () => person(engine, { disk: true, savesNothing: true }),
      file,
      leecherCount: 1,
    };
    const raw = player(rawChannel(SIZE), task);
    const ours = player(shoal(SIZE), task);
    const theirs = player(webTorrent(served, SIZE), task);
    const players = [raw, ours, theirs];
    const ratio = (
      rounds: readonly Round[],
      other: string,
      measure: (turn: Turn) => number,
    ): string => spreadText(ratioOver(rounds, [ours.name, other], measure), 2);
    await compare({
      name: `transfer-${engine}`,
      title: `One to one, ${SIZE / MB} MB, ${engine}`,
      engine,
      where: machine(await person(engine, { disk: true })),
      players,
      raw: { player: raw, totalBytes: SIZE },
      columns: players.map(({ name }) => name),
      measures: [
        { label: "MB/s", of: speed, digits: 1, better: "more" },
        ...costMeasures(SIZE),
        ...promptness(),
      ],
      conclusion: (rounds) =>
        [
          `Shoal's speed is ${ratio(rounds, raw.name, speed)} of the raw channel's`,
          `its CPU time ${ratio(rounds, raw.name, cpu)} of it, and ${ratio(rounds, raw.name, cpuInAll)} with what making the link takes`,
          `and its speed ${ratio(rounds, theirs.name, speed)} of WebTorrent's, round by round.`,
        ].join(", "),
    });
  });
}
