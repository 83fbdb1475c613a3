/** A sound that is large beside what plays of it at once. */
import type { Locator } from "@playwright/test";
import { open } from "node:fs/promises";
import { randomFile } from "./files.ts";
import { wavHeader } from "./media.ts";

export const SOUND_BYTES_PER_SEC = 48_000;

/** A sound of so many bytes, all of it noise. */
export async function soundFile(file: string, size: number): Promise<void> {
  await randomFile(file, size, "sound");
  const handle = await open(file, "r+");
  await handle.write(wavHeader(size, SOUND_BYTES_PER_SEC), 0);
  await handle.close();
}

/** @returns Where it plays, in seconds. */
export const seconds = (media: Locator): Promise<number> =>
  media.evaluate((element) => (element instanceof HTMLMediaElement ? element.currentTime : -1));

/** Plays on from there, in seconds. */
export async function seek(media: Locator, place: number): Promise<void> {
  await media.evaluate((element, to) => {
    if (element instanceof HTMLMediaElement) element.currentTime = to;
  }, place);
}
