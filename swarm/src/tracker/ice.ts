/**
 * STUN and TURN servers that a tracker names: with the first a browser learns its outer address, the
 * second relays what can't go directly. A link may name anybody's tracker, so each passes a decoder.
 */
import { LIMITS } from "../limits.ts";

/** As `RTCIceServer` takes it. One with a `turn:` or `turns:` URL has credentials, others haven't. */
export type IceServer = {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

/** RFC 7064. Browsers refuse a transport here. */
const STUN_URL = /^stuns?:(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;
/** RFC 7065. */
const TURN_URL =
  /^turns?:(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/i;

function isUrl(text: string, pattern: RegExp): boolean {
  const match = text.length <= LIMITS.iceLetters ? pattern.exec(text) : null;
  const port = Number(match?.[1] ?? 1);
  return match !== null && port > 0 && port < 65_536;
}

export const isStunUrl = (text: string): boolean => isUrl(text, STUN_URL);
export const isTurnUrl = (text: string): boolean => isUrl(text, TURN_URL);

/** Whether one of them relays. */
export const hasRelay = (servers: readonly IceServer[]): boolean =>
  servers.some(({ credential }) => credential !== undefined);

const isWord = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= LIMITS.iceLetters;

/** Those of a list that a browser can use; none where it isn't a list. */
export function decodeIceServers(value: unknown): readonly IceServer[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, LIMITS.iceServers)
    .map(decodeIceServer)
    .filter((server) => server !== null);
}

function decodeIceServer(value: unknown): IceServer | null {
  if (typeof value !== "object" || value === null) return null;
  const { urls, username, credential } = value as Readonly<Record<keyof IceServer, unknown>>;
  if (!Array.isArray(urls)) return null;
  const texts = urls.slice(0, LIMITS.iceServers).filter((url) => typeof url === "string");
  const hasCredentials = isWord(username) && isWord(credential);
  const good = texts.filter((url) => (hasCredentials ? isTurnUrl(url) : isStunUrl(url)));
  if (good.length === 0) return null;
  return hasCredentials ? { urls: good, username, credential } : { urls: good };
}
