/**
 * How long what this browser fetched, and what it takes to go on with its own shares, stays after its
 * last use: a wish of the person. In a database of its own: the shares' is open in every tab.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { KeptDays } from "../protocol/kept.ts";

const DATABASE = "shoal-settings";
const KEY = "kept-days";
const CHOICES: readonly KeptDays[] = [1, 3, 7, 30, null];
/** A guess: for longer hardly anybody waits for a sharer to come back, or for a download to go on. */
const USUAL: KeptDays = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Schema extends DBSchema {
  settings: { key: string; value: unknown };
}

async function database(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(DATABASE, 1, {
    upgrade(made) {
      made.createObjectStore("settings");
    },
  });
}

/** Throws where it can't be read: then nobody knows what may be removed. */
export async function keptDays(): Promise<KeptDays> {
  const opened = await database();
  const found = await opened.get("settings", KEY);
  opened.close();
  if (found === null) return null;
  return CHOICES.find((days) => days === found) ?? USUAL;
}

/** From now on, for what is kept already as well. */
export async function keepFor(days: KeptDays): Promise<void> {
  const opened = await database();
  await opened.put("settings", days, KEY);
  opened.close();
}

/** What was last used at or before this time is removed; `nowMs` and the result: wall clock. */
export function removedBeforeMs(nowMs: number, days: KeptDays): number {
  return days === null ? -Infinity : nowMs - days * DAY_MS;
}
