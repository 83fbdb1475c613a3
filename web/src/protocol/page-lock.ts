/**
 * How the service worker knows which versions of the app are open: every page holds a Web Lock with
 * others of its version, which ends with the page, however that ends.
 */
const PREFIX = "shoal:page:";

/** The lock of pages that began with the script of this path, which has a hash of the version in it. */
export const pageLock = (script: string): string => PREFIX + script;

/** Null: another lock. */
export const scriptOf = (lock: string): string | null =>
  lock.startsWith(PREFIX) ? lock.slice(PREFIX.length) : null;
