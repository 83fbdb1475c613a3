/** What measurements are given besides what journeys are: WebTorrent, installed and served. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test as base } from "../fixtures.ts";
import { startWebTorrent } from "./webtorrent.ts";
import type { WebTorrent } from "./webtorrent.ts";

export const test = base.extend<object, { served: WebTorrent }>({
  served: [
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), "shoal-bench-"));
      try {
        const served = await startWebTorrent(folder);
        await use(served);
        await served.stop();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: "worker" },
  ],
});
