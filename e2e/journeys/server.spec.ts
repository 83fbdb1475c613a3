/** What the server learns, and what one that cheats can do: introduce, or not; no more. */
import type { Page } from "@playwright/test";
import path from "node:path";
import { randomFile } from "../files.ts";
import { expect, test as base } from "../fixtures.ts";
import { startMiddle } from "../middle.ts";
import type { Middle } from "../middle.ts";
import { saved, shareLink, transfer, waitPhase } from "../transfer.ts";

const test = base.extend<{ middle: Middle }>({
  middle: async ({ server, complaints }, use) => {
    const middle = await startMiddle(server.url);
    await use(middle);
    // Pages are still open, and look for the server again while it goes.
    complaints.allow(/WebSocket connection to/, /can.t establish a connection/);
    await middle.stop();
  },
});

async function share(page: Page, url: string, file: string): Promise<string> {
  await page.goto(url);
  await page.getByTestId("file-input").setInputFiles(file);
  await waitPhase(page, "sharing");
  return shareLink(page);
}

/** A signal event as Socket.IO writes it: `42["signal",{...}]`, with an id before the bracket. */
const SIGNAL = /^(42\d*)(\["signal",.*)$/s;

/** The text with its bytes' hex and base64 forms: whatever the server could have been told. */
function formsOf(secret: Buffer): string[] {
  return [secret.toString("latin1"), secret.toString("hex"), secret.toString("base64url")];
}

test("the server sees no name, no key, no content and no SDP @cross", async ({
  person,
  engines,
  folder,
  middle,
}) => {
  const name = "Kontoauszug-2026-März.pdf";
  const sha256 = await randomFile(path.join(folder, name), 300_000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, middle.url, path.join(folder, name));
  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await waitPhase(leecher, "ready");
  const copy = await saved(leecher, () => leecher.getByTestId("download").click());
  expect(copy.sha256).toBe(sha256);

  // The record is no empty one: both pages and their signals went through.
  const all = middle.recorded.join("\n");
  expect(middle.recorded.filter((message) => SIGNAL.test(message)).length).toBeGreaterThan(3);
  expect(all).toContain("GET / ");
  expect(all).toContain('"swarm"');

  const fragment = link.slice(link.indexOf("#") + 1);
  const publicKey = Buffer.from(fragment, "base64url").subarray(2, 34);
  const secrets = [
    fragment,
    ...formsOf(publicKey),
    ...formsOf(Buffer.from(name)),
    ...formsOf(Buffer.from("Kontoauszug")),
    sha256,
    "fingerprint",
    "a=ice",
    "ice-ufrag",
    "candidate:",
    "IN IP4",
    ".local",
  ];
  // Also inside whatever is base64url: bodies are opened and searched as bytes.
  const decoded = (all.match(/[\w-]{16,}/g) ?? []).map((text) =>
    Buffer.from(text, "base64url").toString("latin1"),
  );
  const haystack = `${all}\n${decoded.join("\n")}`;
  for (const secret of secrets) expect(haystack.includes(secret), secret).toBe(false);
});

test("a server that alters signals brings nobody together, and harms nothing @soak", async ({
  person,
  engines,
  folder,
  middle,
}) => {
  await randomFile(path.join(folder, "a.bin"), 1000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, middle.url, path.join(folder, "a.bin"));
  let altered = 0;
  middle.change = (message, direction) => {
    const signal = direction === "to-peer" ? SIGNAL.exec(message) : null;
    if (signal === null) return [message];
    altered++;
    // One letter within the sealed part.
    return [
      message.replace(
        /("body":"[\w-]{200})(.)/,
        (_, head: string, letter: string) => head + (letter === "A" ? "B" : "A"),
      ),
    ];
  };
  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await expect.poll(() => altered).toBeGreaterThan(1);
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "0");
  // Left alone again, the server introduces them after all.
  middle.change = (message) => [message];
  await waitPhase(leecher, "ready", 60_000);
});

test("a server that replays signals achieves nothing by it @once", async ({
  person,
  engines,
  folder,
  middle,
}) => {
  const sha256 = await randomFile(path.join(folder, "a.bin"), 200_000);
  const sharer = await person(engines.sharer);
  const link = await share(sharer, middle.url, path.join(folder, "a.bin"));
  const seen: string[] = [];
  middle.change = (message, direction) => {
    if (direction === "to-server" || !SIGNAL.test(message)) return [message];
    seen.push(message);
    return [message, message, ...seen];
  };
  const leecher = await person(engines.leecher);
  await leecher.goto(link);
  await waitPhase(leecher, "ready");
  const copy = await saved(leecher, () => leecher.getByTestId("download").click());
  expect(copy.sha256).toBe(sha256);
  expect(seen.length).toBeGreaterThan(1);
  await expect(transfer(leecher)).toHaveAttribute("data-peers", "1");
  await expect(transfer(sharer)).toHaveAttribute("data-peers", "1");
});
