/** The program: reads the environment, starts the server, and stops it when told to. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Configuration, ConfigurationError, readConfiguration } from "./configuration.ts";
import { openLog } from "./log.ts";
import { threadOf } from "./catalogue/thread.ts";
import { ListenError, startServer } from "./server.ts";

/** Beside this package, from `dist/` as from `src/`. */
const WEB_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../web/dist");
/** Where the build puts it. */
const SEARCH_THREAD = new URL("./search-thread.js", import.meta.url);

try {
  await run(readConfiguration(process.env, WEB_ROOT));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  for (const line of error.lines) console.error(line);
  process.exitCode = 1;
}

async function run(configuration: Configuration): Promise<void> {
  const log = openLog(configuration.logLevel);
  const openThread = threadOf(SEARCH_THREAD);
  const server = await startServer(configuration, { log, openThread }).catch((error: unknown) => {
    if (!(error instanceof ListenError)) throw error;
    throw new ConfigurationError([`Shoal cannot listen: ${reasonOf(error)}`]);
  });
  log.info("started");
  console.log(`Shoal is at ${addressOf(configuration.host, server.port)}`);

  // Once each: whoever asks a second time doesn't want to wait.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping");
      void server.stop().then(() => log.info("stopped"));
    });
  }
}

function reasonOf({ cause, place: { host, port }, prefix }: ListenError): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} of ${host} is taken. Choose another one with ${prefix}PORT`;
    case "EACCES":
      return `port ${port} of ${host} needs more rights. Choose another one with ${prefix}PORT`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} isn't an address of this machine. Choose one with ${prefix}HOST`;
    default:
      throw cause;
  }
}

/** Where this machine's browser finds it: also one that listens on every address. */
function addressOf(host: string, port: number): string {
  const named = new Map([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
  ]).get(host);
  const name = named ?? host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
