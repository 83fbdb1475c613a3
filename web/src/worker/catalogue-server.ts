/** The catalogue of the server that served the page, as far as the worker talks to it. */
import type { Bytes } from "@shoal/swarm/bytes";

/** What the server makes of a statement. */
export type Answer =
  /** It is in its place: what an entry says can be found, or what was withdrawn can't any more. */
  | "taken"
  /** There is no catalogue. */
  | "off"
  /** The host doesn't list this share. */
  | "blocked"
  /** As many are listed from this address as the host lets. */
  | "too-many"
  /** The server knows a newer one. */
  | "outdated"
  | "expired"
  /** Not now: it has too much to do, or can't be reached. */
  | "busy"
  | "unreachable"
  /** Whatever else is wrong with it. */
  | "refused";

const ADDRESS = "/api/v1/catalogue/entries";
/** Past that it counts as unreachable: a statement is small, and nothing waits for it but this. */
const PATIENCE_MS = 30_000;

/** Brings it a statement. Never rejects. */
export async function putStatement(bytes: Bytes): Promise<Answer> {
  try {
    const reply = await fetch(ADDRESS, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
      // What is withdrawn while the page is being left is withdrawn.
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answerOf(reply.status, wordOf(await reply.text()));
  } catch {
    return "unreachable"; // Safe: that is the answer.
  }
}

function answerOf(status: number, word: string | null): Answer {
  if (status === 200) return word === "listed" || word === "withdrawn" ? "taken" : "refused";
  if (status === 404) return "off";
  if (status === 403) return "blocked";
  if (status === 409) return "outdated";
  if (status === 410) return "expired";
  if (status === 429) return word === "too-many" ? "too-many" : "busy";
  // What stands before a server that is down answers in its place.
  return status >= 500 ? "unreachable" : "refused";
}

/** What a reply says in one word; null where it isn't the catalogue's. */
function wordOf(text: string): string | null {
  try {
    const { state, error } = Object(JSON.parse(text)) as { state?: unknown; error?: unknown };
    const word = state ?? error;
    return typeof word === "string" ? word : null;
  } catch {
    return null; // Safe: the status alone counts.
  }
}
