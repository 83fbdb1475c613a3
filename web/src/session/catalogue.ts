/**
 * What a page asks the catalogue of the host that served it, and the decoder of its answers: what stands
 * in them comes from strangers.
 */
import { type Description, KIND, type Kind, safeDescription } from "@shoal/swarm/catalogue/entry";
import { parseSwarmId, type SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import { decodeLink } from "@shoal/swarm/share/link";
import { hasCatalogue } from "./host.ts";
import { safeLine } from "@shoal/swarm/text";

/** What is looked for. */
export type Sought = {
  /** "": whatever has the most sources. */
  readonly words: string;
  /** Null: any. */
  readonly kind: Kind | null;
  /** Null: no bound. */
  readonly minBytes: number | null;
  readonly maxBytes: number | null;
};

export type FoundShare = Description & {
  readonly swarm: SwarmId;
  /** What follows the link's `#`. */
  readonly link: string;
  /** Whether the link asks for a password. */
  readonly isProtected: boolean;
  readonly fileCount: number;
  readonly totalBytes: number;
  /** How long it has been listed; null while unknown. */
  readonly listedMs: number | null;
  /** Who has all of it, as far as addresses tell them apart. */
  readonly sources: number;
  /** One of them is in this browser's own network. */
  readonly isNear: boolean;
};

/** A page of results. */
export type Found = {
  /** On all pages. */
  readonly total: number;
  readonly shares: readonly FoundShare[];
  /** Whether a page follows. */
  readonly hasMore: boolean;
  /** From people's browsers: no server answered. */
  readonly isFromRing: boolean;
};

export type CatalogueTrouble =
  /** The host has no catalogue. */
  | "off"
  /** Too much was asked from this address just now. */
  | "busy"
  /** The server can't answer just now, or gave an answer that can't be read. */
  | "unavailable"
  /** No answer came. */
  | "unreachable";

const REASONS = ["illegal", "misleading", "other"] as const;
export type ReportReason = (typeof REASONS)[number];
/** Why an entry may be reported. */
export const REPORT_REASONS: readonly ReportReason[] = REASONS;

const PATH = "/api/v1/catalogue";
const ANSWER_MS = 10_000;
const MOST_SUGGESTIONS = 8;
/** More than the server has on a page. */
const MOST_ON_PAGE = 100;
/** Pages that the server gives. */
const PAGES = 50;

/** Words are cut to so many letters before they are sent. */
export const MOST_WORDS_LETTERS = 200;

/**
 * A page of results, from 0; where no server answers, what the ring has instead. Once `signal` is
 * aborted the answer says nothing.
 */
export async function findShares(
  sought: Sought,
  page: number,
  signal: AbortSignal,
): Promise<Found | CatalogueTrouble> {
  const answer = await findAtServer(sought, page, signal);
  return answer === "unreachable" && page === 0
    ? ((await findElsewhere(sought)) ?? answer)
    : answer;
}

async function findElsewhere(sought: Sought): Promise<Found | null> {
  try {
    const { searchRing } = await import("./ring-search.ts");
    const shares = await searchRing(sought);
    return shares && { total: shares.length, shares, hasMore: false, isFromRing: true };
  } catch {
    return null; // Safe: its code can't be fetched either.
  }
}

async function findAtServer(
  { words, kind, minBytes, maxBytes }: Sought,
  page: number,
  signal: AbortSignal,
): Promise<Found | CatalogueTrouble> {
  const parameters = new URLSearchParams({ q: words.slice(0, MOST_WORDS_LETTERS) });
  if (kind !== null) parameters.set("kind", kind);
  if (minBytes !== null) parameters.set("minBytes", String(minBytes));
  if (maxBytes !== null) parameters.set("maxBytes", String(maxBytes));
  parameters.set("page", String(page));
  const answer = await ask(`?${parameters.toString()}`, { signal });
  if (typeof answer === "string") return answer;
  return decodeFound(await bodyOf(answer)) ?? "unavailable";
}

/** What the words may be the beginning of; none where something is in the way. */
export async function suggest(words: string, signal: AbortSignal): Promise<readonly string[]> {
  const parameters = new URLSearchParams({ q: words.slice(0, MOST_WORDS_LETTERS) });
  const answer = await ask(`/suggestions?${parameters.toString()}`, { signal });
  return typeof answer === "string" ? [] : decodeSuggestions(await bodyOf(answer));
}

/** Tells the host of an entry that shouldn't be there. Null: it was heard. */
export async function report(
  swarm: SwarmId,
  reason: ReportReason,
  words: string,
): Promise<CatalogueTrouble | null> {
  const answer = await ask("/reports", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ swarm, reason, ...(words !== "" && { words }) }),
  });
  return typeof answer === "string" ? answer : null;
}

