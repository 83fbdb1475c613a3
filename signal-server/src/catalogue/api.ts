/** The catalogue over HTTP: docs/catalogue.md has the requests, and what each is answered. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { fromUtf8 } from "@shoal/swarm/bytes";
import { openStated } from "@shoal/swarm/catalogue/entry";
import type { CryptoPort } from "@shoal/swarm/crypto";
import { LIMITS } from "@shoal/swarm/limits";
import type { Source } from "../address.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Sources } from "../sources.ts";
import type { Catalogue, Listed, Refusal } from "./catalogue.ts";
import { decodeReport, type Reports } from "./reports.ts";
import { bodyOf, decodeSearch, decodeWords, isForeign } from "./requests.ts";
import type { Searcher } from "./searcher.ts";

/** Where it is. */
export const CATALOGUE_PATH = "/api/v1/catalogue";

/** What requests are counted by. */
export type RequestName = "search" | "suggestions" | "entries" | "reports" | "other";

export type ApiPorts = {
  readonly catalogue: Catalogue;
  readonly searcher: Pick<Searcher, "search" | "suggest">;
  readonly reports: Pick<Reports, "take">;
  readonly sources: Pick<Sources, "take">;
  readonly sourceOf: (request: IncomingMessage) => Source;
  readonly crypto: CryptoPort;
  /** Unix time. */
  readonly nowMs: () => number;
  /** A clock that never runs backwards. */
  readonly limitsNowMs: () => number;
  /** Called with what was taken, before it is answered. */
  readonly taken: (swarm: Listed["swarm"]) => Promise<void>;
  /** Told of each answer, and how long after the request. */
  readonly answered: (request: RequestName, outcome: string, tookMs: number) => void;
  /** Called with what a handler threw: a defect of ours, whatever was sent. */
  readonly onDefect: (defect: unknown) => void;
};

type ApiError =
  | Refusal
  | "off"
  | "busy"
  | "unavailable"
  | "too-large"
  | "foreign"
  | "unknown"
  | "method";

const STATUS: Record<ApiError, number> = {
  malformed: 400,
  blocked: 403,
  foreign: 403,
  off: 404,
  unknown: 404,
  method: 405,
  outdated: 409,
  expired: 410,
  "too-large": 413,
  busy: 429,
  "too-many": 429,
  unavailable: 503,
};

type Answer =
  | { readonly error: ApiError; readonly allow?: string }
  | { readonly outcome: string; readonly body: object | null };

const refuse = (error: ApiError): Answer => ({ error });
const ok = (body: object, outcome = "ok"): Answer => ({ outcome, body });

type Handler = (request: IncomingMessage, url: URL, from: Source) => Promise<Answer>;
type Resource = {
  readonly name: RequestName;
  readonly methods: readonly string[];
  readonly takes: "searches" | "statements" | "reports";
  readonly handle: Handler;
};

/** Answers requests under `CATALOGUE_PATH`. */
export function catalogueApi(ports: ApiPorts): RequestListener {
  const resources = resourcesOf(ports);
  return (request, response) => {
    const cameMs = ports.limitsNowMs();
    const url = urlOf(request);
    const resource = resources.get(url?.pathname ?? "");
    const name = resource?.name ?? "other";
    const answering =
      url === null || resource === undefined
        ? Promise.resolve(refuse("unknown"))
        : answerTo(request, url, resource, ports);
    void answering
      .catch((defect: unknown) => {
        // Safe: one request failed. One that broke off is no defect, and nobody waits for its answer.
        if (!request.destroyed || request.complete) ports.onDefect(defect);
        return refuse("unavailable");
      })
      .then((answer) => {
        const outcome = "error" in answer ? answer.error : answer.outcome;
        ports.answered(name, outcome, ports.limitsNowMs() - cameMs);
        send(request, response, answer);
      });
  };
}

/** Answers the same requests where there is no catalogue. */
export const noCatalogue: RequestListener = (request, response) =>
  send(request, response, refuse("off"));

async function answerTo(
  request: IncomingMessage,
  url: URL,
  { methods, takes, handle }: Resource,
  { sources, sourceOf, limitsNowMs }: ApiPorts,
): Promise<Answer> {
  if (!methods.includes(request.method ?? ""))
    return { error: "method", allow: methods.join(", ") };
  if (isForeign(request)) return refuse("foreign");
  const from = sourceOf(request);
  if (!sources.take(from, takes, limitsNowMs())) return refuse("busy");
  return handle(request, url, from);
}

