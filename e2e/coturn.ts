/** A TURN server of its own for a test: coturn, as Debian packs it, with the settings in `deploy/`. */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stop } from "./server.ts";

export const TURN_SECRET = "only for this test's own coturn";
const TURN_PORT = 3478;
const SETTINGS = fileURLToPath(new URL("../deploy/turnserver.conf", import.meta.url));

export type Transport = "udp" | "tcp";

/** The URL by which browsers reach it, over this transport alone. */
export const turnUrl = (address: string, transport: Transport): string =>
  `turn:${address}:${TURN_PORT}?transport=${transport}`;

/**
 * Starts one, and resolves with what ends it once it listens.
 *
 * @param address Where it listens and relays.
 * @param transport How clients reach it; not by the other one.
 * @param folder For what it writes.
 * @param within A command that runs the one that it is given, somewhere else.
 */
export async function startCoturn(
  address: string,
  transport: Transport,
  folder: string,
  within: readonly string[],
): Promise<() => Promise<void>> {
  const options = [
    "-c",
    SETTINGS,
    // A test's network is a private one, which a host's relay must keep out of.
    `--allowed-peer-ip=${address.replace(/\d+$/, "0")}-${address.replace(/\d+$/, "255")}`,
    `--listening-ip=${address}`,
    `--relay-ip=${address}`,
    transport === "udp" ? "--no-tcp" : "--no-udp",
    `--static-auth-secret=${TURN_SECRET}`,
    `--userdb=${path.join(folder, "turndb")}`,
    `--pidfile=${path.join(folder, "turn.pid")}`,
    "--log-file=stdout",
    "--simple-log",
    "--verbose",
  ];
  const [program = "", ...args] = [...within, "turnserver", ...options];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const listening = new RegExp(`IPv4. ${transport.toUpperCase()} listener opened on`, "i");
  let printed = "";
  await Promise.race([
    new Promise<void>((resolve) => {
      child.stdout.on("data", (data: Buffer) => {
        printed += data.toString();
        if (listening.test(printed)) resolve();
      });
    }),
    once(child, "exit").then(() => {
      throw new Error(`coturn ended:\n${printed}`);
    }),
  ]);
  return () => stop(child);
}

/** What coturn takes from who knows its secret, until `expirySec` after 1970. */
export function credentialsUntil(expirySec: number): { username: string; credential: string } {
  const username = `${expirySec}:somebody`;
  const credential = createHmac("sha1", TURN_SECRET).update(username).digest("base64");
  return { username, credential };
}
