/** The engine's worker: one share per worker. Nothing here may wait before the message handler is set. */
import type { End } from "@shoal/swarm/engine/io";
import { ShoalError } from "@shoal/swarm/errors";
import type { Bytes } from "@shoal/swarm/bytes";
import type { SwarmId } from "@shoal/swarm/ids";
import { decodeLink, encodeLink, type Link } from "@shoal/swarm/share/link";
import { encodeManifest, makeManifest } from "@shoal/swarm/share/manifest";
import { restore, restoreShared } from "@shoal/swarm/restore";
import { passwordBytes } from "@shoal/swarm/share/password";
import {
  derivePasswordCheck,
  deriveSecrets,
  deriveSwarm,
  type ShareSecrets,
} from "@shoal/swarm/share/secrets";
import { signEnd, signManifest } from "@shoal/swarm/driver";
import {
  generateSigningKey,
  hasNeededCrypto,
  type KeptSigningKey,
  signingKeyOf,
  webCrypto,
} from "@shoal/swarm/webcrypto";
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import { byPath } from "./by-path.ts";
import type { Lock } from "../protocol/state.ts";
import { putStatement } from "./catalogue-server.ts";
import { FileSource } from "./file-source.ts";
import { keptDays, removedBeforeMs } from "./keeping.ts";
import { Membership, type Own } from "./membership.ts";
import { hasOpfs, OpfsStore } from "./opfs-store.ts";
import { OwnShare, removeOldShares } from "./own-share.ts";
import { type PublishedShare, Publishing } from "./publishing.ts";
import { Relisting } from "./relisting.ts";
import { Resting } from "./resting.ts";
import { LINK, lockName, removeLeftovers, Shelf } from "./shelf.ts";
import { Strips } from "./strips.ts";
import { prepareToStretch, stretch } from "./stretch.ts";
import { Unlocking } from "./unlocking.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Long enough for a share's own lock to be taken first, so that both don't meet at it. */
const CLEAN_UP_MS = 5_000;

type Start = Extract<ToWorker, { type: "share" | "open" }>;

let membership: Membership | null = null;

/** Who the person said they are last, also while there was no share to say it in. */
let introduction: Extract<ToWorker, { type: "introduce" }> | null = null;
/** Whether this share takes part in the ring, as the page said last. */
let ring: Extract<ToWorker, { type: "ring" }> | null = null;
/** The invite that the page was opened with, until there is a share to answer it in. */
let invitation: Extract<ToWorker, { type: "answer-invite" }> | null = null;
/** What is kept of the share that this browser made. */
let ownShare: OwnShare | null = null;
/** Where that stands with the catalogue of the page's host, if there is one. */
let publishing: Publishing | null = null;
/** The page's host has one. */
let hasCatalogue = false;
/** Where a password is waited for. */
let unlocking: Unlocking | null = null;

/** What the person can do about a share that rests. */
let resting: {
  goOn(message: Extract<ToWorker, { type: "go-on" }>): Promise<void>;
  fetchInstead(): Promise<void>;
  /** Ends it for everyone. */
  stop(): Promise<void>;
} | null = null;

/**
 * Whether this browser can take part, and the keys of a share to come: made while the person still
 * chooses files, so that the link is there at once.
 */
const prepared = prepare();

// Space that earlier visits took is given back, off the way of what this one does.
setTimeout(() => {
  cleanUp(Date.now()).catch(() => undefined); // Safe: tried again at the next visit.
}, CLEAN_UP_MS);

async function cleanUp(nowMs: number): Promise<void> {
  const untilMs = removedBeforeMs(nowMs, await keptDays());
  await Promise.allSettled([removeLeftovers(untilMs), removeOldShares(untilMs)]);
}

async function prepare(): Promise<{ key: KeptSigningKey; secrets: ShareSecrets } | null> {
  if (!(await hasNeededCrypto())) return null;
  const key = await generateSigningKey();
  return { key, secrets: await deriveSecrets(key.publicKey, webCrypto()) };
}

const post = (message: FromWorker, transfer: Transferable[] = []): void =>
  self.postMessage(message, transfer);

const strips = new Strips();

/** What both roles need to bring statements to the catalogue of the page's host. */
const catalogue = { put: putStatement, random: Math.random, crypto: webCrypto() };

