/**
 * Generated events at a catalogue and its index, beside a plain model of both: what is published,
 * replayed, forged, withdrawn, blocked, what expires and what people search for. Each event is answered
 * as the model says, nothing is found under a foreign key or by an old statement, and as much is held
 * afterwards as before. `FUZZ_RUNS` says how many.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { concat } from "@shoal/swarm/bytes";
import { openStated, type Signed } from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { SIGNATURE_BYTES, STATEMENT, statement } from "@shoal/swarm/share/statement";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { expect, test } from "vitest";
import { Catalogue, indexedOf } from "../src/catalogue/catalogue.ts";
import { WordIndex } from "../src/catalogue/word-index.ts";
import { seededRandom } from "./random.ts";
import { HOUR_MS, makeShare, type TestShare } from "./share.ts";

const EVENTS = Number(process.env["FUZZ_RUNS"] ?? 8_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const SHARES = 200;
const BOUNDS = { records: 120, recordsPerSource: 30 };
const PLACES = Array.from({ length: 6 }, (_, number) => `203.0.113.${number}`);
const WORDS = ["lisbon", "porto", "faro", "braga", "trams", "rain", "harbour", "recipe"];
const GRACE_MS = 5 * 60_000;
const KEPT_MS = LIMITS.entryLifeMs + LIMITS.entryClockMs;
/** Statements that may be brought again. */
const REMEMBERED = 500;
/** What comes and goes while it runs. */
const NOISE_BYTES = 8_000_000;

/** What a plain table holds of a share. */
type Row = {
  signed: Signed;
  from: string;
  takenMs: number;
  hasEnded: boolean;
  /** Null while it can't be found; without sources, since when. */
  lackingMs: number | null;
  sources: number;
};

const crypto = webCrypto();
const random = seededRandom(SEED);
const below = (count: number): number => Math.floor(random() * count);
const oneOf = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A catalogue with its index, and the model of both. */
class World {
  nowMs = 1_764_000_000_000;
  readonly index = new WordIndex();
  readonly catalogue = new Catalogue({ index: this.index, ...BOUNDS, graceMs: GRACE_MS });
  readonly rows = new Map<SwarmId, Row>();
  readonly sequences = new Map<SwarmId, number>();
  blocked = new Set<SwarmId>();
  readonly #past: Signed[] = [];

  /** What can be found, by the model. */
  isFound(row: Row): boolean {
    const { swarm, stated } = row.signed;
    const holds = stated.type === "entry" && stated.expiresMs > this.nowMs;
    return holds && !row.hasEnded && !this.blocked.has(swarm);
  }

  async say(share: TestShare): Promise<void> {
    const sequence = (this.sequences.get(share.swarm) ?? 0) + 1 + below(3);
    this.sequences.set(share.swarm, sequence);
    const expiresMs = this.nowMs + 60_000 + below(LIMITS.entryLifeMs - 60_000);
    const fields = { sequence, expiresMs };
    const title = `${oneOf(WORDS)} ${oneOf(WORDS)}`;
    const said =
      below(4) === 0
        ? share.withdrawal(fields)
        : share.entry({ ...fields, title, description: "", tags: [] });
    await this.bring(await said);
  }