async function ask(where: string, request: RequestInit): Promise<Response | CatalogueTrouble> {
  // The page knows: nothing is asked to find out.
  if (!hasCatalogue()) return "off";
  const late = AbortSignal.timeout(ANSWER_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, late]) : late;
  try {
    const answer = await fetch(`${PATH}${where}`, { cache: "no-store", ...request, signal });
    if (answer.ok) return answer;
    if (answer.status === 404) return "off";
    return answer.status === 429 ? "busy" : "unavailable";
  } catch {
    return "unreachable"; // Safe: whoever asked says so, or has left.
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return null; // Safe: no decoder takes it.
  }
}

/** Null where it is no page of results; entries that are malformed are left out. */
export function decodeFound(value: unknown): Found | null {
  if (!isRecord(value)) return null;
  const { total, page, pageSize, entries } = value;
  if (!isCount(total) || !isCount(page) || !isCount(pageSize) || !Array.isArray(entries)) {
    return null;
  }
  const shares = entries
    .slice(0, MOST_ON_PAGE)
    .map(decodeShare)
    .filter((share) => share !== null);
  const hasMore = page + 1 < PAGES && (page + 1) * pageSize < total;
  return { total, shares, hasMore, isFromRing: false };
}

function decodeShare(value: unknown): FoundShare | null {
  if (!isRecord(value)) return null;
  const { title, description, tags, kind, link, isNear } = value;
  const { swarm, fileCount, totalBytes, listedMs, sources } = value;
  if (typeof title !== "string" || typeof description !== "string" || !Array.isArray(tags)) {
    return null;
  }
  if (!isKind(kind) || typeof link !== "string" || typeof swarm !== "string") return null;
  const described = safeDescription({
    title,
    description,
    tags: tags.slice(0, LIMITS.entryTags).filter((tag) => typeof tag === "string"),
    kind,
  });
  const id = parseSwarmId(swarm);
  const isProtected = asksForPassword(link);
  if (described === null || id === null || isProtected === null) return null;
  if (!isCount(fileCount) || !isCount(totalBytes)) return null;
  if (!isCount(listedMs) || !isCount(sources)) return null;
  const numbers = { fileCount, totalBytes, listedMs, sources };
  return { ...described, ...numbers, swarm: id, link, isProtected, isNear: isNear === true };
}

/** None where it isn't a list of words. */
export function decodeSuggestions(value: unknown): readonly string[] {
  if (!isRecord(value) || !Array.isArray(value["suggestions"])) return [];
  const words = value["suggestions"]
    .filter((one) => typeof one === "string")
    .map((one) => safeLine(one, LIMITS.entryTitleBytes))
    .filter((one) => one !== "");
  return [...new Set(words)].slice(0, MOST_SUGGESTIONS);
}

/** Null: it isn't what follows a link's `#`. */
function asksForPassword(link: string): boolean | null {
  if (!/^[\w-]+$/.test(link)) return null;
  try {
    return decodeLink(link).passwordCheck !== null;
  } catch {
    return null; // Safe: what leads nowhere isn't shown.
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** Whether it is one of the kinds that there are. */
export const isKind = (value: unknown): value is Kind =>
  typeof value === "string" && Object.hasOwn(KIND, value);
