/** One share in this worker: its driver, its signals and its trackers, tied together. */
import type { SigningKey } from "@shoal/swarm/crypto";
import { Driver, type DriverShare, PieceLost, type SignedKeeper } from "@shoal/swarm/driver";
import type { Signed } from "@shoal/swarm/catalogue/entry";
import type { EngineSnapshot, Input, Restored, SharedByMe } from "@shoal/swarm/engine/io";
import type { ErrorCode } from "@shoal/swarm/errors";
import type { PeerId } from "@shoal/swarm/ids";
import type { Link } from "@shoal/swarm/share/link";
import type { ShareSecrets } from "@shoal/swarm/share/secrets";
import { Exchanges } from "@shoal/swarm/signal/exchanges";
import { makeIdentity } from "@shoal/swarm/signal/identity";
import { decodeIncomingSignal, type IncomingSignal } from "@shoal/swarm/tracker/messages";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { bringsBlock } from "@shoal/swarm/wire/frame";
import { BUSY_BYTES_PER_SEC } from "../protocol/busy.ts";
import type { FromWorker, SharedFile, ToWorker } from "../protocol/messages.ts";
import type { Placing } from "../protocol/placing.ts";
import type { CarrierName } from "../protocol/state.ts";
import { Carriers } from "./carriers.ts";
import { likely } from "./choice.ts";
import { type ConnectionMessage, takeConnectionMessage } from "./connection-messages.ts";
import { Connections, INVITE_MS } from "./connections.ts";
import { Demand } from "./demand.ts";
import type { FileSource } from "./file-source.ts";
import { release } from "./garbage.ts";
import { Invites } from "./invites.ts";
import type { KeptWish } from "./kept-wish.ts";
import type { Content } from "./opened-file.ts";
import { NeighbourCarrier } from "./neighbour-carrier.ts";
import type { OpfsStore } from "./opfs-store.ts";
import { type Place, Placement } from "./placement.ts";
import type { Publishing } from "./publishing.ts";
import type { Relisting } from "./relisting.ts";
import { Trackers } from "./trackers.ts";
import { RingSide } from "./ring-side.ts";
import { measureRoom } from "./room.ts";
import { Forecast, nameOf, sumOf, viewOf } from "./view.ts";
import { Viewing } from "./viewing.ts";
import { Wishes } from "./wishes.ts";
import { Zips } from "./zip.ts";
import type { Shelf } from "./shelf.ts";

/**
 * Views are told the figures so often, and at once what is more than a figure: a person reads no
 * faster, and a browser that draws more often has less time for the transfer. Speeds fall with time,
 * also when nothing happens.
 */
const TELL_MS = 1000;
/** As many cells as a person can tell apart. */
const PIECE_CELLS = 240;
const TRACKER_REPLY_MS = 10_000;

export type Own =
  | ({
      readonly kind: "sharer";
      readonly source: FileSource;
      readonly key: SigningKey;
      readonly keeper: SignedKeeper;
      /** Null where the host has no catalogue. */
      readonly publishing: Publishing | null;
    } & SharedByMe)
  | {
      readonly kind: "receiver";
      readonly store: OpfsStore;
      readonly shelf: Shelf;
      /** What was fetched in an earlier session. */
      readonly restored: Restored | null;
      /** What was wanted then. */
      readonly wish: KeptWish;
      /** What is missing of that waits for a word of the person. */
      readonly isHeld: boolean;
      /** Null where the host has no catalogue. */
      readonly relisting: Relisting | null;
    };

type Post = (message: FromWorker, transfer?: Transferable[]) => void;

/** What to hand on once a share is joined. */
type Message = Exclude<
  ToWorker,
  {
    type:
      | "share"
      | "open"
      | "unlock"
      | "go-on"
      | "fetch-instead"
      | "more-files"
      | "publish"
      | "withdraw";
  }
>;

const crypto = webCrypto();

