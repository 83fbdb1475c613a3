/** What pages complain about: a test fails on whatever it didn't expect. */
import { expect } from "@playwright/test";
import type { BrowserContext, Page } from "@playwright/test";

/** Turns a violation of the page's policy, which Firefox doesn't log as an error, into one. */
function logViolations(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    // oxlint-disable-next-line no-console -- this runs in the page, and is heard below
    console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
  });
}

/**
 * What a browser logs by itself about a connection that didn't come about, as happens on a busy
 * machine: it is dialled again, and a journey says what has to come of it.
 */
const OF_BROWSERS: readonly RegExp[] = [
  /ICE failed, add a (STUN|TURN) server/,
  // Keeping the app, as below, where Chromium says no more than that.
  /An unknown error occurred when fetching the script/,
];

/**
 * Some seconds after its load a page has the browser keep the app, in silence where that fails: browsers
 * log it by themselves where a journey has taken the server away by then.
 */
const KEEPING_THE_APP = /\/(assets\/keep-app-[\w-]+|service-worker)\.js$/;

/** Console errors, uncaught errors and policy violations of one test's pages. */
export class Complaints {
  readonly #allowed: RegExp[] = [...OF_BROWSERS];
  readonly #heard: string[] = [];

  /** Listens to every page of a context, those to come included. */
  async listen(context: BrowserContext, name: string): Promise<void> {
    await context.addInitScript(logViolations);
    for (const page of context.pages()) this.#listenTo(page, name);
    context.on("page", (page) => this.#listenTo(page, name));
  }

  /** Expects complaints that match; they may also stay out. */
  allow(...patterns: readonly RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  /** Fails when a page complained of something unexpected. */
  check(): void {
    const unexpected = this.#heard.filter((text) => !this.#allowed.some((one) => one.test(text)));
    expect(unexpected, "pages complained of nothing unexpected").toEqual([]);
  }

  #listenTo(page: Page, name: string): void {
    page.on("console", (message) => {
      const { url } = message.location();
      if (message.type() !== "error" || KEEPING_THE_APP.test(url)) return;
      this.#heard.push(`${name}: ${message.text()} (${url})`);
    });
    page.on("pageerror", (error) => this.#heard.push(`${name}: uncaught ${error.message}`));
  }
}
