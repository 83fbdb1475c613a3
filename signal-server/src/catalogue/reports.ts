/**
 * What people report of entries. A report is counted, logged and, where the host wants it, listed in a
 * file; by itself it changes nothing. Who reported is neither told nor logged, and counts once.
 */
import { appendFile, stat } from "node:fs/promises";
import { parseSwarmId, type SwarmId } from "@shoal/swarm/ids";
import { safeLine } from "@shoal/swarm/text";
import type { Source } from "../address.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Listed } from "./catalogue.ts";

const REASONS = ["illegal", "misleading", "other"] as const;
export type ReportReason = (typeof REASONS)[number];

export type Report = {
  readonly swarm: SwarmId;
  readonly reason: ReportReason;
  /** One line, harmless; "" for none. */
  readonly words: string;
};

/** What a stranger's JSON reports; null where it is malformed. */
export function decodeReport(text: string): Report | null {
  const { swarm, reason, words = "" } = fieldsOf(text);
  const known = REASONS.find((one) => one === reason);
  const id = typeof swarm === "string" ? parseSwarmId(swarm) : null;
  if (known === undefined || id === null || typeof words !== "string") return null;
  const { reportWordsBytes } = SERVER_LIMITS.catalogue;
  return { swarm: id, reason: known, words: safeLine(words, reportWordsBytes) };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // Safe: it is refused as what reports nothing.
  }
}

export type ReportsPorts = {
  /** An entry that can be found; null for any other swarm. */
  readonly listed: (swarm: SwarmId) => Pick<Listed, "entry"> | null;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Told of each that counts. */
  readonly counted: (reason: ReportReason) => void;
};

export class Reports {
  readonly #file: string | null;
  readonly #ports: ReportsPorts;
  /** Who has reported which entry. */
  readonly #reporters = new Map<SwarmId, Set<Source>>();
  #written: Promise<void> = Promise.resolve();

  /** @param file Where they are listed, a line of JSON each; null for nowhere. */
  constructor(file: string | null, ports: ReportsPorts) {
    this.#file = file;
    this.#ports = ports;
  }

  /** Takes one, if there is such an entry, and this source hasn't reported it before. */
  take({ swarm, reason, words }: Report, from: Source): void {
    const { listed, nowMs, log, counted } = this.#ports;
    const entry = listed(swarm)?.entry;
    const reporters = this.#reporters.get(swarm) ?? new Set();
    const isFull = reporters.size >= SERVER_LIMITS.catalogue.reportersPerEntry;
    if (entry === undefined || isFull || reporters.has(from)) return;
    this.#reporters.set(swarm, reporters.add(from));
    const count = reporters.size;
    counted(reason);
    log.info({ swarm, reason, count }, "an entry of the catalogue was reported");
    const time = new Date(nowMs()).toISOString();
    const { title } = entry;
    this.#write(`${JSON.stringify({ time, swarm, reason, count, title, words })}\n`);
  }

  /** Forgets who has reported what can't be found any more. */
  tidy(): void {
    for (const swarm of this.#reporters.keys()) {
      if (this.#ports.listed(swarm) === null) this.#reporters.delete(swarm);
    }
  }

  /** Resolves when all is written. */
  flush(): Promise<void> {
    return this.#written;
  }

  #write(line: string): void {
    const file = this.#file;
    if (file === null) return;
    this.#written = this.#written
      .then(async () => {
        const { size } = await stat(file).catch(() => ({ size: 0 })); // Safe: it is made then.
        const isFull = size + line.length > SERVER_LIMITS.catalogue.reportsFileBytes;
        if (isFull) this.#ports.log.warn("the file of reports is full: they are only counted");
        else await appendFile(file, line, { mode: 0o600 });
      })
      .catch((err: unknown) => {
        this.#ports.log.error({ err }, "a report can't be written down"); // Safe: it was logged.
      });
  }
}
