/**
 * A session over a worker: the page's half. It keeps the state that views read, holds the sockets
 * and connections that only a page can have, and passes everything between them and the worker.
 */
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { ErrorCode } from "@shoal/swarm/errors";
import { decodeLink } from "@shoal/swarm/share/link";
import { hasRelay, type IceServer } from "@shoal/swarm/tracker/ice";
import type { FromWorker, SharedFile, ToWorker } from "../protocol/messages.ts";
import type { ConflictAnswer } from "../protocol/placing.ts";
import type { FileState, Notice, ShareState } from "../protocol/state.ts";
import { noteSpeed } from "./calm.ts";
import { choosePlace } from "./choose-place.ts";
import { Connecting, isOrder } from "./connecting.ts";
import type { ConnectionOrder } from "./page-connections.ts";
import { MeteredHold } from "./metered-hold.ts";
import { meteredNow, watchConnection } from "./metered.ts";
import { askToTell, firstTelling, tell } from "./notify.ts";
import { persist } from "./persistence.ts";
import { preferences, thisPerson } from "./preferences.ts";
import { isInRing, ringDegree } from "./ring.ts";
import { handToBrowser } from "./save.ts";
import { rememberedTrackers, TrackerPatience } from "./remembered-trackers.ts";
import type { Session, SharedFiles } from "./session.ts";
import { SpeedHistory } from "./speed-history.ts";
import { StripPoster } from "./strips.ts";
import { TrackerSocket } from "./tracker-socket.ts";
import { Viewer } from "./viewer.ts";
import { WakeLock } from "./wake-lock.ts";

/** Slower is keep-alive noise. */
const LEAST_SPEED = 1000;

type Start = Extract<ToWorker, { type: "share" | "open" }>;

const EMPTY: ShareState = {
  role: "receiver",
  phase: "connecting",
  error: null,
  notices: [],
  link: null,
  isProtected: false,
  password: null,
  lock: null,
  name: "",
  files: [],
  chosen: null,
  fetched: null,
  totalBytes: 0,
  verifiedBytes: 0,
  hashedBytes: 0,
  sentBytes: 0,
  receivedBytes: 0,
  downloadBytesPerSec: 0,
  uploadBytesPerSec: 0,
  speeds: [],
  pieces: null,
  uploadLimitBytesPerSec: null,
  secondsLeft: null,
  wanted: false,
  stoppedHere: false,
  cancelled: false,
  self: null,
  peers: [],
  copiesOut: 0,
  swarmPeerCount: null,
  hasRelay: null,
  isKept: false,
  knowsFiles: false,
  checking: null,
  refusal: null,
  ownCopy: null,
  telling: "off",
  metered: null,
  hold: null,
  saving: false,
  room: null,
  placing: null,
  listing: { kind: "off" },
  ring: null,
  invite: { kind: "none" },
};

