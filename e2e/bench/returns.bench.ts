/**
 * A hundred peers at two processes around Redis: a part is killed and comes back, and after a while a
 * newcomer at either process finds them all, and nobody twice.
 */
import { setTimeout } from "node:timers/promises";
import { test } from "@playwright/test";
import { startRedis } from "../redis.ts";
import { startServer } from "../server.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { writeSection } from "./report.ts";
import { RUNS } from "./settings.ts";
import { comeBack, where } from "./tracker/crowd.ts";
import { joinSwarm } from "./tracker/shoal-tracker.ts";
import type { ShoalMember } from "./tracker/shoal-tracker.ts";

const MEMBERS = 100;
/** As long as a part is away: peers of a dead process are forgotten meanwhile, and Redis is missed. */
const AWAY_MS = 8000;
/** Between two looks at how many there are. */
const LOOK_MS = 20;

const CASES = {
  "one process": ["one"],
  Redis: ["redis"],
  "Redis and both processes": ["redis", "one", "two"],
} as const;

type Name = "one" | "two";

/** Somebody who stays, whatever becomes of their process: each at the same port again. */
class Stayer {
  readonly #join: () => Promise<ShoalMember>;
  #isOver = false;
  #member: ShoalMember | null = null;

  constructor(join: () => Promise<ShoalMember>) {
    this.#join = join;
  }

  async stay(): Promise<void> {
    this.#member = await comeBack(this.#join);
    void this.#member.ended.then(() => (this.#isOver ? undefined : this.stay()));
  }

  leave(): void {
    this.#isOver = true;
    this.#member?.close();
  }
}

/** Resolves when newcomers at all of these ports are told of everybody, and leaves with them. */
async function findAll(ports: readonly number[]): Promise<void> {
  const newcomers = await Promise.all(
    ports.map((port, index) => comeBack(() => joinSwarm(port, MEMBERS + index, 0))),
  );
  for (const newcomer of newcomers) {
    while ((await newcomer.count()) !== MEMBERS + newcomers.length) await setTimeout(LOOK_MS);
  }
  for (const newcomer of newcomers) newcomer.close();
  await Promise.all(newcomers.map(({ ended }) => ended));
}

test("a part's return", async () => {
  const machine = where();
  const tookSeconds = new Map<string, number[]>(Object.keys(CASES).map((what) => [what, []]));
  const redis = await startRedis();
  const start = (port = "0") =>
    startServer({ REDIS_URL: redis.url, PORT: port, LOG_LEVEL: "error" });
  const servers = { one: await start(), two: await start() };
  const portOf = (name: Name): number => Number(new URL(servers[name].url).port);
  const ports = [portOf("one"), portOf("two")];
  const restart = async (name: Name): Promise<void> => {
    servers[name] = await start(String(portOf(name)));
  };
  const stayers = Array.from({ length: MEMBERS }, (_, index) => {
    const port = ports[index % ports.length] ?? 0;
    return new Stayer(() => joinSwarm(port, index, 0));
  });
  await Promise.all(stayers.map((one) => one.stay()));
  await findAll(ports);
  for (let run = 0; run < RUNS; run++) {
    for (const [what, parts] of Object.entries(CASES)) {
      console.log(`returns, round ${run + 1}: ${what}`);
      await Promise.all(parts.map((part) => (part === "redis" ? redis : servers[part]).kill()));
      await setTimeout(AWAY_MS);
      await Promise.all(parts.map((part) => (part === "redis" ? redis.start() : restart(part))));
      const backMs = performance.now();
      await findAll(ports);
      tookSeconds.get(what)?.push((performance.now() - backMs) / 1000);
    }
    const rows = [...tookSeconds].map(([what, took]) => [what, spreadText(spreadOf(took), 1)]);
    const head = ["killed, 8 s away, and back", "s until newcomers at both find all"];
    const table = markdownTable(head, rows);
    await writeSection("returns", `${machine}. ${run + 1} rounds.\n\n${table}`);
  }
  for (const one of stayers) one.leave();
  await Promise.all([servers.one.kill(), servers.two.kill(), redis.kill()]);
});
