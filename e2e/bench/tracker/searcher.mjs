/**
 * People who search a catalogue at a steady pace, however long answers take: a program of its own,
 * since it would hold up whoever measures announces. It is told the port, and by messages the entries'
 * titles at first, then searches per second and for how many seconds: it answers with how long each took,
 * in ms.
 */
import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";

const port = Number(process.argv[2]);
/** @type {readonly string[]} */
let titles = [];

/** Searches are counted by address: they come from so many. */
const ADDRESSES = 50;

/**
 * What somebody searches for: mostly words of a title, some while they are typed, some misspelled.
 *
 * @returns {string}
 */
function anySearch() {
  const words = (titles[Math.floor(Math.random() * titles.length)] ?? "").split(" ");
  const [word = ""] = words;
  const dice = Math.random();
  if (dice < 0.1) return "?q=";
  if (dice < 0.3) return `?q=${word.slice(0, Math.max(3, word.length - 2))}`;
  if (dice < 0.4) return `?q=${word.slice(0, 2)}x${word.slice(3)}`;
  if (dice < 0.5) return `?kind=video&q=${word}`;
  return `?q=${words.slice(0, 1 + Math.floor(Math.random() * 3)).join("+")}`;
}

const agent = new Agent({ keepAlive: true });

/**
 * @param {number} index
 * @returns {Promise<void>} When the answer is there.
 */
function search(index) {
  const path = `/api/v1/catalogue${anySearch()}`;
  const localAddress = `127.1.0.${1 + (index % ADDRESSES)}`;
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: "127.0.0.1", port, path, localAddress }, (response) => {
      response.on("error", reject).resume();
      response.on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a search was refused: ${response.statusCode}`));
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

/**
 * @param {number} perSec
 * @param {number} seconds
 */
async function searchAt(perSec, seconds) {
  const beganMs = performance.now();
  const waiting = [];
  for (let count = 0; count < perSec * seconds; count++) {
    const dueMs = beganMs + (count * 1000) / perSec;
    await setTimeout(Math.max(0, dueMs - performance.now()));
    waiting.push(search(count).then(() => performance.now() - dueMs));
  }
  return Promise.all(waiting);
}

process.on(
  "message",
  (/** @type {{ titles: string[] } | { perSec: number, seconds: number }} */ told) => {
    if ("titles" in told) titles = told.titles;
    else void searchAt(told.perSec, told.seconds).then((took) => process.send?.(took));
  },
);
