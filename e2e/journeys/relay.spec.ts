/** Peers who cannot reach each other: a relay brings them together, and where there is none it is said. */
import type { Page } from "@playwright/test";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { credentialsUntil, startCoturn, TURN_SECRET, turnUrl } from "../coturn.ts";
import type { Transport } from "../coturn.ts";
import { randomFile } from "../files.ts";
import { expect, test } from "../fixtures.ts";
import { Network, SERVER_ADDRESS } from "../network.ts";
import { openShare, pressDownload, pressSave, share } from "../steps.ts";
import { transfer, waitPhase } from "../transfer.ts";

const MB = 1_000_000;
const METRICS_PORT = "9100";

/** Fetches an address from within the network. */
async function fetched(network: Network, url: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}).then((r) => r.text()).then((t) => console.log(t))`;
  const [program, ...args] = [...network.atSwitch, process.execPath, "-e", script];
  return (await promisify(execFile)(program, args)).stdout;
}

/** The kinds of candidates that the page's browser gathers with a TURN server. */
function gather(page: Page, server: RTCIceServer): Promise<string[]> {
  return page.evaluate(async (iceServer) => {
    const connection = new RTCPeerConnection({ iceServers: [iceServer] });
    const kinds: string[] = [];
    connection.createDataChannel("any");
    await connection.setLocalDescription();
    await new Promise<void>((resolve) => {
      connection.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate === null) resolve();
        else kinds.push(candidate.type ?? "");
      });
    });
    connection.close();
    return kinds;
  }, server);
}

for (const [transport, when] of [
  ["udp", "@once"],
  ["tcp", "@soak"],
] satisfies [Transport, string][]) {
  test(`peers who cannot reach each other trade through a relay, by ${transport} ${when}`, async ({
    person,
    folder,
    complaints,
  }) => {
    test.skip(!Network.isPossible(), "networks are made by root, with iproute2");
    complaints.allow(/WebSocket|ws:/); // Pages look for the server while it goes.
    const file = path.join(folder, "film.bin");
    const sha256 = await randomFile(file, 5 * MB);
    const network = await Network.make();
    const turn = turnUrl(SERVER_ADDRESS, transport);
    let end = async (): Promise<void> => undefined;
    try {
      end = await startCoturn(SERVER_ADDRESS, transport, folder, network.atSwitch);
      const { url } = await network.server({
        METRICS_PORT,
        METRICS_HOST: SERVER_ADDRESS,
        TURN_URLS: turn,
        TURN_SECRET,
      });
      const args = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
      const places = [await network.place(), await network.place()] as const;
      await network.isolate(true);
      expect(await fetched(network, `${url}/ready`)).toBe("ready\n");

      const sharer = await person("chromium", { place: places[0], args });
      const link = await share(sharer, file, url);
      const leecher = await person("chromium", { place: places[1], args });
      await openShare(leecher, link);
      await pressDownload(leecher);
      await waitPhase(leecher, "done", 60_000);
      expect(await pressSave(leecher)).toMatchObject({ sha256 });

      // Who dialled says so with its next announce, as one who has the files now.
      const metrics = `http://${SERVER_ADDRESS}:${METRICS_PORT}/metrics`;
      const told = () => fetched(network, metrics);
      await expect.poll(told).toContain('shoal_dials_total{end="relayed"} 1');
      expect(await told()).not.toMatch(/shoal_dials_total\{end="(direct|failed)"\} [1-9]/);

      const nowSec = Math.floor(Date.now() / 1000);
      const server = (expirySec: number) => ({ urls: turn, ...credentialsUntil(expirySec) });
      expect(await gather(leecher, server(nowSec + 600))).toContain("relay");
      expect(await gather(leecher, server(nowSec - 600))).not.toContain("relay");
    } finally {
      await end();
      await network.remove();
    }
  });
}

/** The people on a page who are reached in this way. */
const reached = (page: Page, way: "direct" | "relayed") =>
  page.getByRole("listitem").filter({ hasText: way });

