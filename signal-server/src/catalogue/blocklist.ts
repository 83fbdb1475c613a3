/** The host's list of swarms that the catalogue is to have nothing of: a file, read again when it changes. */
import { readFileSync, statSync, unwatchFile, watchFile } from "node:fs";
import { parseSwarmId, type SwarmId } from "@shoal/swarm/ids";
import { SERVER_LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

/** What stands in a blocklist: the swarms, and the numbers of the lines that name none. */
export type Blocklist = {
  readonly swarms: ReadonlySet<SwarmId>;
  readonly wrongLines: readonly number[];
};

/** Swarm ids, one a line; what follows a `#` is a remark. */
function parseBlocklist(text: string): Blocklist {
  const swarms = new Set<SwarmId>();
  const wrongLines: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = line.replace(/#.*/, "").trim();
    if (name === "") continue;
    const swarm = parseSwarmId(name);
    if (swarm === null || swarms.size >= SERVER_LIMITS.catalogue.blocked)
      wrongLines.push(index + 1);
    else swarms.add(swarm);
  }
  return { swarms, wrongLines };
}

/** @throws {Error} Where it can't be read, or is too large. */
export function readBlocklist(file: string): Blocklist {
  const { blocklistBytes } = SERVER_LIMITS.catalogue;
  if (statSync(file).size > blocklistBytes) throw new RangeError("the blocklist is too large");
  return parseBlocklist(readFileSync(file, "utf8"));
}

/**
 * Tells what the list says, now and whenever it has changed. Where it can't be read any more, what it
 * said last goes on to hold; lines that name no swarm are passed over. Both are logged.
 *
 * By looking at it now and then: to be told of changes isn't possible on every file system.
 */
export function watchBlocklist(
  file: string,
  log: Log,
  tell: (swarms: ReadonlySet<SwarmId>) => void,
): { close(): void } {
  const read = (): void => {
    try {
      const { swarms, wrongLines } = readBlocklist(file);
      if (wrongLines.length > 0) log.warn({ wrongLines }, "lines of the blocklist name no swarm");
      log.info({ blocked: swarms.size }, "the blocklist was read");
      tell(swarms);
    } catch (err) {
      log.error({ err }, "the blocklist can't be read: what it said before holds");
    }
  };
  read();
  watchFile(file, { interval: SERVER_LIMITS.catalogue.blocklistLookMs, persistent: false }, read);
  return { close: () => unwatchFile(file, read) };
}
