/**
 * The service worker of the whole site. It answers for opened files and for the app itself, and
 * leaves everything else to the browser. In memory it keeps nothing: browsers stop it whenever they
 * like, and start it for the next request.
 *
 * An update takes over at once, but only whole: transfers don't pass through here, what shows an opened
 * file asks again for what it is missing, and what pages of older versions have yet to load stays.
 */
import { scriptOf } from "../protocol/page-lock.ts";
import { type PageWord, tokenOf } from "../protocol/stream.ts";
import { AppCache, type BuiltApp } from "./app-cache.ts";
import { AppShell } from "./app-shell.ts";
import { answer } from "./streams.ts";

declare const self: ServiceWorkerGlobalScope;
/** Put here by the build: `web/built-app.ts`. */
declare const __BUILT_APP__: BuiltApp;

const { origin } = self.location;
const app = new AppCache(__BUILT_APP__, {
  caches: self.caches,
  fetch: (path, options) => fetch(path, options),
});
const shell = new AppShell<Request>(app, { origin, fetch: (request) => fetch(request) });

self.addEventListener("install", (event) =>
  event.waitUntil(app.fill().then(() => self.skipWaiting())),
);
self.addEventListener("activate", (event) =>
  event.waitUntil(Promise.all([self.clients.claim(), tidy()])),
);

self.addEventListener("message", (event) => {
  const word = event.data as PageWord;
  if (word === "claim") event.waitUntil(self.clients.claim());
  if (word === "loaded") event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const token = url.origin === origin ? tokenOf(url.pathname) : null;
  const answered =
    token === null
      ? shell.answer(request, (work) => event.waitUntil(work))
      : answer(request, token, self.clients);
  if (answered !== null) event.respondWith(answered);
});

async function tidy(): Promise<void> {
  try {
    const { held = [] } = await self.navigator.locks.query();
    await app.tidy(held.flatMap(({ name = "" }) => scriptOf(name) ?? []));
  } catch {
    // Safe: what is left over is tidied up when the next page has loaded.
  }
}