export class SwarmSession implements Session {
  #state: ShareState;
  readonly #listeners = new Set<() => void>();
  readonly #worker: Worker | null;
  readonly #strips = new StripPoster((message) => this.#post(message));
  readonly #sockets = new Map<string, TrackerSocket>();
  readonly #connecting: Connecting;
  #doneWords = "";
  readonly #wakeLock = new WakeLock();
  readonly #speeds = new SpeedHistory();
  readonly #hold = new MeteredHold();
  readonly #unwatchConnection = watchConnection(() => this.#connectionChanged());
  #iceServers: readonly IceServer[] = [];
  /** Down so far; all of them means that the server can't be reached. */
  readonly #downHosts = new Set<string>();
  readonly #trackerPatience = new TrackerPatience(() => this.#askOtherTrackers());
  /** Download was pressed in this page's life, and what it fetched isn't saved yet. */
  #saveWhenDone = false;
  /** How often the worker was told which files are chosen. */
  #choice = 0;
  /** Download was called before it could be pressed. */
  #isDownloadDue = false;
  #isCancelling = false;
  #hasAskedForRoom = false;
  #isHeldAtFirst = false;
  /** The browser has granted some that no download has tried yet. */
  #hasNewRoom = false;
  #discarded: () => void = () => undefined;
  /** Where a sharer's files lie, from an earlier visit. */
  #handles: readonly FileSystemHandle[] = [];
  #sharedFiles: SharedFiles | null = null;
  readonly viewer = new Viewer((message, transfer) => this.#post(message, transfer));
  readonly #onlineChanged = (): void => {
    this.#setNotice("offline", !navigator.onLine);
    if (navigator.onLine) for (const socket of this.#sockets.values()) socket.hurry();
  };
  readonly #leaving = (): void => this.close();
  #hidesAddress = preferences.get().hidesAddress;
  readonly #preferred = (): void => {
    const preferred = preferences.get();
    const { hidesAddress } = preferred;
    this.#post({ type: "introduce", person: thisPerson(preferred), hidesAddress });
    this.#post({ type: "ring", isOn: isInRing(preferred), degree: ringDegree() });
    if (hidesAddress === this.#hidesAddress) return;
    this.#hidesAddress = hidesAddress;
    // What was reached the other way is reached anew.
    this.#connecting.closeAll();
  };
  readonly #forgetPreferences: () => void = () => undefined;

  /** `worker` is null where this browser can't take part; `error` then says why. */
  constructor(worker: Worker | null, start: Start, error: ErrorCode | null) {
    this.#worker = worker;
    this.#connecting = new Connecting((message, transfer) => this.#post(message, transfer));
    const isSharer = start.type === "share";
    this.#state = {
      ...EMPTY,
      role: isSharer ? "sharer" : "receiver",
      phase: error !== null ? "failed" : isSharer ? "sharing" : "connecting",
      error,
      link: isSharer ? null : start.link,
      isProtected: isSharer ? start.password !== null : asksForPassword(start.link),
      password: isSharer ? start.password : null,
      telling: firstTelling(),
      metered: meteredNow(),
    };
    if (isSharer) this.#sharedFiles = start;
    if (worker === null || error !== null) return;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#take(data));
    // What a worker says after it broke isn't to be believed; and its peers would wait for it.
    worker.addEventListener("error", () => {
      this.close();
      this.#fail("internal");
    });
    this.#preferred();
    this.#forgetPreferences = preferences.subscribe(this.#preferred);
    this.#isHeldAtFirst = start.type === "open" && start.isHeld;
    if (start.type === "share") this.#strips.post(start);
    else this.#post(start);
    this.#onlineChanged();
    window.addEventListener("online", this.#onlineChanged);
    window.addEventListener("offline", this.#onlineChanged);
    // A page that goes away says so: its peers would wait half a minute for the silence to tell.
    window.addEventListener("pagehide", this.#leaving);
  }

  readonly getState = (): ShareState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  readonly unlock = (password: string): void => this.#post({ type: "unlock", password });

  readonly sharedFiles = (): SharedFiles | null => this.#sharedFiles;

  readonly download = (): void => {
    this.#isDownloadDue = this.#state.phase === "connecting";
    if (this.#isDownloadDue) return;
    this.#saveWhenDone = true;
    if (this.#state.chosen !== this.#state.fetched) this.#fetchChosen();
    void this.#askForRoom();
    if (!this.#mustAsk()) this.#post({ type: "command", command: "download" });
  };

  readonly choose = (chosen: ReadonlySet<number> | null): void => {
    this.#set({ chosen });
    if (this.#state.phase !== "done") this.#fetchChosen();
  };

  #fetchChosen(): void {
    const { chosen } = this.#state;
    this.#set({ fetched: chosen });
    const files = chosen && [...chosen].toSorted((one, other) => one - other);
    this.#post({ type: "choose-files", files, choice: ++this.#choice });
  }

  readonly pause = (): void => {
    this.#letGo();
    this.#post({ type: "command", command: "pause" });
  };
  readonly resume = (): void => {
    // Who presses it while it waits for another connection has read what it waits for.
    if (this.#hold.state === "waiting") return this.answerHold(true);
    if (!this.#mustAsk()) this.#post({ type: "command", command: "resume" });
  };
  readonly answerHold = (mayUse: boolean): void => {
    if (mayUse) this.#hold.allow();
    else this.#hold.wait();
    this.#showHold();
    // Also where it waits: what was asked for shows, and goes on when the page is loaded again.
    this.#post({ type: "command", command: "download" });
    if (!mayUse) this.#post({ type: "command", command: "pause" });
  };
  readonly stop = (): void => {
    this.viewer.close();
    this.#letGo();
    // While files are still handed over there is nothing yet that could be ended.
    this.#strips.postAfter({ type: "command", command: "stop" });
  };
  readonly goOnSharing = async (
    files: readonly SharedFile[] | null,
    handles: readonly FileSystemHandle[],
  ): Promise<void> => {
    if (files !== null) return this.#strips.post({ type: "go-on", files, handles });
    const refused = await firstNotAllowed(this.#handles);
    if (refused === null) {
      return this.#strips.post({ type: "go-on", files, handles: this.#handles });
    }
    this.#set({ refusal: { reason: "not-allowed", name: refused.name } });
  };

  readonly fetchInstead = (): void => this.#post({ type: "fetch-instead" });
  readonly bringCopy = (files: readonly SharedFile[]): void =>
    this.#strips.post({ type: "own-copy", files });

  readonly limitUpload = (bytesPerSec: number | null): void => {
    this.#post({ type: "limit-upload", bytesPerSec });
    this.#set({ uploadLimitBytesPerSec: bytesPerSec });
  };

  readonly publish = (description: Description): void =>
    this.#post({ type: "publish", description });
  readonly withdraw = (): void => this.#post({ type: "withdraw" });

  readonly invite = (): void => this.#post({ type: "invite" });
  readonly answerInvite = (code: string): void => this.#post({ type: "answer-invite", code });
  readonly takeReply = (code: string): void => this.#post({ type: "invite-reply", code });
  readonly cancelInvite = (): void => this.#post({ type: "invite-cancel" });

  readonly tellWhenDone = async (words: string): Promise<void> => {
    this.#doneWords = words;
    this.#set({ telling: await askToTell() });
  };

  readonly save = (): void => this.#post({ type: "save", file: null });
  readonly saveFile = (index: number): void => this.#post({ type: "save", file: index });

  readonly saveTo = (): void => void this.#saveTo();
  readonly answerConflict = (file: number, answer: ConflictAnswer, forAll: boolean): void =>
    this.#post({ type: "place-answer", file, answer, forAll });
  readonly saveToAgain = (leaveOut: boolean): void => this.#post({ type: "place-again", leaveOut });
  readonly cancelSaveTo = (): void => this.#post({ type: "place-cancel" });

  readonly discard = (): Promise<void> =>
    new Promise((resolve) => {
      this.#discarded = resolve;
      this.#post({ type: "discard" });
    });

  readonly cancel = async (): Promise<void> => {
    if (this.#isCancelling) return;
    // What the worker says while it clears up isn't what the person is to read.
    this.#isCancelling = true;
    this.#letGo();
    await this.discard();
    this.close();
    const gone = { wanted: false, verifiedBytes: 0, peers: [], notices: [] };
    this.#set({ ...gone, phase: "ended", cancelled: true });
  };

  readonly close = (): void => {
    this.#unwatchConnection();
    window.removeEventListener("online", this.#onlineChanged);
    window.removeEventListener("offline", this.#onlineChanged);
    window.removeEventListener("pagehide", this.#leaving);
    this.#forgetPreferences();
    this.#wakeLock.set(false);
    noteSpeed(0);
    this.#strips.close();
    this.viewer.close();
    this.#trackerPatience.close();
    // Closing a connection tells its peer within milliseconds; the tracker hears the socket end.
    this.#connecting.close();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#worker?.terminate();
  };

  // A connection that costs.

  /** Before anything is fetched. */
  #mustAsk(): boolean {
    const isHeld = this.#hold.begins(this.#state.metered, this.#state);
    this.#showHold();
    return isHeld;
  }

  /** Tells views where it changed alone: while a download runs it is asked for with each state. */
  #showHold(): void {
    const { state } = this.#hold;
    if (state !== this.#state.hold) this.#set({ hold: state });
  }

  /** Nothing goes on by itself any more. */
  #letGo(): void {
    this.#hold.drop();
    this.#showHold();
  }

  #connectionChanged(): void {
    const metered = meteredNow();
    this.#set({ metered });
    if (!this.#hold.changed(metered)) return this.#spare();
    this.#showHold();
    this.#post({ type: "command", command: "download" });
  }

  /** Whatever began it: nothing much is fetched over such a connection before the person was asked. */
  #spare(): void {
    const { phase, ownCopy } = this.#state;
    if (phase !== "downloading" || ownCopy?.isComparing === true || !this.#mustAsk()) return;
    this.#post({ type: "command", command: "pause" });
  }

  /** A download of an earlier session began paused: it asks, or goes on. */
  #goOnFromBefore(): void {
    const { phase, wanted, files } = this.#state;
    if (!this.#isHeldAtFirst || files.length === 0) return;
    this.#isHeldAtFirst = false;
    if (phase === "paused" && wanted) this.resume();
  }

  /**
   * Storage that the browser promises to keep may grow larger in Firefox, which asks the person: so
   * it is asked for where room looks short, once, and nothing waits for the answer.
   */
  async #askForRoom(): Promise<void> {
    const { room } = this.#state;
    if (this.#hasAskedForRoom || room === null || room.lack === null || room.isInMemory) return;
    this.#hasAskedForRoom = true;
    this.#hasNewRoom = await persist();
    this.#useNewRoom();
  }

  /** A download that failed for want of room goes on, once, when it was given some. */
  #useNewRoom(): void {
    const { phase, error } = this.#state;
    if (!this.#hasNewRoom || phase !== "failed" || error !== "no-space") return;
    this.#hasNewRoom = false;
    this.download();
  }

  async #saveTo(): Promise<void> {
    try {
      const { files, fetched } = this.#state;
      const place = await choosePlace(files.filter((_, index) => fetched?.has(index) !== false));
      if (place !== null) this.#post({ type: "place", place });
    } catch {
      // Safe: no place, nothing written; the person is told and can choose another.
      this.#set({ placing: { kind: "failed", trouble: "denied", path: [] } });
    }
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #set(change: Partial<ShareState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #setNotice(notice: Notice, isOn: boolean): void {
    // A page that has cancelled needs no server.
    if (this.#isCancelling) return;
    const { notices } = this.#state;
    if (notices.includes(notice) === isOn) return;
    this.#set({
      notices: isOn ? [...notices, notice] : notices.filter((other) => other !== notice),
    });
  }

  #fail(error: ErrorCode): void {
    this.#set({ phase: "failed", error });
  }

  #take(message: FromWorker): void {
    if (isOrder(message)) return this.#order(message);
    switch (message.type) {
      case "link":
        return this.#set({ link: message.link });
      case "self":
        return this.#set({ self: message.peer });
      case "trackers":
        for (const host of message.hosts) this.#openSocket(host);
        this.#trackerPatience.answers(false);
        // Chosen before there was anybody to send to.
        if (this.#state.uploadLimitBytesPerSec !== null) {
          this.limitUpload(this.#state.uploadLimitBytesPerSec);
        }
        return;
      case "files": {
        const files = message.files.map((file) => ({ ...file, verifiedBytes: 0 }));
        return this.#set({ files });
      }
      case "state":
        return this.#update(message);
      case "role":
        return this.#set({
          role: message.role,
          phase: "connecting",
          files: [],
          chosen: null,
          fetched: null,
          listing: { kind: "off" },
        });
      case "chosen": {
        const chosen = new Set(message.files);
        return this.#set({ chosen, fetched: chosen });
      }
      case "kept":
        this.#handles = message.handles;
        return this.#set({ isKept: message.isKept, knowsFiles: message.handles.length > 0 });
      case "upload-limit":
        return this.#set({ uploadLimitBytesPerSec: message.bytesPerSec });
      case "shared-files":
        this.#sharedFiles = message;
        return;
      case "ring":
        return this.#set({ ring: message.view });
      case "listing":
        return this.#set({ listing: message.listing });
      case "lock": {
        const { lock } = message;
        return this.#set({ lock, phase: lock === null ? "connecting" : "locked", error: null });
      }
      case "checking":
        return this.#set({ checking: message.checking });
      case "refusal":
        return this.#set({ refusal: message.refusal });
      case "discarded":
        return this.#discarded();
      case "failed":
        return this.#fail(message.code);
      case "tracker-joined":
        if (message.host !== location.host) rememberedTrackers.tookIn(message.host);
        return;
      case "notice":
        if (message.notice === "server-unreachable") this.#trackerPatience.answers(!message.isOn);
        return this.#setNotice(message.notice, message.isOn);
      case "saving":
        return this.#set({ saving: message.isOn });
      case "room":
        return this.#set({ room: message.room });
      case "placing":
        return this.#set({ placing: message.placing });
      case "file-opened":
      case "file-refused":
        return this.viewer.answered(message);
      case "ready-to-save":
        return handToBrowser(message.file, message.name);
      case "tracker-request":
        return void this.#request(message);
      case "ice-servers":
        this.#iceServers = message.servers;
        return this.#set({ hasRelay: hasRelay(message.servers) });
      case "invite":
        return this.#set({ invite: message.invite });
    }
  }

  #order(order: ConnectionOrder): void {
    // Without a relay there is no other way: it is tried again, like any dial that came to nothing.
    if (order.type === "connect" && this.#hidesAddress && !hasRelay(this.#iceServers)) {
      return this.#post({ type: "connection-closed", connection: order.connection });
    }
    this.#connecting.take(order, () => ({
      iceServers: this.#iceServers,
      isAddressHidden: this.#hidesAddress,
    }));
  }

  /** What the browser does beside showing the page. */
  #react(before: ShareState): void {
    const { phase, downloadBytesPerSec, uploadBytesPerSec, telling, name } = this.#state;
    noteSpeed(downloadBytesPerSec + uploadBytesPerSec);
    this.#wakeLock.set(phase === "downloading" || uploadBytesPerSec >= LEAST_SPEED);
    const isJustDone = phase === "done" && before.phase === "downloading";
    if (isJustDone && telling === "on") void tell(name, this.#doneWords);
  }

  #update({
    state,
    choice,
    verifiedBytesOfFile,
    pieces,
  }: Extract<FromWorker, { type: "state" }>): void {
    if (this.#isCancelling) return;
    const files = withVerified(this.#state.files, verifiedBytesOfFile);
    const speeds = this.#speeds.add(performance.now(), {
      down: state.downloadBytesPerSec,
      up: state.uploadBytesPerSec,
    });
    const before = this.#state;
    this.#set({ ...state, pieces, speeds, files });
    this.#react(before);
    if (this.#isDownloadDue) this.download();
    this.#goOnFromBefore();
    this.#spare();
    if (state.phase === "ended" || state.phase === "failed") this.#letGo();
    // What was all there may be so no longer, once the worker hears of a newer choice.
    if (state.phase === "done" && this.#saveWhenDone && choice === this.#choice) {
      this.#saveWhenDone = false;
      this.save();
    }
    this.#useNewRoom();
  }

  // Trackers.

  /** Those that earlier links named; none, where the person tells their address to nobody but a relay. */
  #askOtherTrackers(): void {
    if (this.#hidesAddress) return;
    const hosts = rememberedTrackers.besides(this.#sockets.keys());
    this.#post({ type: "more-trackers", hosts });
    for (const host of hosts) this.#openSocket(host);
  }

  #openSocket(host: string): void {
    const socket = new TrackerSocket(host, {
      challenge: (challenge) => {
        this.#downHosts.delete(host);
        this.#post({ type: "tracker-challenge", host, challenge });
      },
      signal: (signal) => this.#post({ type: "tracker-signal", signal }),
      down: () => {
        this.#downHosts.add(host);
        this.#post({ type: "tracker-down", host });
        // The worker tells when one is up again; only here it is known that none could be.
        const isAll = this.#downHosts.size === this.#sockets.size;
        if (isAll) this.#setNotice("server-unreachable", true);
      },
    });
    this.#sockets.set(host, socket);
  }

  async #request(asked: Extract<FromWorker, { type: "tracker-request" }>): Promise<void> {
    let reply: unknown = null;
    try {
      reply = await this.#sockets.get(asked.host)?.request(asked.event, asked.message);
    } catch {
      // Safe: no reply is one that the worker's decoder takes for a refusal.
    }
    this.#post({ type: "tracker-reply", request: asked.request, reply });
  }
}

/** The same where nothing has come; else what hasn't changed is the same. */
function withVerified(
  files: readonly FileState[],
  verifiedBytesOfFile: Float64Array,
): readonly FileState[] {
  let changed: FileState[] | null = null;
  for (const [index, file] of files.entries()) {
    const verifiedBytes = verifiedBytesOfFile[index] ?? 0;
    if (verifiedBytes === file.verifiedBytes) continue;
    changed ??= [...files];
    changed[index] = { ...file, verifiedBytes };
  }
  return changed ?? files;
}

function asksForPassword(link: string): boolean {
  try {
    return decodeLink(link).passwordCheck !== null;
  } catch {
    return false; // Safe: a link that can't be read is refused with its reason.
  }
}

/** Asks the person to let this page read them again; the first that it may not, or null. */
async function firstNotAllowed(
  handles: readonly FileSystemHandle[],
): Promise<FileSystemHandle | null> {
  for (const handle of handles) {
    // Only browsers that ask have the method.
    const answer = (await handle.requestPermission?.({ mode: "read" })) ?? "granted";
    if (answer !== "granted") return handle;
  }
  return null;
}
