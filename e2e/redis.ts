/** A Redis of a journey's own: the real one, which can be killed and comes back empty. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";

export interface Redis {
  readonly url: string;
  /** As a crash does; nothing happens where it doesn't run. */
  kill(): Promise<void>;
  /** At the same place, with nothing in it. */
  start(): Promise<void>;
  /** Forgets the scripts that it was given. */
  forgetScripts(): Promise<void>;
}

/** @throws {Error} Where there is no `redis-server`; `pnpm browsers` installs it. */
export async function startRedis(): Promise<Redis> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  let child: ChildProcess | null = null;
  const redis: Redis = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const where = ["--bind", "127.0.0.1", "--port", String(port)];
      const started = spawn("redis-server", [...where, "--save", "", "--appendonly", "no"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      child = started;
      let printed = "";
      await new Promise<void>((resolve, reject) => {
        started.once("error", reject);
        started.once("exit", () => reject(new Error(`redis-server ended:\n${printed}`)));
        started.stdout.on("data", (data: Buffer) => {
          printed += data.toString();
          if (printed.includes("Ready to accept connections")) resolve();
        });
      });
    },
    async forgetScripts() {
      const socket = connect(port, "127.0.0.1");
      socket.write("SCRIPT FLUSH\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      socket.destroy();
      if (answer.toString() !== "+OK\r\n") throw new Error(`Redis answers ${answer.toString()}`);
    },
    async kill() {
      if (child === null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      child = null;
      await ended;
    },
  };
  await redis.start();
  return redis;
}