  async bringAgain(): Promise<void> {
    if (this.#past.length > 0) await this.bring(oneOf(this.#past));
  }

  /** Under a foreign key, or with some bit changed. */
  async bringForged(key: Awaited<ReturnType<typeof crypto.generateSigningKey>>): Promise<void> {
    if (this.#past.length === 0) return;
    const { bytes, swarm } = oneOf(this.#past);
    const content = bytes.slice(SIGNATURE_BYTES);
    const signature = await key.sign(statement(STATEMENT.catalogue, swarm, 0, content));
    const at = below(bytes.length);
    const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << below(8)));
    const forged = below(2) === 0 ? concat(signature, content) : changed;
    expect(await openStated(forged, crypto)).toBeNull();
  }

  async bring(signed: Signed): Promise<void> {
    const opened = await openStated(signed.bytes, crypto);
    if (opened === null) throw new Error("an honest statement is opened");
    const from = oneOf(PLACES);
    expect(this.catalogue.take(opened, from, this.nowMs)).toBe(this.#expected(opened, from));
    if (this.#past.length < REMEMBERED) this.#past.push(opened);
    else this.#past[below(REMEMBERED)] = opened;
  }

  #expected(signed: Signed, from: string): string {
    const { swarm, stated } = signed;
    const row = this.rows.get(swarm);
    if (this.blocked.has(swarm)) return "blocked";
    if (stated.expiresMs <= this.nowMs) return "expired";
    const isSame = row !== undefined && row.signed.stated.sequence === stated.sequence;
    if (row !== undefined && stated.sequence < row.signed.stated.sequence) return "outdated";
    const ofSource = [...this.rows.values()].filter((one) => one.from === from).length;
    const isFull = this.rows.size >= BOUNDS.records || ofSource >= BOUNDS.recordsPerSource;
    if (row === undefined && isFull) return "too-many";
    if (!isSame || row.hasEnded) {
      const wasFound = row !== undefined && this.isFound(row);
      const next: Row = {
        signed,
        from: row?.from ?? from,
        takenMs: isSame ? row.takenMs : this.nowMs,
        hasEnded: false,
        lackingMs: wasFound ? row.lackingMs : this.nowMs,
        sources: wasFound ? row.sources : 0,
      };
      this.rows.set(swarm, next);
    }
    return stated.type === "entry" ? "listed" : "withdrawn";
  }

  /** Somebody comes or goes. */
  count(share: TestShare): void {
    const places = PLACES.slice(0, below(PLACES.length));
    this.catalogue.setSources(share.swarm, places, this.nowMs);
    const row = this.rows.get(share.swarm);
    if (row === undefined || !this.isFound(row)) return;
    row.sources = places.length;
    row.lackingMs = places.length > 0 ? null : (row.lackingMs ?? this.nowMs);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.catalogue.walk(BOUNDS.records, this.nowMs);
    this.catalogue.endLacking(true, this.nowMs);
    for (const [swarm, row] of this.rows) {
      if (row.takenMs + KEPT_MS <= this.nowMs) this.rows.delete(swarm);
      else if (this.isFound(row) && row.lackingMs !== null) {
        row.hasEnded = row.lackingMs + GRACE_MS <= this.nowMs;
      }
    }
  }

  block(shares: readonly TestShare[]): void {
    const before = this.blocked;
    const wereFound = [...this.rows.values()].filter((row) => this.isFound(row));
    this.blocked = new Set(Array.from({ length: below(5) }, () => oneOf(shares).swarm));
    this.catalogue.block(this.blocked, this.nowMs);
    for (const row of this.rows.values()) {
      // What is shown again begins anew.
      const isBack = before.has(row.signed.swarm) && this.isFound(row) && !wereFound.includes(row);
      if (isBack) Object.assign(row, { lackingMs: this.nowMs, sources: 0 });
    }
  }

  search(): void {
    const words = [oneOf(WORDS), oneOf(WORDS)].slice(0, below(3));
    const found = this.index.search({
      words: words.join(" "),
      kind: null,
      minBytes: 0,
      maxBytes: Infinity,
      near: this.catalogue.near(oneOf(PLACES), 10),
      offset: 0,
      count: BOUNDS.records,
    });
    const wanted = [...this.rows.values()].filter((row) => {
      const { stated } = row.signed;
      if (stated.type !== "entry" || !this.isFound(row)) return false;
      return words.every((word) => stated.title.split(" ").includes(word));
    });
    const swarms = wanted.map(({ signed }) => signed.swarm);
    // Where nothing matches, what nearly does is found.
    if (swarms.length > 0) expect(new Set(found.swarms)).toEqual(new Set(swarms));
    for (const swarm of found.swarms) this.#check(swarm);
  }

  /** What is shown of an entry is what its key said last. */
  #check(swarm: SwarmId): void {
    const listed = this.catalogue.listed(swarm, this.nowMs);
    const row = this.rows.get(swarm);
    if (listed === null || row === undefined) throw new Error("only what is listed is found");
    expect(listed.entry).toEqual(row.signed.stated);
    expect(indexedOf(listed).sources).toBe(row.sources);
  }
}

function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`${EVENTS} events are answered as by a plain table, with as much memory as before; seed ${SEED}`, async ({
  annotate,
}) => {
  const world = new World();
  const stranger = await crypto.generateSigningKey();
  const shares = await Promise.all(Array.from({ length: SHARES }, () => makeShare()));
  const counts = { said: 0, again: 0, forged: 0, searched: 0, else: 0 };
  let before = 0;
  for (let event = 0; event < EVENTS; event++) {
    // What is compiled and cached at first is there for good.
    if (event === Math.floor(EVENTS / 5)) before = heldBytes();
    const dice = below(100);
    if (dice < 30) {
      counts.said++;
      await world.say(oneOf(shares));
    } else if (dice < 50) {
      counts.again++;
      await world.bringAgain();
    } else if (dice < 60) {
      counts.forged++;
      await world.bringForged(stranger);
    } else if (dice < 85) {
      counts.searched++;
      world.search();
    } else {
      counts.else++;
      if (dice < 94) world.count(oneOf(shares));
      else if (dice < 99) world.pass(below(below(10) === 0 ? 30 * HOUR_MS : GRACE_MS));
      else world.block(shares);
    }
    expect(world.catalogue.size.records).toBe(world.rows.size);
  }
  const found = [...world.rows.values()].filter((row) => world.isFound(row)).length;
  expect(world.catalogue.size.listed).toBe(found);
  expect(world.index.size).toBe(found);
  const after = heldBytes();
  const megabytes = [before, after].map((bytes) => (bytes / 1e6).toFixed(1)).join(" -> ");
  await annotate(`${megabytes} MB; ${JSON.stringify(counts)}`);
  expect(after).toBeLessThan(before + NOISE_BYTES);
}, 3_600_000);
