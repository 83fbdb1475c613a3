/** The engine's worker: one share per worker. Nothing here may wait before the message handler is set. */
import type { SigningKey } from "@shoal/swarm/crypto";
import { ShoalError } from "@shoal/swarm/errors";
import { decodeLink, encodeLink } from "@shoal/swarm/share/link";
import { encodeManifest, makeManifest } from "@shoal/swarm/share/manifest";
import { restore } from "@shoal/swarm/restore";
import { deriveSecrets, type ShareSecrets } from "@shoal/swarm/share/secrets";
import { signManifest } from "@shoal/swarm/driver";
import { hasNeededCrypto, webCrypto } from "@shoal/swarm/webcrypto";
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import { FileSource } from "./file-source.ts";
import { Membership } from "./membership.ts";
import { hasOpfs, OpfsStore } from "./opfs-store.ts";
import { lockName, removeLeftovers, Shelf } from "./shelf.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Long enough for a share's own lock to be taken first, so that both don't meet at it. */
const CLEAN_UP_MS = 5_000;

type Start = Extract<ToWorker, { type: "share" | "open" }>;

let membership: Membership | null = null;

/**
 * Whether this browser can take part, and the keys of a share to come: made while the person still
 * chooses files, so that the link is there at once.
 */
const prepared = prepare();

// Space that earlier visits took is given back, off the way of what this one does.
setTimeout(() => {
  removeLeftovers(Date.now()).catch(() => undefined); // Safe: tried again at the next visit.
}, CLEAN_UP_MS);

async function prepare(): Promise<{ key: SigningKey; secrets: ShareSecrets } | null> {
  if (!(await hasNeededCrypto())) return null;
  const port = webCrypto();
  const key = await port.generateSigningKey();
  return { key, secrets: await deriveSecrets(key.publicKey, port) };
}

const post = (message: FromWorker, transfer: Transferable[] = []): void =>
  self.postMessage(message, transfer);

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type !== "share" && data.type !== "open") return membership?.take(data);
  start(data).catch(fail);
});

// What nobody foresaw ends the share with a word instead of hanging it.
// A thrown error reaches the page by itself, which then lets go of this worker.
self.addEventListener("unhandledrejection", ({ reason }) => fail(reason));

function fail(error: unknown): void {
  const code = error instanceof ShoalError ? error.code : "internal";
  // oxlint-disable-next-line no-console -- a defect of ours: whoever looks into it needs its trace
  if (code === "internal") console.error(error);
  if (membership === null) post({ type: "failed", code });
  else membership.fail(code);
}

async function start(message: Start): Promise<void> {
  const keys = await prepared;
  if (keys === null) throw new ShoalError("no-ed25519");
  await (message.type === "share" ? share(message, keys.key, keys.secrets) : open(message));
}

async function share(
  message: Extract<Start, { type: "share" }>,
  key: SigningKey,
  secrets: ShareSecrets,
): Promise<void> {
  const manifest = makeManifest(
    message.files.map(({ path, file }) => ({ path, sizeBytes: file.size })),
  );
  const encoded = encodeManifest(manifest);
  const link = { publicKey: key.publicKey, trackers: message.trackers };
  post({ type: "link", link: `${message.pageUrl}#${encodeLink(link)}` });
  const signed = await signManifest(key, secrets, encoded);
  await holdLock(lockName(secrets.swarm));
  const files = message.files.map(({ file }) => file);
  const source = new FileSource(files, manifest.layout);
  const own = { kind: "sharer", source, key, manifest, signed } as const;
  membership = await Membership.join(link, secrets, own, post);
}

async function open(message: Extract<Start, { type: "open" }>): Promise<void> {
  const { publicKey, trackers } = decodeLink(message.link);
  const all = [...new Set([...message.trackers, ...trackers])];
  const secrets = await deriveSecrets(publicKey, webCrypto());
  if (!(await hasOpfs())) throw new ShoalError("no-opfs");
  await holdLock(lockName(secrets.swarm));
  const shelf = await Shelf.open(secrets.swarm);
  const store = new OpfsStore(shelf);
  const restored = await store.restore((found) => restore(publicKey, secrets, webCrypto(), found));
  const own = { kind: "receiver", store, shelf, restored } as const;
  membership = await Membership.join({ publicKey, trackers: all }, secrets, own, post);
}

/** A page that is loaded again meets the lock of what it was, which browsers let go of a moment later. */
const OTHER_TAB_MS = 2_000;

/**
 * Takes the lock that one tab per share and browser holds, until this worker ends. While another
 * tab has it, says so and waits: when that tab is closed, this one goes on by itself.
 */
function holdLock(name: string): Promise<void> {
  const forever = new Promise<never>(() => undefined);
  return new Promise((resolve) => {
    const timer = setTimeout(() => post({ type: "failed", code: "second-tab" }), OTHER_TAB_MS);
    const held = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const asked = navigator.locks.request(name, () => {
      held();
      return forever;
    });
    // Safe: who blocks site data has no locks, and no storage that two tabs could quarrel about.
    asked.catch(held);
  });
}
