/** The server's configuration: from the environment, checked, never guessed. */
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { LIMITS } from "@shoal/swarm/limits";
import { isStunUrl, isTurnUrl } from "@shoal/swarm/tracker/ice";
import { readBlocklist } from "./catalogue/blocklist.ts";
import type { IceConfiguration } from "./ice.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";

/** A link names four at most, and the page's own is one. */
const MOST_OTHER_TRACKERS = LIMITS.trackersPerLink - 1;
/** Browsers take long over many. */
const MOST_ICE_URLS = 4;
const LEAST_SECRET_LETTERS = 16;
const MOST_GRACE_S = 86_400;
const MOST_ENTRIES_PER_ADDRESS = 100_000;

export type Configuration = {
  readonly host: string;
  /** 0 chooses any free port. */
  readonly port: number;
  /** The folder of the built web app. */
  readonly webRoot: string;
  /** Origins of pages that may use this tracker; null for any. */
  readonly allowedOrigins: ReadonlySet<string> | null;
  /** Names under which peers may dial this tracker, each with its port if any; null for any. */
  readonly allowedHosts: ReadonlySet<string> | null;
  /** Proxies of one's own in front, each of which adds to `X-Forwarded-For`. */
  readonly trustedProxyHops: number;
  /** Hosts whose trackers links name besides the one that the page is on. */
  readonly otherTrackers: readonly string[];
  /** Where `/metrics` listens; null where it doesn't. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Redis, through which several processes share swarms; null: this one is alone. */
  readonly redisUrl: string | null;
  readonly ice: IceConfiguration;
  /** Null where it is off. */
  readonly catalogue: CatalogueConfiguration | null;
  readonly logLevel: LogLevel;
};

export type CatalogueConfiguration = {
  /** How long an entry stays without a source. */
  readonly graceMs: number;
  /** Shares that one address may have brought. */
  readonly entriesPerAddress: number;
  /** Names swarms that it has nothing of; null for none. */
  readonly blocklistFile: string | null;
  /** Where reports are listed; null for nowhere. */
  readonly reportsFile: string | null;
};

/** Says what is wrong with the environment: one line per wrong value. */
export class ConfigurationError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "ConfigurationError";
    this.lines = lines;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type Setting<Value> = {
  readonly fallback: Value;
  /** Undefined for a wrong value. */
  readonly parse: (text: string) => Value | undefined;
  readonly must: string;
  /** It may hold a password: it isn't printed. */
  readonly isSecret?: true;
};

/** Reads the environment. Throws `ConfigurationError`. `defaultWebRoot` stands in for `WEB_ROOT`. */
export function readConfiguration(environment: Environment, defaultWebRoot: string): Configuration {
  const wrong: string[] = [];
  const read = <Value>(name: string, setting: Setting<Value>): Value => {
    const text = environment[name];
    if (text === undefined) return setting.fallback;
    const value = setting.parse(text);
    const shown = setting.isSecret ? "not usable" : JSON.stringify(text);
    if (value === undefined) wrong.push(`${name} is ${shown}: ${setting.must}`);
    return value ?? setting.fallback;
  };

  const address = {
    fallback: "127.0.0.1",
    parse: (text: string) => (/^[\w.:%-]+$/.test(text) ? text : undefined),
    must: "it must be an address or a name to listen on, such as 127.0.0.1 or ::",
  };
  const port = {
    parse: (text: string) =>
      /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined,
    must: "it must be a number from 0 to 65535",
  };
  const metricsHost = read("METRICS_HOST", address);
  const metricsPort = read<number | null>("METRICS_PORT", { ...port, fallback: null });
  const configuration: Configuration = {
    host: read("HOST", address),
    port: read("PORT", { ...port, fallback: 3000 }),
    metrics: metricsPort === null ? null : { host: metricsHost, port: metricsPort },
    webRoot: read("WEB_ROOT", {
      fallback: defaultWebRoot,
      parse: (text) => (text === "" ? undefined : path.resolve(text)),
      must: "it must be the folder of the built web app",
    }),
    allowedOrigins: read<Configuration["allowedOrigins"]>("ALLOWED_ORIGINS", {
      fallback: null,
      parse: (text) => setOf(text, isOrigin),
      must: "it must be origins with commas between them, such as https://shoal.example",
    }),
    allowedHosts: read<Configuration["allowedHosts"]>("ALLOWED_HOSTS", {
      fallback: null,
      parse: (text) => setOf(text, isHost),
      must: "it must be hosts with commas between them, such as shoal.example,localhost:3000",
    }),
    otherTrackers: read<readonly string[]>("TRACKERS", {
      fallback: [],
      parse: (text) => listOf(text, isHost, MOST_OTHER_TRACKERS),
      must: `it must be up to ${MOST_OTHER_TRACKERS} hosts with commas between them, such as shoal.example`,
    }),
    trustedProxyHops: read("TRUST_PROXY", {
      fallback: 0,
      parse: (text) => (/^\d$/.test(text) ? Number(text) : undefined),
      must: "it must be how many proxies of yours are in front, from 0 to 9",
    }),
    redisUrl: read<string | null>("REDIS_URL", {
      fallback: null,
      parse: (text) => (isRedisUrl(text) ? text : undefined),
      must: "it must be as redis://127.0.0.1:6379, with rediss:// for TLS",
      isSecret: true,
    }),
    ice: readIce(read, wrong),
    catalogue: readCatalogue(read),
    logLevel: read<LogLevel>("LOG_LEVEL", {
      fallback: "info",
      parse: (text) => LOG_LEVELS.find((level) => level === text),
      must: `it must be one of ${LOG_LEVELS.join(", ")}`,
    }),
  };

  const webRootIsSound = !wrong.some((line) => line.startsWith("WEB_ROOT "));
  if (webRootIsSound && !isFile(path.join(configuration.webRoot, "index.html"))) {
    const where = JSON.stringify(configuration.webRoot);
    wrong.push(`The web app isn't in ${where}: build it (pnpm build), or set WEB_ROOT`);
  }
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  return configuration;
}

