/**
 * A Chromium of its own, driven over the bare DevTools protocol: unlike Playwright's, its tabs are
 * hidden when another one is in front, and their timers slowed as a user's are.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { expect } from "@playwright/test";
import { WebSocket } from "ws";

type Reply = { readonly result?: unknown; readonly error?: { readonly message: string } };

export class DevToolsBrowser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const { id, ...reply } = JSON.parse(data.toString()) as Reply & { id?: number };
      if (id !== undefined) this.#waiting.get(id)?.(reply);
    });
  }

  /** @param profile A folder that isn't there yet; it is removed at the end. */
  static async start(program: string, profile: string): Promise<DevToolsBrowser> {
    const args = ["--headless=new", "--remote-debugging-port=0", "--no-first-run"];
    if (process.getuid?.() === 0) args.push("--no-sandbox");
    const child = spawn(program, [...args, `--user-data-dir=${profile}`, "about:blank"], {
      stdio: "ignore",
    });
    const told = path.join(profile, "DevToolsActivePort");
    const address = async (): Promise<string> => {
      const [port, place] = (await readFile(told, "utf8")).split("\n");
      return `ws://127.0.0.1:${port}${place}`;
    };
    await expect.poll(() => address().catch(() => ""), { timeout: 30_000 }).toMatch(/^ws:.*\/./);
    const socket = new WebSocket(await address(), { perMessageDeflate: false });
    await once(socket, "open");
    return new DevToolsBrowser(child, profile, socket);
  }

  /** A new tab, which comes to the front. */
  async open(url: string): Promise<DevToolsTab> {
    const { targetId } = await this.call<{ targetId: string }>("Target.createTarget", { url });
    const attach = { targetId, flatten: true };
    const { sessionId } = await this.call<{ sessionId: string }>("Target.attachToTarget", attach);
    const tab = new DevToolsTab(this, targetId, sessionId);
    const isThere = `document.readyState === "complete" && location.href`;
    await expect.poll(() => tab.evaluate(isThere).catch(() => "")).toBe(new URL(url).href);
    return tab;
  }

  /** @throws Where the browser refuses. */
  async call<Result>(method: string, params: object, sessionId?: string): Promise<Result> {
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
    this.#waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result as Result;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGKILL");
      await ended;
    }
    this.#socket.terminate();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

export class DevToolsTab {
  readonly #browser: DevToolsBrowser;
  readonly #targetId: string;
  readonly #sessionId: string;

  constructor(browser: DevToolsBrowser, targetId: string, sessionId: string) {
    this.#browser = browser;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  /** Puts it before all other tabs. */
  async bringToFront(): Promise<void> {
    await this.#browser.call("Target.activateTarget", { targetId: this.#targetId });
  }

  /** What an expression in the page comes to. @throws What it throws. */
  async evaluate<Result>(expression: string): Promise<Result> {
    const { result, exceptionDetails } = await this.#call<{
      result: { value: Result };
      exceptionDetails?: { text: string };
    }>("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  }

  /** Chooses a file where the page lets one be chosen. */
  async chooseFile(selector: string, file: string): Promise<void> {
    const { result } = await this.#call<{ result: { objectId: string } }>("Runtime.evaluate", {
      expression: `document.querySelector(${JSON.stringify(selector)})`,
    });
    await this.#call("DOM.setFileInputFiles", { files: [file], objectId: result.objectId });
  }

  #call<Result>(method: string, params: object): Promise<Result> {
    return this.#browser.call<Result>(method, params, this.#sessionId);
  }
}