/** Keeps what the page's connections are told of where others are. */
function recordHeard(): void {
  const heard: string[] = [];
  class Recording extends RTCPeerConnection {
    override addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      heard.push(candidate?.candidate ?? "");
      return super.addIceCandidate(candidate);
    }
    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      heard.push(...(description.sdp ?? "").split("\r\n"));
      return super.setRemoteDescription(description);
    }
  }
  Object.assign(window, { heard, RTCPeerConnection: Recording });
}

const heardBy = (page: Page) => page.evaluate(() => Reflect.get(window, "heard") as string[]);

test("who hides their address is reached through the relay alone, from the first moment @once", async ({
  person,
  folder,
  complaints,
}) => {
  test.skip(!Network.isPossible(), "networks are made by root, with iproute2");
  complaints.allow(/WebSocket|ws:/); // Pages look for the server while it goes.
  const file = path.join(folder, "film.bin");
  const sha256 = await randomFile(file, 5 * MB);
  const network = await Network.make();
  let end = async (): Promise<void> => undefined;
  try {
    end = await startCoturn(SERVER_ADDRESS, "udp", folder, network.atSwitch);
    const turn = turnUrl(SERVER_ADDRESS, "udp");
    const { url } = await network.server({ TURN_URLS: turn, TURN_SECRET });
    const args = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
    const open = async () => person("chromium", { place: await network.place(), args });

    const sharer = await open(); // At 10.0.0.2.
    await sharer.addInitScript(recordHeard);
    const link = await share(sharer, file, url);
    const hidden = await open(); // At 10.0.0.3.
    await hidden.goto(url);
    await hidden.getByLabel("Hide my address").check();
    await openShare(hidden, link);
    await expect(hidden.getByLabel("Hide my address")).toBeChecked();
    await expect(reached(hidden, "relayed")).toHaveCount(1);
    await expect(reached(sharer, "relayed")).toHaveCount(1);
    await pressDownload(hidden);
    await waitPhase(hidden, "done");
    expect(await pressSave(hidden)).toMatchObject({ sha256 });

    const heard = await heardBy(sharer);
    const candidates = heard.filter((line) => line.includes("candidate:"));
    expect(candidates.length).toBeGreaterThan(0);
    for (const candidate of candidates) {
      expect(candidate).toContain(` ${SERVER_ADDRESS} `);
      expect(candidate).toMatch(/ typ relay raddr 0\.0\.0\.0 rport 0( |$)/);
    }
    expect(heard.join("\n")).not.toMatch(/10\.0\.0\.3|\.local|srflx/);

    // Others go on reaching each other directly, until they hide as well.
    const third = await open();
    await openShare(third, link);
    await expect(reached(third, "direct")).toHaveCount(1);
    await expect(reached(third, "relayed")).toHaveCount(1);
    await third.getByLabel("Hide my address").check();
    await expect(reached(third, "relayed")).toHaveCount(2, { timeout: 20_000 });
    await expect(reached(sharer, "relayed")).toHaveCount(2);
    await expect(reached(sharer, "direct")).toHaveCount(0);
  } finally {
    await end();
    await network.remove();
  }
});

test("without a relay it is said, and who hides their address reaches nobody @once", async ({
  person,
  engines,
  folder,
}) => {
  const file = path.join(folder, "a.bin");
  await randomFile(file, 1000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, file);
  await expect(sharer.getByText("This server has no relay: only")).toBeVisible();
  await expect(sharer.getByLabel("Hide my address")).toBeDisabled();
  const leecher = await person(engines.leecher);
  await leecher.goto("/");
  await leecher.getByLabel("Hide my address").check();
  await leecher.goto(link);
  await waitPhase(leecher, "waiting");
  await expect(leecher.getByText("so nobody is connected")).toBeVisible();
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "0");
  await expect(transfer(sharer)).toHaveAttribute("data-peers", "0");
  await leecher.getByLabel("Hide my address").uncheck();
  await waitPhase(leecher, "ready");
  await expect(leecher.getByText("This server has no relay: only")).toBeVisible();
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "1");
});
