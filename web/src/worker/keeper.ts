/** The worker of the page that lists what this browser keeps, and removes it. */
import type { SwarmId } from "@shoal/swarm/ids";
import type { FromKeeper, KeptShare, ToKeeper } from "../protocol/kept.ts";
import { HELD, MANIFEST } from "./journal.ts";
import { keepFor, keptDays } from "./keeping.ts";
import { type Found, keptShare } from "./kept.ts";
import { forgetShare, ownShares } from "./own-share.ts";
import { leftovers, LINK, lockName, removeLeftover } from "./shelf.ts";
import { unsummed } from "./summed.ts";

declare const self: DedicatedWorkerGlobalScope;

const post = (message: FromKeeper): void => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<ToKeeper>) => {
  handle(data).catch(() => post({ type: "failed" }));
});

/** All end in the list as it is then. */
async function handle(message: ToKeeper): Promise<void> {
  if (message.type === "keep") await keepFor(message.days);
  if (message.type === "remove") {
    // A tab that works with it keeps it.
    if (message.role === "sharer") await forgetShare(message.swarm);
    else await removeLeftover(message.swarm);
  }
  post({ type: "shares", shares: await list(), keptDays: await keptDays(), nowMs: Date.now() });
}

async function list(): Promise<KeptShare[]> {
  const found = [...(await shared()), ...(await fetched())];
  const open = await openSwarms(found.map(({ swarm }) => swarm));
  return found
    .map((one) => keptShare(one, open))
    .filter((share) => share !== null)
    .toSorted((one, other) => other.usedMs - one.usedMs);
}

async function shared(): Promise<Found[]> {
  const records = await ownShares();
  return records.map(({ swarm, fragment, signed, end, usedMs }) => ({
    swarm,
    role: "sharer",
    fragment: fragment ?? null,
    signed,
    held: null,
    isEnded: end !== null,
    usedMs,
  }));
}

async function fetched(): Promise<Found[]> {
  const found: Found[] = [];
  for (const { name, usedMs, read } of await leftovers()) {
    const [link, signed, held] = [await read(LINK), await read(MANIFEST), await read(HELD)];
    if (signed === null) continue; // Its link was opened, and nothing fetched.
    found.push({
      swarm: name as SwarmId,
      role: "receiver",
      fragment: link && new TextDecoder().decode(link),
      signed,
      held: held && (await unsummed(held)),
      isEnded: false,
      usedMs,
    });
  }
  return found;
}

async function openSwarms(swarms: readonly SwarmId[]): Promise<Set<SwarmId>> {
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  return new Set(swarms.filter((swarm) => names.has(lockName(swarm))));
}