function resourcesOf(ports: ApiPorts): ReadonlyMap<string, Resource> {
  const READ = ["GET", "HEAD"];
  return new Map<string, Resource>([
    [
      CATALOGUE_PATH,
      { name: "search", methods: READ, takes: "searches", handle: searchWith(ports) },
    ],
    [
      `${CATALOGUE_PATH}/suggestions`,
      { name: "suggestions", methods: READ, takes: "searches", handle: suggestWith(ports) },
    ],
    [
      `${CATALOGUE_PATH}/entries`,
      { name: "entries", methods: ["PUT"], takes: "statements", handle: takeWith(ports) },
    ],
    [
      `${CATALOGUE_PATH}/reports`,
      { name: "reports", methods: ["POST"], takes: "reports", handle: reportWith(ports) },
    ],
  ]);
}

const searchWith =
  ({ catalogue, searcher, nowMs }: ApiPorts): Handler =>
  async (_request, { searchParams }, from) => {
    const search = decodeSearch(searchParams);
    if (search === null) return refuse("malformed");
    const { page, ...wanted } = search;
    const near = catalogue.near(from, SERVER_LIMITS.catalogue.near);
    const found = await searcher.search({ ...wanted, near });
    if (typeof found === "string") return refuse(found);
    const listed = found.swarms.flatMap((swarm) => catalogue.listed(swarm, nowMs()) ?? []);
    return ok({
      total: found.total,
      page,
      pageSize: SERVER_LIMITS.catalogue.pageSize,
      entries: listed.map((one) => shown(one, from, nowMs())),
    });
  };

/** An entry as people get it. */
function shown({ swarm, entry, sources, listedMs }: Listed, from: Source, nowMs: number): object {
  const { title, description, tags, kind, fileCount, totalBytes, link } = entry;
  const words = { title, description, tags, kind };
  const now = { sources: sources.length, isNear: sources.includes(from) };
  return { swarm, ...words, fileCount, totalBytes, link, listedMs: nowMs - listedMs, ...now };
}

const suggestWith =
  ({ catalogue, searcher, nowMs }: ApiPorts): Handler =>
  async (_request, { searchParams }) => {
    const words = decodeWords(searchParams);
    if (words === null) return refuse("malformed");
    const { suggestions: most } = SERVER_LIMITS.catalogue;
    // Titles may be the same: more of them are asked for than are wanted.
    const found = await searcher.suggest(words, 4 * most);
    if (typeof found === "string") return refuse(found);
    const titles = found.swarms.flatMap(
      (swarm) => catalogue.listed(swarm, nowMs())?.entry.title ?? [],
    );
    return ok({ suggestions: [...new Set(titles)].slice(0, most) });
  };

const takeWith =
  ({ catalogue, crypto, nowMs, taken }: ApiPorts): Handler =>
  async (request, _url, from) => {
    const body = await bodyOf(request, "application/octet-stream", LIMITS.entryBytes);
    if (typeof body === "string") return refuse(body);
    const signed = await openStated(body, crypto);
    if (signed === null) return refuse("malformed");
    const state = catalogue.take(signed, from, nowMs());
    if (state !== "listed" && state !== "withdrawn") return refuse(state);
    await taken(signed.swarm);
    return ok({ swarm: signed.swarm, state }, state);
  };

const reportWith =
  ({ reports }: ApiPorts): Handler =>
  async (request, _url, from) => {
    const { reportBytes } = SERVER_LIMITS.catalogue;
    const body = await bodyOf(request, "application/json", reportBytes);
    if (typeof body === "string") return refuse(body);
    const report = decodeReport(fromUtf8(body) ?? "");
    if (report === null) return refuse("malformed");
    reports.take(report, from);
    return { outcome: "ok", body: null };
  };

function urlOf({ url }: IncomingMessage): URL | null {
  const base = "http://localhost";
  return url?.startsWith("/") && URL.canParse(url, base) ? new URL(url, base) : null;
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const isError = "error" in answer;
  response.statusCode = isError ? STATUS[answer.error] : answer.body === null ? 204 : 200;
  response.setHeader("Cache-Control", "no-store");
  if (isError && answer.allow !== undefined) response.setHeader("Allow", answer.allow);
  // What nobody wants to read isn't read: the connection ends with the answer.
  if (!request.complete) response.setHeader("Connection", "close");
  const body = isError ? { error: answer.error } : answer.body;
  if (body === null) return void response.end();
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}
