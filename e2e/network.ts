/**
 * A network that a test makes for its browsers and its server, and can cut: a switch in a Linux
 * network namespace, and another namespace for each place that is plugged into it. For root.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { startServer } from "./server.ts";
import type { Server } from "./server.ts";

const run = promisify(execFile);

const ip = (...args: readonly string[]): Promise<unknown> => run("ip", [...args]);

/** Where `ip netns` keeps what it has made. */
const NAMESPACES = "/var/run/netns";
const PREFIX = "shoal-e2e-";

/** Of what is at the switch. No other namespace sees this address: each network has its own. */
export const SERVER_ADDRESS = "10.0.0.1";

/** A place in the network, for one browser. */
export interface Place {
  /** Of its end of the cable, at the switch. */
  readonly port: string;
  /** A command that runs the one that it is given, in this place. */
  readonly inside: readonly string[];
}

export class Network {
  readonly #name: string;
  readonly #places: Place[] = [];
  #server: Server | null = null;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Whether this machine lets a test make one. */
  static isPossible(): boolean {
    return process.getuid?.() === 0 && ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].some(existsSync);
  }

  static async make(): Promise<Network> {
    await removeOrphans();
    const network = new Network(`${PREFIX}${process.pid}-${Date.now().toString(36)}`);
    await ip("netns", "add", network.#name);
    await network.#ip("link", "set", "lo", "up");
    await network.#ip("link", "add", "switch", "type", "bridge");
    await network.#ip("address", "add", `${SERVER_ADDRESS}/24`, "dev", "switch");
    await network.#ip("link", "set", "switch", "up");
    return network;
  }

  /** A command that runs the one that it is given, at the switch. */
  get atSwitch(): readonly string[] {
    return inside(this.#name);
  }

  /** The shipped server, at the switch; the same one each time. `env` is for the first. */
  async server(env: Record<string, string> = {}): Promise<Server> {
    this.#server ??= await startServer({ HOST: SERVER_ADDRESS, ...env }, this.atSwitch);
    return this.#server;
  }

  /** A place of its own, plugged in. */
  async place(): Promise<Place> {
    const number = this.#places.length + 1;
    const [name, port] = [`${this.#name}-${number}`, `port${number}`];
    await ip("netns", "add", name);
    const place: Place = { port, inside: inside(name) };
    this.#places.push(place);
    const cable = ["type", "veth", "peer", "name", port, "netns", this.#name];
    await ip("link", "add", "cable", "netns", name, ...cable);
    await ip("-n", name, "link", "set", "lo", "up");
    await ip("-n", name, "address", "add", `10.0.0.${number + 1}/24`, "dev", "cable");
    // Only this address: one of IPv6 would come a second or two later, as a change of the network.
    await ip("-n", name, "link", "set", "cable", "addrgenmode", "none");
    await ip("-n", name, "link", "set", "cable", "up");
    // Browsers find their own address by the way to the outside.
    await ip("-n", name, "route", "add", "default", "via", SERVER_ADDRESS);
    await this.#ip("link", "set", port, "master", "switch", "up");
    return place;
  }

  /** From here on nothing gets through to this place, and it isn't told. */
  async cut({ port }: Place): Promise<void> {
    await this.#ip("link", "set", port, "nomaster");
  }

  async mend({ port }: Place): Promise<void> {
    await this.#ip("link", "set", port, "master", "switch");
  }

  /** Places reach the server, or each other as well. */
  async isolate(areIsolated: boolean): Promise<void> {
    for (const { port } of this.#places) {
      const value = areIsolated ? "on" : "off";
      await this.#ip("link", "set", port, "type", "bridge_slave", "isolated", value);
    }
  }

  /** Ends the server, and takes the network away. */
  async remove(): Promise<void> {
    await this.#server?.stop();
    await removeNamespaces((name) => name.startsWith(this.#name));
  }

  #ip(...args: readonly string[]): Promise<unknown> {
    return ip("-n", this.#name, ...args);
  }
}

const inside = (namespace: string): string[] => ["ip", "netns", "exec", namespace];

/** What a run that was killed has left. */
async function removeOrphans(): Promise<void> {
  await removeNamespaces((name) => {
    const pid = Number(name.slice(PREFIX.length).split("-")[0]);
    return name.startsWith(PREFIX) && !existsSync(`/proc/${pid}`);
  });
}

/** Processes in a namespace keep it until they end, without its name. */
async function removeNamespaces(isOne: (name: string) => boolean): Promise<void> {
  if (!existsSync(NAMESPACES)) return;
  for (const name of await readdir(NAMESPACES)) {
    if (isOne(name)) await ip("netns", "delete", name);
  }
}

/**
 * A program that starts another one in a place: for whoever takes a path and no command.
 *
 * @param folder Where it is written.
 */
export async function launcherOf(place: Place, program: string, folder: string): Promise<string> {
  const launcher = path.join(folder, `launch-${place.port}`);
  await writeFile(launcher, `#!/bin/sh\nexec ${place.inside.join(" ")} '${program}' "$@"\n`);
  await chmod(launcher, 0o755);
  return launcher;
}
