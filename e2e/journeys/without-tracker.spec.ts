/** No tracker any more: a swarm meets, and goes on, through those who are in it. */
import path from "node:path";
import { openDetour } from "../detour.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { startServer } from "../server.ts";
import { leaveRing, limitUpload, openShare, pressDownload, share } from "../steps.ts";
import { figure, saved, transfer } from "../transfer.ts";
import { expectNotice } from "../trouble.ts";

const MB = 1_000_000;

test("four who know one of them alone meet through it, and finish with the server dead", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|wss:|Failed to load resource/);
  const file = path.join(folder, "film.bin");
  const [size, sha256] = [8 * MB, await randomFile(file, 8 * MB)];
  const server = await startServer();
  const detours = [await openDetour(server.url), await openDetour(server.url)];
  try {
    const sharer = await person(engines.sharer);
    await leaveRing(sharer);
    const link = await share(sharer, file, server.url);
    await limitUpload(sharer, "250 kB/s");
    const leechers = [];
    const copies = [];
    for (const detour of [...detours, null]) {
      const leecher = await person(engines.leecher);
      await leaveRing(leecher);
      leechers.push(leecher);
      const hash = link.slice(link.indexOf("/#"));
      await openShare(leecher, detour === null ? link : detour.url + hash);
      copies.push(saved(leecher, () => pressDownload(leecher), 80_000));
      // The tracker forgets it: whoever comes hears of the sharer alone.
      detour?.cut();
    }
    await server.kill();
    const everyone = [sharer, ...leechers];
    for (const page of everyone) {
      await expect(transfer(page)).toHaveAttribute("data-peers", "3", { timeout: 30_000 });
    }
    for (const [index, leecher] of leechers.entries()) {
      await expectNotice(leecher, "without-server");
      const people = leecher.getByRole("region", { name: "Who is here" });
      await expect(people.getByText("met through the server")).toHaveCount(1);
      await expect(people.getByText("met through someone here")).toHaveCount(2);
      if (index === 0) expect(await figure(leecher, "data-verified-bytes")).toBeLessThan(size);
    }
    await limitUpload(sharer, "none");
    for (const copy of copies) expect(await copy).toMatchObject({ size, sha256 });
  } finally {
    await server.stop();
    for (const detour of detours) await detour.close();
  }
});
