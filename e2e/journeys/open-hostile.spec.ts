/** A stranger's files on the share's page: whatever they hold, nothing of it runs. */
import type { Page } from "@playwright/test";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "../fixtures.ts";
import { answerOf, closeViewer, INERT, openFile, test, viewer } from "../opened.ts";
import { openShare, share } from "../steps.ts";

const CANARY = "new BroadcastChannel('canary').postMessage('sang')";
const HTML = `<!doctype html><title>evil</title><body onload="${CANARY}"><script>${CANARY}</script>`;
const SVG =
  `<svg xmlns="http://www.w3.org/2000/svg" onload="${CANARY}">` +
  `<script>${CANARY}</script></svg>`;
/** A script, a page, and by its first bytes a picture. */
const POLYGLOT = `GIF89a=0;${CANARY}//${HTML}`;

const TEXT = "text/plain; charset=utf-8";

/** Files by name, and the type that their answers have. */
const OPENED = {
  "page.html": [HTML, TEXT],
  "drawing.svg": [SVG, TEXT],
  "script.js": [CANARY, TEXT],
  "note.txt": [HTML, TEXT],
  "cat.gif": [POLYGLOT, "image/gif"],
} as const;

/** Not what their names say. */
const REFUSED = {
  "photo.png": SVG,
  "photo.jpg": HTML,
  "film.mp4": HTML,
  "paper.pdf": HTML,
} as const;

/** How often a script of a stranger's has run, in any page of this one's browser. */
async function listen(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const heard = { count: 0 };
    Object.assign(window, { heard });
    new BroadcastChannel("canary").addEventListener("message", () => heard.count++);
  });
  return () => page.evaluate(() => (window as unknown as { heard: { count: number } }).heard.count);
}

test("hostile files are shown inert, in the page and in a tab of their own", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  test.slow(); // Thirty pages and answers, one after the other.
  // Browsers say what they refuse to run.
  complaints.allow(/MIME type|status of 40[34]|Loading failed for|NS_ERROR_CORRUPTED|disallowed/);
  complaints.allow(/Blocked script execution|sandboxed|policy violated|violates the following/);
  const contents = Object.entries(OPENED).map(([name, [content]]) => [name, content] as const);
  const names = [...contents, ...Object.entries(REFUSED)];
  for (const [name, content] of names) await writeFile(path.join(folder, name), content);
  const files = names.map(([name]) => path.join(folder, name));
  const link = await share(await person(engines.sharer), files);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  const sung = await listen(leecher);

  // The canary sings where it may.
  const free = await leecher.context().newPage();
  await free.route("**/free.html", (route) =>
    route.fulfill({ contentType: "text/html", body: `<script>${CANARY}</script>` }),
  );
  await free.goto("/free.html");
  await expect.poll(sung).toBe(1);
  await free.close();

  for (const [name, [content, type]] of Object.entries(OPENED)) {
    const asked = leecher.waitForRequest((request) => request.url().includes("/stream/"));
    await leecher.getByRole("button", { name: `Open ${name}` }).click();
    const url = (await asked).url();
    if (type === TEXT) {
      await expect(viewer(leecher).locator("pre")).toHaveText(content, { useInnerText: true });
    }
    const { status, headers } = await answerOf(leecher, url);
    expect({ status, headers }).toMatchObject({
      status: 200,
      headers: { ...INERT, "content-type": type },
    });
    expect(await runAsScript(leecher, url), `${name} as a script`).toEqual(["error", "error"]);

    const tab = await leecher.context().newPage();
    await tab.goto(url);
    if (type === TEXT)
      await expect(tab.locator("body")).toHaveText(content, { useInnerText: true });
    expect(await tab.title()).not.toBe("evil");
    await tab.close();
    await closeViewer(leecher);
  }

  for (const name of Object.keys(REFUSED)) {
    await leecher.getByRole("button", { name: `Open ${name}` }).click();
    await expect(viewer(leecher).getByRole("alert")).toContainText("isn’t what its name says");
    await closeViewer(leecher);
  }
  expect(await sung()).toBe(1);
});

/** What becomes of a script element, and of a worker, of this address. */
function runAsScript(page: Page, url: string): Promise<string[]> {
  return page.evaluate(
    (src) =>
      Promise.all([
        new Promise<string>((resolve) => {
          const script = document.createElement("script");
          script.src = src;
          script.addEventListener("load", () => resolve("load"));
          script.addEventListener("error", () => resolve("error"));
          document.head.append(script);
        }),
        new Promise<string>((resolve) => {
          const worker = new Worker(src);
          worker.addEventListener("error", () => resolve("error"));
          worker.addEventListener("message", () => resolve("message"));
        }),
      ]),
    url,
  );
}

test("a stream's path says nothing to who doesn't know it, or knows it too late @once", async ({
  person,
  engines,
  folder,
  complaints,
}) => {
  complaints.allow(/status of 404/);
  const file = path.join(folder, "a.txt");
  await writeFile(file, "hello");
  await writeFile(path.join(folder, "b.txt"), "hello");
  const link = await share(await person(engines.sharer), [file, path.join(folder, "b.txt")]);
  const leecher = await person(engines.leecher);
  await openShare(leecher, link);
  const asked = leecher.waitForRequest((request) => request.url().includes("/stream/"));
  await openFile(leecher, "a.txt");
  const url = (await asked).url();
  const guess = url.replace(/stream\/.{22}/, `stream/${"A".repeat(22)}`);
  expect((await answerOf(leecher, guess)).status).toBe(404);
  expect((await answerOf(leecher, url)).status).toBe(200);
  await closeViewer(leecher);
  expect((await answerOf(leecher, url)).status).toBe(404);
});
