/**
 * The STUN and TURN servers that joined peers are told, the second with credentials that last a
 * while: coturn's REST scheme (`use-auth-secret`; draft-uberti-behave-turn-rest-00), in which the
 * user name is `<unix time of expiry>:<user>` and the password its HMAC-SHA1, in base64.
 */
import { createHmac } from "node:crypto";
import type { IceServer } from "@shoal/swarm/tracker/ice";
import type { Source } from "./address.ts";
import { SERVER_LIMITS } from "./limits.ts";

export type IceConfiguration = {
  readonly stunUrls: readonly string[];
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | null;
};

/** What peers will miss, for whoever runs the server; null where there is nothing. */
export function missingIce({ stunUrls, turn }: IceConfiguration): string | null {
  if (turn !== null) return null;
  return stunUrls.length === 0
    ? "no STUN_URLS and no TURN_URLS: only peers who can reach each other directly will connect, which is on one network mostly"
    : "no TURN_URLS: only peers who can reach each other directly will connect, which some firewalls prevent";
}

export class IceServers {
  readonly #configuration: IceConfiguration;
  readonly #nowMs: () => number;

  /** @param nowMs Of the wall clock, since 1970: coturn compares it with its own. */
  constructor(configuration: IceConfiguration, nowMs: () => number) {
    this.#configuration = configuration;
    this.#nowMs = nowMs;
  }

  /** Those for a peer from this source. */
  for(source: Source): readonly IceServer[] {
    const { stunUrls, turn } = this.#configuration;
    const stun = stunUrls.length === 0 ? [] : [{ urls: stunUrls }];
    if (turn === null) return stun;
    const expirySec = Math.floor((this.#nowMs() + SERVER_LIMITS.turnLifetimeMs) / 1000);
    // So that coturn's quota holds for all peers of a source together, and its log doesn't name it.
    const user = sign("sha256", turn.secret, `source ${source}`).slice(0, 16);
    const username = `${expirySec}:${user}`;
    return [
      ...stun,
      { urls: turn.urls, username, credential: sign("sha1", turn.secret, username) },
    ];
  }
}

const sign = (hash: "sha1" | "sha256", secret: string, text: string): string =>
  createHmac(hash, secret).update(text).digest("base64");
