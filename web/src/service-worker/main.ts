/**
 * The service worker of the whole site. It answers its own few paths and leaves everything else to
 * the browser. It keeps nothing: browsers stop it whenever they like, and start it for the next
 * request.
 *
 * An update takes over at once: transfers don't pass through here, and what shows an opened file
 * asks again for what it is missing.
 */
import { type PageWord, tokenOf } from "../protocol/stream.ts";
import { answer } from "./streams.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const word = event.data as PageWord;
  if (word === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const token = origin === self.location.origin ? tokenOf(pathname) : null;
  if (token !== null) event.respondWith(answer(event.request, token, self.clients));
});