type Read = <Value>(name: string, setting: Setting<Value>) => Value;

function readIce(read: Read, wrong: string[]): IceConfiguration {
  const urls = (name: string, isUrl: IsEntry, example: string) =>
    read<readonly string[] | null>(name, {
      fallback: null,
      parse: (text) => listOf(text, isUrl, MOST_ICE_URLS),
      must: `it must be up to ${MOST_ICE_URLS} URLs with commas between them, such as ${example}`,
    });
  const stunUrls = urls("STUN_URLS", isStunUrl, "stun:turn.shoal.example:3478");
  const turnUrls = urls(
    "TURN_URLS",
    isTurnUrl,
    "turn:turn.shoal.example:3478,turn:turn.shoal.example:3478?transport=tcp",
  );
  const secret = read<string | null>("TURN_SECRET", {
    fallback: null,
    parse: (text) => (text.length >= LEAST_SECRET_LETTERS ? text : undefined),
    must: `it must have at least ${LEAST_SECRET_LETTERS} letters, and be coturn's static-auth-secret`,
    isSecret: true,
  });
  const names = ["TURN_URLS", "TURN_SECRET"];
  const isSound = !wrong.some((line) => names.some((name) => line.startsWith(`${name} `)));
  if (isSound && (turnUrls === null) !== (secret === null)) {
    wrong.push("TURN_URLS and TURN_SECRET need each other: one of them isn't set");
  }
  const turn = turnUrls !== null && secret !== null ? { urls: turnUrls, secret } : null;
  return { stunUrls: stunUrls ?? [], turn };
}

/** Checks all of it, also where it is off. */
function readCatalogue(read: Read): CatalogueConfiguration | null {
  const whole = (name: string, fallback: number, most: number): number =>
    read(name, {
      fallback,
      parse: (text) =>
        /^[1-9]\d{0,9}$/.test(text) && Number(text) <= most ? Number(text) : undefined,
      must: `it must be a number from 1 to ${most}`,
    });
  const isOn = read("CATALOGUE", {
    fallback: false,
    parse: (text) =>
      new Map([
        ["on", true],
        ["off", false],
      ]).get(text),
    must: "it must be on or off",
  });
  const configuration = {
    graceMs: 1000 * whole("CATALOGUE_GRACE_S", 300, MOST_GRACE_S),
    entriesPerAddress: whole("CATALOGUE_ENTRIES_PER_ADDRESS", 100, MOST_ENTRIES_PER_ADDRESS),
    blocklistFile: read<string | null>("CATALOGUE_BLOCKLIST", {
      fallback: null,
      parse: (text) => (isBlocklist(text) ? path.resolve(text) : undefined),
      must: "it must be a file of swarm ids, one a line, with # before remarks",
    }),
    reportsFile: read<string | null>("CATALOGUE_REPORTS", {
      fallback: null,
      parse: (text) => (isWritable(text) ? path.resolve(text) : undefined),
      must: "it must be a file that can be written, in a folder that is there",
    }),
  };
  return isOn ? configuration : null;
}

type IsEntry = (entry: string) => boolean;

function setOf(text: string, isEntry: IsEntry): Set<string> | undefined {
  const entries = text.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.every(isEntry) ? new Set(entries) : undefined;
}

/** Each once. */
function listOf(text: string, isEntry: IsEntry, most: number): string[] | undefined {
  const entries = setOf(text, isEntry);
  return entries === undefined || entries.size > most ? undefined : [...entries];
}

const isOrigin = (text: string): boolean =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** As browsers send it: lower case, without the scheme's own port. */
const isHost = (text: string): boolean =>
  ["http", "https"].every(
    (scheme) => URL.canParse(`${scheme}://${text}`) && new URL(`${scheme}://${text}`).host === text,
  );

/** With a host, and with nothing after it but the number of a database. */
function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hostname !== "" && /^(?:\/\d*)?$/.test(pathname) && search === "" && hash === "";
}

function isBlocklist(file: string): boolean {
  try {
    return readBlocklist(file).wrongLines.length === 0;
  } catch {
    return false; // Safe: it is told that it can't be used.
  }
}

/** Whether this process may add to a file, or make it. */
function isWritable(file: string): boolean {
  const exists = statSync(file, { throwIfNoEntry: false }) !== undefined;
  if (file === "" || (exists && !isFile(file))) return false;
  try {
    accessSync(exists ? file : path.dirname(path.resolve(file)), constants.W_OK);
    return true;
  } catch {
    return false; // Safe: it is told that it can't be used.
  }
}

const isFile = (file: string): boolean =>
  statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
