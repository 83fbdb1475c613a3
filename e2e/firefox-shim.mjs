#!/usr/bin/env node
/**
 * Stands between Playwright and a stock Firefox.
 *
 * Playwright can drive an unpatched Firefox over WebDriver BiDi (channel `moz-firefox`), but expects
 * a newer one than a distribution ships. This program is what Playwright starts in Firefox's place:
 * it starts Firefox with the same arguments, passes its BiDi socket through, and mends two things:
 *
 * 1. Playwright sends `emulation.*` commands (locale, time zone, …) that this Firefox answers with
 *    `unknown command`; Playwright then gives the page up. They are answered with an empty success:
 *    the emulation is missing, which no test here relies on.
 * 2. A download of a `blob:` URL has neither a navigation nor a download id. Playwright matches a
 *    download's end to its beginning by one of the two, and drops the event. It gets an id.
 *
 * `FIREFOX_BIN` names the browser. Playwright's own Firefox build needs none of this.
 */
import { spawn } from "node:child_process";
import { WebSocket, WebSocketServer } from "ws";

const ANNOUNCEMENT = /WebDriver BiDi listening on ws:\/\/127\.0\.0\.1:(\d+)/;

/** The largest message: a screenshot or a trace's resource, in base64. */
const MESSAGE_BYTES = 1 << 30;

const browser = spawn(process.env["FIREFOX_BIN"] ?? "firefox", process.argv.slice(2), {
  stdio: ["inherit", "inherit", "pipe"],
});
browser.on("error", (error) => {
  process.stderr.write(`firefox-shim: ${error.message}\n`);
  process.exit(1);
});
browser.on("exit", (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"])) {
  process.on(signal, () => browser.kill(signal));
}

let pendingLine = "";
browser.stderr.setEncoding("utf8");
browser.stderr.on("data", (/** @type {string} */ text) => {
  const lines = (pendingLine + text).split("\n");
  pendingLine = lines.pop() ?? "";
  for (const line of lines) {
    const port = ANNOUNCEMENT.exec(line)?.[1];
    if (port === undefined) process.stderr.write(`${line}\n`);
    else serve(Number(port));
  }
});

/**
 * Listens where Playwright is told that the browser does.
 *
 * @param {number} browserPort The port on which the browser listens.
 */
function serve(browserPort) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload: MESSAGE_BYTES });
  server.on("listening", () => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("not a TCP address");
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${address.port}\n`);
  });
  server.on("connection", (playwright, request) => {
    const url = `ws://127.0.0.1:${browserPort}${request.url ?? "/"}`;
    relay(playwright, new WebSocket(url, { maxPayload: MESSAGE_BYTES, perMessageDeflate: false }));
  });
}

/**
 * @param {WebSocket} playwright
 * @param {WebSocket} firefox
 */
function relay(playwright, firefox) {
  /** What Playwright said before the browser's socket was open. @type {string[]} */
  const early = [];
  const mend = mending();

  firefox.on("open", () => {
    for (const message of early.splice(0)) firefox.send(message);
  });
  playwright.on("message", (data) => {
    const message = textOf(data);
    mend.command(message);
    if (firefox.readyState === WebSocket.OPEN) firefox.send(message);
    else early.push(message);
  });
  firefox.on("message", (data) => {
    const message = mend.answer(textOf(data));
    if (playwright.readyState === WebSocket.OPEN) playwright.send(message);
  });
  firefox.on("close", () => playwright.close());
  playwright.on("close", () => firefox.close());
  firefox.on("error", (error) => {
    process.stderr.write(`firefox-shim: ${error.message}\n`);
    playwright.close();
  });
  playwright.on("error", () => firefox.close());
}

/** @param {import("ws").RawData} data @returns {string} The text of a message. */
function textOf(data) {
  return new TextDecoder().decode(Array.isArray(data) ? Buffer.concat(data) : data);
}

/** The two mendings, for one connection. Most messages are looked at, but not parsed. */
function mending() {
  /** Ids of the `emulation.*` commands that have no answer yet. @type {Set<number>} */
  const emulations = new Set();
  /** The id given to a running download, by its context and URL. @type {Map<string, string>} */
  const downloads = new Map();
  let downloadCount = 0;

  /** @param {string} message */
  function mendDownload(message) {
    const event = JSON.parse(message);
    const { context, url, navigation, download } = event.params;
    if (navigation || download) return message;
    const key = `${context} ${url}`;
    if (event.method === "browsingContext.downloadWillBegin") {
      downloads.set(key, `blob-${++downloadCount}`);
    }
    event.params.download = downloads.get(key);
    return JSON.stringify(event);
  }

  /** @param {string} message */
  function mendEmulation(message) {
    const answer = JSON.parse(message);
    if (!emulations.delete(answer.id) || answer.error !== "unknown command") return message;
    return JSON.stringify({ type: "success", id: answer.id, result: {} });
  }

  return {
    /** Notes a command of Playwright's. @param {string} message */
    command(message) {
      const id = /"id":(\d+),"method":"emulation\./.exec(message.slice(0, 200))?.[1];
      if (id !== undefined) emulations.add(Number(id));
    },
    /** Firefox's message as Playwright shall see it. @param {string} message @returns {string} */
    answer(message) {
      if (message.startsWith('{"type":"event","method":"browsingContext.download')) {
        return mendDownload(message);
      }
      const isAnswer =
        message.startsWith('{"type":"success"') || message.startsWith('{"type":"error"');
      return isAnswer && emulations.size > 0 ? mendEmulation(message) : message;
    },
  };
}
