/** The network lost and found, and machines that slept: peers find each other again by themselves. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, profileOf, test } from "../fixtures.ts";
import { Network } from "../network.ts";
import type { Place } from "../network.ts";
import { sleep } from "../processes.ts";
import { openShare, pressDownload, pressSave, share } from "../steps.ts";
import { figure, transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** Too much to be through before it is cut. */
const SIZE = 200 * MB;

/** Lost for so long at least: until both ends have noticed, and in the long runs a minute. */
const SHORT = { title: " @soak", ms: 0 };
const LONG = { title: " for a minute @soak", ms: 60_000 };

/** Waits so long: here the time itself is what is tried. */
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Both know each other and data flows, until a fifth is there. */
async function waitBegun(leecher: Page): Promise<void> {
  const begun = { timeout: 60_000, intervals: [100] };
  await expect.poll(() => figure(leecher, "data-verified-bytes"), begun).toBeGreaterThan(SIZE / 5);
}

async function waitAlone(page: Page): Promise<void> {
  await expect(transfer(page)).toHaveAttribute("data-peers", "0", { timeout: 60_000 });
}

/** It goes on where it was, and nobody presses anything. */
async function waitWhole(leecher: Page, sha256: string): Promise<void> {
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "1", { timeout: 45_000 });
  await waitPhase(leecher, "done", 180_000);
  expect(await pressSave(leecher)).toMatchObject({ sha256 });
  // What was under way when it was lost comes again, and no more.
  expect(await figure(leecher, "data-received-bytes")).toBeLessThan(SIZE + 20 * MB);
}

type Cut = (network: Network, leecher: Place, isCut: boolean) => Promise<void>;

const CUTS: { what: string; lengths: (typeof SHORT)[]; cut: Cut }[] = [
  {
    what: "the network of one who downloads is lost",
    lengths: [SHORT, LONG],
    cut: (network, leecher, isCut) => (isCut ? network.cut(leecher) : network.mend(leecher)),
  },
  {
    what: "peers no longer reach each other, but the server",
    lengths: [LONG],
    cut: (network, _leecher, isCut) => network.isolate(isCut),
  },
];

for (const { what, lengths, cut } of CUTS) {
  for (const { title, ms } of lengths) {
    test(`${what}${title}, and the download goes on when it is back`, async ({
      person,
      engines,
      folder,
      complaints,
    }) => {
      test.skip(!Network.isPossible(), "networks are made by root, with iproute2");
      test.skip(engines.leecher !== "chromium", "Firefox is driven over the network that is cut");
      test.setTimeout(ms + 360_000);
      complaints.allow(/WebSocket|ws:/);
      const file = path.join(folder, "film.bin");
      const sha256 = await randomFile(file, SIZE);
      const network = await Network.make();
      try {
        const { url } = await network.server();
        const args = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
        const places = [await network.place(), await network.place()] as const;
        const sharer = await person("chromium", { place: places[0], args });
        const link = await share(sharer, file, url);
        const leecher = await person("chromium", { place: places[1], args });
        await openShare(leecher, link);
        await pressDownload(leecher);
        await waitBegun(leecher);
        await cut(network, places[1], true);
        await Promise.all([pass(ms), waitAlone(sharer), waitAlone(leecher)]);
        await waitPhase(leecher, "waiting");
        await cut(network, places[1], false);
        await waitWhole(leecher, sha256);
      } finally {
        await network.remove();
      }
    });
  }
}

test(`a machine that sleeps in the middle${LONG.title} goes on when it wakes`, async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  test.setTimeout(LONG.ms + 360_000);
  complaints.allow(/WebSocket|ws:/);
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, SIZE);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  const leecher = await person(engines.leecher, { disk: true });
  await openShare(leecher, link);
  await pressDownload(leecher);
  await waitBegun(leecher);
  const profile = profileOf(leecher);
  await sleep(profile, true);
  try {
    await Promise.all([pass(LONG.ms), waitAlone(sharer)]);
  } finally {
    await sleep(profile, false);
  }
  await waitWhole(leecher, sha256);
});
