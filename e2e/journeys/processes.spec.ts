/** Two server processes around Redis: people of either meet, and any part may be killed. */
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startRedis } from "../redis.ts";
import { startServer } from "../server.ts";
import { openShare, pressDownload, share } from "../steps.ts";
import { figure, saved, transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
/** Too much to be through before the kill. */
const SIZE = 60 * MB;

const PARTS = ["one", "two", "redis"] as const;
type Part = (typeof PARTS)[number];

/** All at once is the hardest; part by part is for the long runs. */
const CASES: { killed: readonly Part[]; what: string; when: "@once" | "@soak" }[] = [
  { what: "the sharer’s process is killed", killed: ["one"], when: "@soak" },
  { what: "the other process is killed", killed: ["two"], when: "@soak" },
  { what: "Redis is killed and comes back empty", killed: ["redis"], when: "@soak" },
  { what: "everything is killed", killed: PARTS, when: "@once" },
  { what: "Redis forgets its scripts", killed: [], when: "@soak" },
];

for (const { what, killed, when } of CASES) {
  test(`two processes: ${what}, a transfer loses nothing, newcomers come in ${when}`, async ({
    person,
    engines,
    folder,
    complaints,
  }) => {
    complaints.allow(/WebSocket|ws:|wss:/);
    const file = path.join(folder, "film.bin");
    const sha256 = await randomFile(file, SIZE);
    const redis = await startRedis();
    const start = (port = "0") => startServer({ REDIS_URL: redis.url, PORT: port });
    const servers = { one: await start(), two: await start() };
    const restart = async (name: "one" | "two"): Promise<void> => {
      servers[name] = await start(new URL(servers[name].url).port);
    };
    try {
      const sharer = await person(engines.sharer);
      const link = await share(sharer, file, servers.one.url);
      // Under the other process's address the page dials that one.
      const there = link.replace(servers.one.url, servers.two.url);
      const leecher = await person(engines.leecher);
      await openShare(leecher, there);
      const copy = saved(leecher, () => pressDownload(leecher), 120_000);
      await expect(leecher.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow", "0");

      await Promise.all(killed.map((part) => (part === "redis" ? redis : servers[part]).kill()));
      if (killed.length === 0) await redis.forgetScripts();
      expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(SIZE);
      expect(await copy).toMatchObject({ sha256 });
      expect(await figure(leecher, "data-received-bytes")).toBe(SIZE);

      const back = [...killed].toSorted((a) => (a === "redis" ? -1 : 1));
      for (const part of back) await (part === "redis" ? redis.start() : restart(part));
      const backMs = Date.now();
      const newcomers = await Promise.all(
        [link, there].map(async (at) => {
          const page = await person(engines.leecher);
          await page.goto(at);
          return page;
        }),
      );
      for (const page of newcomers) {
        await waitPhase(page, "ready", 30_000);
        test.info().annotations.push({ type: "after", description: `${Date.now() - backMs} ms` });
      }
      // Whole again: each finds everybody, wherever they are.
      for (const page of newcomers) {
        await expect(transfer(page)).toHaveAttribute("data-peers", "3", { timeout: 60_000 });
      }
    } finally {
      await Promise.all([servers.one.stop(), servers.two.stop()]);
      await redis.kill();
    }
  });
}
