/** No state and no error that a page can show is without a journey that gets it there. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const JOURNEYS = "e2e/journeys";
const names = await readdir(at(JOURNEYS));
const journeys = await Promise.all(
  names.map((name) => readFile(at(`${JOURNEYS}/${name}`), "utf8")),
);
const all = journeys.join("\n");

/** @returns {Promise<string[]>} The texts between quotes of a type or list of the source. */
async function textsOf(/** @type {string} */ path, /** @type {RegExp} */ part) {
  const source = await readFile(at(path), "utf8");
  const [, code = ""] = part.exec(source.replaceAll(/\/\*\*.*?\*\//gsu, "")) ?? [];
  return [...code.matchAll(/"([a-z0-9-]+)"/gu)].map(([, text = ""]) => text);
}

const STATE = "web/src/protocol/state.ts";
const UNIONS = {
  error: await textsOf("swarm/src/errors.ts", /ERROR_CODES = \[(.*?)\] as const/su),
  phase: await textsOf(STATE, /type Phase =(.*?);/su),
  notice: await textsOf(STATE, /type Notice =(.*?);/su),
  refusal: await textsOf(STATE, /readonly reason:(.*?);/su),
};

it.each(Object.entries(UNIONS))("each %s has its journey", (_, texts) => {
  expect(texts.length).toBeGreaterThan(2);
  expect(texts.filter((text) => !new RegExp(`["=]${text}["\\]]`, "u").test(all))).toEqual([]);
});