self.addEventListener("message", (event: MessageEvent<ToWorker>) => {
  const data = strips.take(event.data);
  if (data === null) return;
  if (data.type === "share" || data.type === "open") return void start(data).catch(fail);
  if (data.type === "unlock") return unlocking?.tried(data.password);
  if (data.type === "go-on") return void resting?.goOn(data).catch(fail);
  if (data.type === "fetch-instead") return void resting?.fetchInstead().catch(fail);
  if (data.type === "publish") return publishing?.publish(data.description);
  if (data.type === "withdraw") return publishing?.withdraw();
  if (data.type === "introduce") introduction = data;
  if (data.type === "ring") ring = data;
  if (data.type === "answer-invite" && membership === null) invitation = data;
  if (data.type === "limit-upload") void ownShare?.keepUploadLimit(data.bytesPerSec);
  const isStop = data.type === "command" && data.command === "stop";
  if (isStop && resting !== null) return void resting.stop().catch(fail);
  membership?.take(data);
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
  ({ hasCatalogue } = message);
  await (message.type === "share" ? share(message, keys.key, keys.secrets) : open(message));
}

async function share(
  message: Extract<Start, { type: "share" }>,
  key: KeptSigningKey,
  withoutPassword: ShareSecrets,
): Promise<void> {
  const shared = message.files.toSorted((a, b) => byPath(a.path, b.path));
  const manifest = makeManifest(shared.map(({ path, file }) => ({ path, sizeBytes: file.size })));
  const encoded = encodeManifest(manifest);
  const password = message.password === null ? null : passwordBytes(message.password);
  const stretched = password && (await stretch(password, withoutPassword.swarm));
  const secrets =
    stretched === null
      ? withoutPassword
      : await deriveSecrets(key.publicKey, webCrypto(), stretched);
  const passwordCheck =
    stretched && (await derivePasswordCheck(key.publicKey, webCrypto(), stretched));
  const link = { publicKey: key.publicKey, trackers: message.trackers, passwordCheck };
  post({ type: "link", link: `${message.pageUrl}#${encodeLink(link)}` });
  const signed = await signManifest(key, secrets, encoded);
  await holdLock(lockName(secrets.swarm));
  const chosen = shared.map(({ file }) => file);
  const files = {
    paths: shared.map(({ path }) => path),
    modifiedMs: chosen.map(({ lastModified }) => lastModified),
    handles: message.handles,
  };
  const { swarm } = secrets;
  post({ type: "kept", isKept: true, handles: [] });
  const fragment = encodeLink(link);
  const record = { swarm, privateKey: key.privateKey, fragment, signed, files, stretched };
  const keeper = OwnShare.begin(record, notKept);
  ownShare = keeper;
  const source = new FileSource(chosen, manifest.layout);
  publishing = await beginPublishing({ key, link: fragment, manifest }, keeper, null);
  const own = { kind: "sharer", source, key, keeper, manifest, signed, publishing } as const;
  await join(link, secrets, own);
}

async function join(link: Link, secrets: ShareSecrets, own: Own): Promise<void> {
  membership = await Membership.join(link, secrets, own, post);
  if (introduction !== null) membership.take(introduction);
  if (ring !== null) membership.take(ring);
  if (invitation !== null) membership.take(invitation);
}

/** Null where there is no catalogue. `kept` is what `keepStated` was handed in an earlier visit. */
async function beginPublishing(
  share: PublishedShare,
  keeper: OwnShare,
  kept: Bytes | null,
): Promise<Publishing | null> {
  if (!hasCatalogue) return null;
  return Publishing.begin(share, kept, {
    ...catalogue,
    keep: (statement) => keeper.keepStated(statement),
    spread: (stated) => membership?.passOn(stated),
    tell: (listing) => post({ type: "listing", listing }),
  });
}

const notKept = (): void => post({ type: "kept", isKept: false, handles: [] });

async function open(message: Extract<Start, { type: "open" }>): Promise<void> {
  const decoded = decodeLink(message.link);
  const link = { ...decoded, trackers: [...new Set([...message.trackers, ...decoded.trackers])] };
  const swarm = await deriveSwarm(link.publicKey, webCrypto());
  const isMine = (await OwnShare.find(swarm)) !== null;
  if (!isMine && !(await hasOpfs())) throw new ShoalError("no-opfs");
  await holdLock(lockName(swarm));
  // Looked at again: the tab that had the lock until now may have signed more.
  const own = isMine ? await OwnShare.find(swarm) : null;
  const fragment = encodeLink(decoded);
  const stretched = own?.record.stretched ?? null;
  if (own !== null) {
    const secrets = await deriveSecrets(link.publicKey, webCrypto(), stretched);
    if (await rest(link, secrets, own, fragment)) return;
  }
  await receive(link, swarm, fragment, stretched, message.isHeld);
}

/**
 * `fragment`: as the person's link has it, for a list of what is kept. `known`: what came of the
 * password when this browser made the share. `isHeld`: see `Own`.
 */
async function receive(
  link: Link,
  swarm: SwarmId,
  fragment: string,
  known: Bytes | null,
  isHeld = false,
): Promise<void> {
  if (!(await hasOpfs())) throw new ShoalError("no-opfs");
  const shelf = await Shelf.open(swarm);
  await shelf.noteOnce(LINK, new TextEncoder().encode(fragment));
  const stretched = known ?? (await unlocked(link, swarm, shelf));
  const secrets = await deriveSecrets(link.publicKey, webCrypto(), stretched);
  const store = new OpfsStore(shelf);
  const restored = await store.restore((found) =>
    restore(link.publicKey, secrets, webCrypto(), found),
  );
  const kept = await store.keptWish();
  const wish = { ...kept, isAsked: kept.isAsked || restored?.held.isFull === true };
  const relisting = hasCatalogue ? await Relisting.open(shelf, swarm, catalogue) : null;
  const own = { kind: "receiver", store, shelf, restored, wish, isHeld, relisting } as const;
  await join(link, secrets, own);
}

/** What came of the password, once it is known; null where the link asks for none. */
async function unlocked(
  { publicKey, passwordCheck: check }: Link,
  swarm: SwarmId,
  shelf: Shelf,
): Promise<Bytes | null> {
  if (check === null) return null;
  prepareToStretch(); // While the person types.
  const crypto = webCrypto();
  const tell = (lock: Lock | null): void => post({ type: "lock", lock });
  unlocking = new Unlocking({ publicKey, swarm, check }, shelf, { crypto, stretch, tell });
  const stretched = await unlocking.run();
  unlocking = null;
  return stretched;
}

/** A share of this browser's own. False where what is kept of it is of no use. */
async function rest(
  link: Link,
  secrets: ShareSecrets,
  { record, pages }: NonNullable<Awaited<ReturnType<typeof OwnShare.find>>>,
  fragment: string,
): Promise<boolean> {
  const { signed, privateKey, files, end } = record;
  const before = await restoreShared(link.publicKey, secrets, webCrypto(), { signed, pages });
  if (before === null) return false;
  const { manifest } = before;
  const key = signingKeyOf(privateKey, link.publicKey);
  const keeper = OwnShare.resume(secrets.swarm, notKept);
  ownShare = keeper;
  post({ type: "role", role: "sharer" });
  const published = { key, link: record.fragment ?? fragment, manifest };
  publishing = await beginPublishing(published, keeper, record.stated ?? null);
  const share = { kind: "sharer", key, keeper, publishing, ...before } as const;
  const serve = async (source: FileSource, ended: End | null): Promise<void> => {
    resting = null;
    await join(link, secrets, { ...share, source, end: ended });
  };
  const bytesPerSec = record.uploadLimitBytesPerSec ?? null;
  post({ type: "kept", isKept: end === null, handles: files.handles });
  post({ type: "upload-limit", bytesPerSec });
  // Nothing is read of a share that has ended.
  const nothing = new FileSource([], manifest.layout);
  if (end !== null) {
    await serve(nothing, end);
    return true;
  }
  const rested = new Resting(manifest, before.pages, files, post);
  resting = {
    async goOn({ files: chosen, handles }) {
      const found = await rested.check(chosen, handles);
      if (found === null || resting === null) return;
      await keeper.keepFiles(found.files);
      post({ type: "shared-files", files: found.chosen, handles: found.files.handles });
      await serve(found.source, null);
    },
    async fetchInstead() {
      resting = null;
      ownShare = null;
      publishing?.close();
      publishing = null;
      post({ type: "role", role: "receiver" });
      await receive(link, secrets.swarm, fragment, record.stretched ?? null);
    },
    async stop() {
      const made = await signEnd(key, secrets, "stopped");
      await keeper.keepEnd(made);
      await serve(nothing, made);
    },
  };
  rested.tell();
  return true;
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