export class Membership {
  readonly #post: Post;
  readonly #own: Own;
  readonly #driver: Driver;
  readonly #exchanges: Exchanges;
  readonly #trackers: Trackers;
  readonly #carriers: Carriers;
  readonly #ring: RingSide;
  readonly #connections: Connections;
  readonly #invites: Invites;
  readonly #requests = new Map<number, (reply: unknown) => void>();
  readonly #forecast = new Forecast();
  readonly #wishes: Wishes;
  readonly #viewing: Viewing;
  /** A receiver's, once a file was opened. */
  #demand: Demand | null = null;
  #nextRequest = 1;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #alarmMs: number | null = null;
  #toldStage = "";
  #hasToldFiles = false;
  #isSaving = false;
  readonly #saveWhenWhole = new Set<number | null>();
  #isDiskFull = false;
  readonly #zips = new Zips();
  /** Of the newest choice of files that the page told. */
  #choice = 0;
  /** How often room was looked for, and the last look's end. */
  #roomCount = 0;
  #lastRoom: Promise<void> = Promise.resolve();
  #placement: Placement | null = null;

  private constructor(
    link: Link,
    secrets: ShareSecrets,
    identity: Awaited<ReturnType<typeof makeIdentity>>,
    own: Own,
    post: Post,
  ) {
    this.#post = post;
    this.#own = own;
    this.#wishes = new Wishes(own.kind === "receiver" ? own.wish : { isAsked: true, chosen: null });
    this.#viewing = new Viewing({
      manifest: () => this.#driver.snapshot().manifest,
      content: this.#content(),
      post,
    });
    this.#trackers = new Trackers(link.trackers, identity, crypto, {
      request: (host, event, message) => this.#request(host, event, message),
      connected: (isUp) => this.#driver.handle({ type: isUp ? "tracker-up" : "tracker-down" }),
      joined: (host) => post({ type: "tracker-joined", host }),
      answers: (isAnswering) =>
        post({ type: "notice", notice: "server-unreachable", isOn: !isAnswering }),
    });
    this.#ring = new RingSide(secrets, identity, {
      driver: () => this.#driver,
      post,
      received: (signal) => void this.#receive(signal, "ring"),
      isLonely: () => this.#isLonely(),
      isHere: () => this.#driver.status.kind === "running",
      isBusy: () => this.#isBusy(),
    });
    const neighbours = new NeighbourCarrier(() => this.#driver);
    this.#carriers = new Carriers([this.#trackers, neighbours, this.#ring]);
    this.#connections = new Connections({
      connected: (connection, peer, role, { local, remote }) =>
        this.#driver.connected(connection, peer, role, local, remote),
      frame: (connection, frame) => {
        this.#driver.handle({ type: "frame", connection, frame });
        // The store has copied it.
        if (bringsBlock(frame)) release(frame.buffer);
      },
      drained: (connection, bufferedBytes) =>
        this.#driver.handle({ type: "buffered", levels: new Map([[connection, bufferedBytes]]) }),
      disconnected: (connection) => this.#driver.handle({ type: "disconnected", connection }),
      dialFailed: (peer) => this.#driver.handle({ type: "dial-failed", peer }),
      hangUp: (connection) => {
        this.#exchanges.closed(connection);
        this.#invites.closed(connection);
        post({ type: "disconnect", connection });
      },
      widen: (connection) => post({ type: "widen", connection }),
      widened: (connection) => this.#driver.handle({ type: "widened", connection }),
      forward: (connection, frame) => post({ type: "forward", connection, frame }, [frame]),
    });
    this.#exchanges = new Exchanges(identity, secrets.signalSecret, crypto, {
      carry: (signal) => this.#carriers.carry(signal),
      connect: (connection, peer, role) => {
        this.#connections.begin(connection, peer, role);
        post({ type: "connect", connection, isInitiator: role === "initiator" });
      },
      apply: (connection, text) => post({ type: "apply-signal", connection, text }),
      abandon: (connection) => this.#connections.closed(connection),
    });
    this.#invites = new Invites({ identity, secrets }, link, crypto, {
      reserve: () => this.#exchanges.reserve(),
      connect: (connection, peer, role) => {
        if (peer !== null) this.#carriers.brought(peer, "invite");
        this.#connections.begin(connection, peer, role, INVITE_MS);
        post({ type: "connect", connection, isInitiator: role === "initiator", isWhole: true });
      },
      name: (connection, peer) => {
        this.#carriers.brought(peer, "invite");
        this.#connections.name(connection, peer);
      },
      apply: (connection, text) => post({ type: "apply-signal", connection, text }),
      abandon: (connection) => this.#connections.closed(connection),
      isMet: (peer) => this.#driver.snapshot().peers.some((one) => one.peer === peer),
      tell: (invite) => post({ type: "invite", invite }),
    });
    const asDriver: DriverShare = own;
    this.#driver = new Driver(link.publicKey, secrets, identity, asDriver, {
      crypto,
      rng: Math.random,
      clock: {
        nowMs: () => performance.now(),
        unixMs: () => Date.now(),
        wakeAt: (timeMs, wake) => this.#setAlarm(timeMs, wake),
      },
      transport: {
        allocate: (sizeBytes) => this.#connections.allocate(sizeBytes),
        send: (connection, frame) => this.#connections.send(connection, frame),
        close: (connection) => this.#connections.close(connection),
      },
      swarm: {
        announce: (held, numWant) => void this.#announce(held, numWant),
        dial: (peer) => void this.#dial(peer),
        hangUp: (peer) => this.#exchanges.hangUp(peer),
      },
      neighbours: { brought: (signal) => void this.#receive(signal, "neighbour") },
      overlay: { heard: (peer, content) => this.#ring.heard(peer, content) },
      pause: () =>
        new Promise((resolve) => {
          setTimeout(resolve, 0);
        }),
      changed: () => {
        this.#demand?.changed();
        if (this.#driver.stage !== this.#toldStage) this.#tell();
      },
    });
    setInterval(() => this.#tell(), TELL_MS);
    post({ type: "self", peer: identity.peer });
    post({ type: "trackers", hosts: link.trackers });
    if (own.kind === "receiver") {
      own.store.onLost = (piece) => this.#driver.handle({ type: "piece-lost", piece });
      if (own.wish.chosen !== null) post({ type: "chosen", files: own.wish.chosen });
      if (own.wish.isAsked) this.#goOn(own); // As the person asked in an earlier session.
    }
    const stated = own.kind === "sharer" ? own.publishing?.spread : own.relisting?.newest;
    if (stated) this.passOn(stated);
    this.#tell();
  }

  static async join(link: Link, secrets: ShareSecrets, own: Own, post: Post): Promise<Membership> {
    const identity = await makeIdentity(secrets.swarm, crypto);
    return new Membership(link, secrets, identity, own, post);
  }

  /** Takes a message of the page. */
  take(message: Message): void {
    if ("connection" in message) return this.#takeOfConnection(message);
    switch (message.type) {
      case "ring":
        return this.#ring.set(message);
      case "command":
        return this.#command(message.command);
      case "choose-files":
        return this.#choose(message.files, message.choice);
      case "limit-upload":
        return this.#driver.handle({ type: "limit-upload", bytesPerSec: message.bytesPerSec });
      case "introduce":
        this.#driver.handle({ type: "hide-address", isHidden: message.hidesAddress });
        return this.#driver.handle({ type: "introduce", person: message.person });
      case "save":
        return void this.#save(message.file);
      case "place":
        return void this.#placeIn(message.place);
      case "place-answer":
        return this.#placement?.answer(message.file, message.answer, message.forAll);
      case "place-again":
        return void (message.leaveOut ? this.#placement?.leaveOut() : this.#placement?.run());
      case "place-cancel":
        return void this.#stopPlacing();
      case "own-copy":
        return this.#bringCopy(message.files);
      case "open-file":
        this.#wish(this.#wishes.open(message.file));
        return void this.#viewing.open(message.file);
      case "close-file":
        this.#viewing.close();
        return this.#wish(this.#wishes.close());
      case "stream":
        return this.#viewing.serve(message.token, message.range, message.port);
      case "discard":
        return void this.#discard();
      case "more-trackers":
        return this.#trackers.add(message.hosts);
      case "tracker-challenge":
        if (message.host === location.host) this.#catalogue?.back();
        return void this.#trackers.challenged(message.host, message.challenge);
      case "tracker-down":
        if (message.host === location.host) this.#catalogue?.away();
        return this.#trackers.disconnected(message.host);
      case "tracker-reply":
        return this.#requests.get(message.request)?.(message.reply);
      case "tracker-signal": {
        const signal = decodeIncomingSignal(message.signal);
        if (signal !== null) void this.#receive(signal, "tracker");
        return;
      }
      case "invite":
        return void this.#invites.invite();
      case "answer-invite":
        return void this.#invites.answer(message.code);
      case "invite-reply":
        return void this.#invites.reply(message.code);
      case "invite-cancel":
        return this.#invites.cancel();
    }
  }

  #takeOfConnection(message: ConnectionMessage): void {
    if (this.#ring.owns(message.connection)) return this.#ring.take(message);
    takeConnectionMessage(message, this.#connections, ({ connection, kind, text }) => {
      if (this.#invites.local(connection, kind, text)) return;
      this.#exchanges.local(connection, kind, text);
    });
  }

  #goOn({ isHeld, restored }: Extract<Own, { kind: "receiver" }>): void {
    const inputs = this.#wishes.download();
    const isPaused = isHeld && restored?.held.isFull !== true;
    this.#wish(isPaused ? [...inputs, ...this.#wishes.pause()] : inputs);
    this.#keepWish();
  }

  /** Tells the peers what the share's key said to catalogues. */
  passOn(signed: Signed): void {
    this.#driver.passOn(signed);
  }

  /** Something broke that nobody foresaw. */
  fail(code: ErrorCode): void {
    this.#driver.handle({ type: "failed", code });
  }

  /** Tells the engine; a sharer has all that there is. */
  #wish(inputs: readonly Input[]): void {
    if (this.#own.kind !== "receiver") return;
    for (const input of inputs) this.#driver.handle(input);
    this.#tell(); // What was pressed shows at once.
  }

  /** Keeps what the person wants for a later session; of what is merely chosen nothing is kept. */
  #keepWish(): void {
    const { isAsked, chosen } = this.#wishes;
    if (this.#own.kind === "receiver") this.#own.store.keepWish({ isAsked, chosen });
  }

  #choose(files: readonly number[] | null, choice: number): void {
    const wasAsked = this.#wishes.isAsked;
    this.#choice = choice;
    this.#wish(this.#wishes.choose(files));
    if (wasAsked) this.#keepWish();
    else void this.#tellRoom();
  }

  #command(command: "download" | "pause" | "resume" | "stop"): void {
    if (command !== "stop") {
      this.#wish(this.#wishes[command]());
      return command === "download" ? this.#keepWish() : undefined;
    }
    this.#viewing.close();
    this.#wish(this.#wishes.close());
    if (this.#own.kind === "sharer") {
      this.#driver.handle({ type: "end-share", reason: "stopped" });
    } else {
      this.#driver.handle({ type: "leave" });
      void this.#trackers.leave();
    }
  }

  #bringCopy(chosen: readonly SharedFile[]): void {
    const { manifest } = this.#driver.snapshot();
    if (this.#own.kind !== "receiver" || manifest === null) return;
    const copies = likely(manifest, chosen);
    const name = chosen[0]?.file.name ?? "";
    const refusal = copies.size === 0 ? ({ reason: "none-match", name } as const) : null;
    this.#post({ type: "refusal", refusal });
    if (refusal !== null) return;
    this.#own.store.offer(copies);
    // Who brings a file wants it here.
    const wanted = this.#wishes.chosen;
    const files = wanted && [...new Set([...wanted, ...copies.keys()])].toSorted((a, b) => a - b);
    if (files !== null) this.#post({ type: "chosen", files });
    const inputs = [...this.#wishes.choose(files), ...this.#wishes.download()];
    // First, or what it has would be asked of others in between.
    this.#wish([{ type: "own-copy", files: [...copies.keys()] }, ...inputs]);
    this.#keepWish();
  }

  /** The share's bytes for whoever looks at a file. */
  #content(): Content {
    const own = this.#own;
    if (own.kind === "sharer") {
      return { read: (file, offset, mostBytes) => own.source.peek(file, offset, mostBytes) };
    }
    return {
      read: (file, offset, mostBytes, signal) => {
        const demand = (this.#demand ??= this.#makeDemand(own.store));
        return demand.read(file, offset, mostBytes, signal);
      },
    };
  }

  #makeDemand(store: OpfsStore): Demand {
    const { manifest } = this.#driver.snapshot();
    if (manifest === null) throw new Error("files are opened once they are known");
    return new Demand(manifest.layout, store, {
      holds: (piece) => this.#driver.holds(piece),
      isHopeful: () => this.#driver.status.kind === "running",
      playAt: (file, offset) => this.#driver.handle({ type: "play-head", at: { file, offset } }),
    });
  }

  /** Nothing of the share stays in this browser. */
  async #discard(): Promise<void> {
    if (this.#own.kind !== "receiver") return;
    this.#viewing.close();
    this.#driver.handle({ type: "leave" });
    this.#driver.close();
    void this.#trackers.leave();
    await this.#own.relisting?.close();
    await this.#stopPlacing();
    await this.#own.store.settled();
    await this.#own.shelf.destroy();
    this.#post({ type: "discarded" });
  }

  async #save(file: number | null): Promise<void> {
    if (this.#own.kind !== "receiver") return;
    const { store } = this.#own;
    const snapshot = this.#driver.snapshot();
    const files = snapshot.manifest?.files ?? [];
    const chosen = this.#wishes.chosen ?? [...files.keys()];
    const only = file ?? (chosen.length === 1 ? (chosen[0] ?? null) : null);
    try {
      if (only === null) await this.#saveZip(snapshot, this.#own);
      else this.#handOver(await store.file(only), files[only]?.path.at(-1) ?? "file");
    } catch (error) {
      // What was lost is fetched again first.
      if (error instanceof PieceLost) this.#saveWhenWhole.add(file);
      // Safe: the pieces are untouched; the person is told and can press save again.
      else this.#post({ type: "notice", notice: "save-failed", isOn: true });
    }
  }

  /** What was to be saved when pieces of it turned out to be lost. */
  #saveLate(): void {
    for (const file of this.#saveWhenWhole) void this.#save(file);
    this.#saveWhenWhole.clear();
  }

  /** Makes the ZIP at the first time; another press while one is made adds nothing. */
  async #saveZip(
    snapshot: EngineSnapshot,
    { store, shelf }: Extract<Own, { kind: "receiver" }>,
  ): Promise<void> {
    if (this.#isSaving || snapshot.manifest === null) return;
    this.#isSaving = true;
    this.#post({ type: "saving", isOn: true });
    try {
      const zip = await this.#zips.of(snapshot.manifest, this.#wishes.chosen, store, shelf);
      this.#handOver(zip, `${nameOf(snapshot)}.zip`);
    } finally {
      this.#isSaving = false;
      this.#post({ type: "saving", isOn: false });
    }
  }

  /** Before a download; what an earlier session reserved is there. Of several calls the last counts. */
  #tellRoom(): Promise<void> {
    const count = ++this.#roomCount;
    this.#lastRoom = this.#lastRoom.then(() =>
      count === this.#roomCount ? this.#measureRoom() : undefined,
    );
    return this.#lastRoom;
  }

  async #measureRoom(): Promise<void> {
    const snapshot = this.#driver.snapshot();
    if (this.#own.kind !== "receiver" || this.#own.restored !== null) return;
    if (snapshot.manifest === null) return;
    const { deviceMemory } = navigator as { readonly deviceMemory?: number };
    const { chosen } = this.#wishes;
    const fileCount = chosen?.length ?? snapshot.manifest.files.length;
    const room = await measureRoom(fileCount, sumOf(snapshot, chosen).totalBytes, {
      shelf: this.#own.shelf,
      estimate: () => navigator.storage.estimate(),
      memoryGib: deviceMemory,
    });
    this.#post({ type: "room", room });
  }

  /** Writes to a place that the person chose; one that was being written to is given up. */
  async #placeIn(place: Place): Promise<void> {
    const { manifest } = this.#driver.snapshot();
    if (this.#own.kind !== "receiver" || manifest === null) return;
    const { store } = this.#own;
    await this.#stopPlacing();
    const ports = {
      read: (file: number) => store.file(file),
      tell: (placing: Placing) => this.#post({ type: "placing", placing }),
      nowMs: () => performance.now(),
    };
    this.#placement = new Placement(place, manifest.files, ports, this.#wishes.chosen);
    await this.#placement.run();
  }

  async #stopPlacing(): Promise<void> {
    const placement = this.#placement;
    this.#placement = null;
    await placement?.cancel();
    this.#post({ type: "placing", placing: null });
  }

  get #catalogue(): Publishing | Relisting | null {
    return this.#own.kind === "sharer" ? this.#own.publishing : this.#own.relisting;
  }

  #followCatalogue({ status: { kind: status }, isComplete }: EngineSnapshot): void {
    const { stated } = this.#driver;
    if (stated !== null && isComplete) this.#ring.publish(stated);
    if (this.#own.kind === "receiver") {
      this.#own.relisting?.follow({ status, isComplete, stated });
    } else if (status === "ended") this.#own.publishing?.end();
  }

  #handOver(file: File, name: string): void {
    this.#post({ type: "notice", notice: "save-failed", isOn: false });
    this.#post({ type: "ready-to-save", file, name });
  }

  async #announce(held: "nothing" | "part" | "all", numWant: number): Promise<void> {
    const dials = this.#connections.takeDials();
    const wasTaken = await this.#trackers.announce(held, numWant, dials, (company) => {
      const { ids: peers, swarmPeerCount, intervalMs, iceServers } = company;
      this.#post({ type: "ice-servers", servers: iceServers }); // Before the page is told to connect.
      // The tracker counts this peer too.
      const others = Math.max(0, swarmPeerCount - 1);
      this.#driver.handle({ type: "announced", peers, swarmPeerCount: others, intervalMs });
    });
    if (!wasTaken) this.#driver.handle({ type: "announce-failed" });
  }

  /** What a carrier brought; what isn't good is dropped in silence. */
  async #receive(signal: IncomingSignal, by: CarrierName): Promise<void> {
    if (await this.#exchanges.receive(signal)) this.#carriers.brought(signal.from, by);
  }

  /** Nobody is here, or nobody new can come. */
  #isLonely(): boolean {
    if (this.#driver.status.kind !== "running") return false;
    return !this.#trackers.isAnswering || this.#driver.snapshot().peers.length === 0;
  }

  /** So much is on its way that what can wait should. */
  #isBusy(): boolean {
    const { downloadBytesPerSec, uploadBytesPerSec } = this.#driver.snapshot();
    return downloadBytesPerSec + uploadBytesPerSec >= BUSY_BYTES_PER_SEC && !this.#isLonely();
  }

  async #dial(peer: PeerId): Promise<void> {
    const acquaintance = this.#carriers.acquaintance(peer);
    const connection = acquaintance && (await this.#exchanges.dial(acquaintance));
    if (connection === null) this.#driver.handle({ type: "dial-failed", peer });
  }

  #request(host: string, event: string, message: unknown): Promise<unknown> {
    const request = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error("no acknowledgement")), TRACKER_REPLY_MS);
    this.#requests.set(request, resolve);
    this.#post({ type: "tracker-request", host, request, event, message });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#requests.delete(request);
    });
  }

  #setAlarm(timeMs: number | null, wake: () => void): void {
    // One that rings too early costs less than one that is set anew with each frame.
    if (timeMs !== null && this.#alarmMs !== null && this.#alarmMs <= timeMs) return;
    clearTimeout(this.#alarm);
    this.#alarmMs = timeMs;
    if (timeMs === null) return;
    const ring = (): void => {
      this.#alarmMs = null;
      wake();
    };
    this.#alarm = setTimeout(ring, Math.max(0, timeMs - performance.now()));
  }

  #tell(): void {
    this.#toldStage = this.#driver.stage;
    this.#invites.look();
    const snapshot = this.#driver.snapshot();
    if (!this.#hasToldFiles && snapshot.manifest !== null) {
      this.#hasToldFiles = true;
      const { files } = snapshot.manifest;
      this.#post({ type: "files", files });
      void this.#tellRoom();
    }
    if (this.#isDiskFull !== snapshot.isDiskFull) {
      this.#isDiskFull = snapshot.isDiskFull;
      this.#post({ type: "notice", notice: "disk-full", isOn: this.#isDiskFull });
    }
    this.#followCatalogue(snapshot);
    const state = viewOf(
      snapshot,
      this.#own.kind === "sharer",
      this.#forecast,
      this.#wishes,
      (peer) => ({
        isRelayed: this.#connections.isRelayed(peer),
        foundBy: this.#carriers.foundBy(peer),
      }),
    );
    if (state.phase === "done") this.#saveLate();
    const { verifiedBytesOfFile } = snapshot;
    const pieces = this.#driver.pieceMap(PIECE_CELLS);
    const choice = this.#choice;
    this.#post({ type: "state", state, choice, verifiedBytesOfFile, pieces }, [
      verifiedBytesOfFile.buffer,
    ]);
  }
}
