/**
 * Every bound that the server sets on what a stranger can make grow, in one place. The bounds of the
 * messages themselves stand in `swarm/src/limits.ts`. Buckets are of tokens, one per event or frame.
 */
export const SERVER_LIMITS = {
  /**
   * Connections that the kernel holds until they are taken, as far as `net.core.somaxconn` lets it: of
   * a crowd that comes back at once, those beyond try again after 1, 3, 7 and 15 s.
   */
  knocksWaiting: 4096,
  /** One WebSocket message, in bytes: the largest signal (32 Ki letters) with room for its fields. */
  messageBytes: 64 * 1024,
  /** Parts of one message, of which browsers make one; each is kept until the last has come. A guess. */
  fragmentsPerMessage: 64,
  /** How long a socket that says goodbye waits for the other's goodbye. */
  closingTimeoutMs: 2000,
  /** Swarms in which one socket may be at once. A tab uses one; a guess with room for more. */
  swarmsPerSocket: 32,
  /**
   * Events that a socket may send at once and steadily; beyond, they are answered `busy`. Meeting 40
   * peers with an offer and a dozen candidates each is about 500.
   */
  eventsBurst: 600,
  eventsPerSec: 60,
  /** Joins, which cost two signature checks (0.3 ms together), each also counted as an event. */
  joinsBurst: 40,
  joinsPerSec: 2,
  /** Frames of any kind, well-formed or not; beyond, the socket is cut. Over thrice the events. */
  framesBurst: 2000,
  framesPerSec: 200,
  /**
   * What all sockets of one source have together: of an address, or of an IPv6 subscriber's 2^64. A
   * school behind one address has hundreds of pages, which all come back at once after a restart.
   */
  perSource: {
    sockets: 1000,
    connections: { burst: 1000, perSec: 20 },
    frames: { burst: 20_000, perSec: 2000 },
    events: { burst: 12_000, perSec: 600 },
    joins: { burst: 1000, perSec: 20 },
    searches: { burst: 200, perSec: 20 },
    statements: { burst: 200, perSec: 5 },
    reports: { burst: 10, perSec: 0.1 },
  },
  /**
   * Reads and frames of one source in one turn of the event loop: so that a flood is dealt with in
   * small parts, and others' frames in between.
   */
  readsPerTurn: 4,
  /** What all sockets have together: what one processor can do, with room for the rest of its work. */
  perProcess: {
    sockets: 20_000,
    connections: { burst: 20_000, perSec: 500 },
    frames: { burst: 200_000, perSec: 40_000 },
    events: { burst: 100_000, perSec: 20_000 },
    joins: { burst: 20_000, perSec: 1000 },
    searches: { burst: 400, perSec: 100 },
    statements: { burst: 5000, perSec: 500 },
    reports: { burst: 100, perSec: 1 },
  },
  /** Sources that are remembered, each 1 KB at most; beyond, new ones are refused for a while. */
  sources: 50_000,
  /** Events of one socket that wait for its joins to be checked; beyond, they are answered `busy`. */
  waitingEvents: 64,
  /** Bytes waiting for a socket that reads too slowly; beyond, it is cut. Thirty large signals. */
  backlogBytes: 1024 * 1024,
  /** Offers of one peer in a swarm that can still be answered; beyond, its oldest can't any more. */
  offersPerPeer: 128,
  /**
   * Offers in all, 0.4 KB each: as many as half the peers of a full process make at once. Beyond, the
   * oldest can't be answered any more.
   */
  offers: 100_000,
  /** How long an offer can be answered: a dial that shows nothing for 20 s is given up. */
  offerLifetimeMs: 60_000,
  /** How often a peer is asked to announce. */
  announceIntervalMs: 120_000,
  /** A peer that hasn't announced for this long is forgotten: two announces may be lost. */
  memberLifetimeMs: 300_000,
  /** How often peers whose time is up are looked for when nobody announces. */
  expiryIntervalMs: 30_000,
  /** How often a process tells Redis that it is alive; and after what silence it isn't. */
  heartbeatMs: 2000,
  deadAfterMs: 6000,
  /** How long credentials for the TURN server last; each announce brings fresh ones. */
  turnLifetimeMs: 3_600_000,
  /** A socket must greet within this time. */
  greetingTimeoutMs: 10_000,
  /** A dead connection is noticed within the sum of both. A guess between load and freshness. */
  pingIntervalMs: 20_000,
  pingTimeoutMs: 15_000,
  /** A request's headers, and the whole of it, must have come within this time. */
  requestTimeoutMs: 15_000,
  /**
   * Peers of a process that stops are asked to come back spread over a time in which so many come
   * per second, but within the shortest and longest of these.
   */
  comeBackPerSec: 500,
  comeBackLeastMs: 2000,
  comeBackMostMs: 30_000,
  /** The catalogue of published shares. */
  catalogue: {
    /** Shares that it knows of, those that were withdrawn lately among them: 6 KB each, with what finds them. */
    records: 150_000,
    /** Letters of what people search for: a whole title. */
    queryLetters: 200,
    /** Entries of a page, and how many pages can be asked for. */
    pageSize: 20,
    pages: 50,
    suggestions: 8,
    /** Entries of which a search is told that they are near. */
    near: 1000,
    /** A report, in bytes of JSON, and the words in it. */
    reportBytes: 4096,
    reportWordsBytes: 1000,
    /** Addresses whose reports of one entry count, each once. */
    reportersPerEntry: 1000,
    /** Beyond, reports are counted, and no longer listed in the file. */
    reportsFileBytes: 16 * 1024 * 1024,
    /** Swarm ids that a blocklist may name, and its bytes. */
    blocked: 100_000,
    blocklistBytes: 8 * 1024 * 1024,
    /** How often it is looked whether the blocklist has changed. */
    blocklistLookMs: 1000,
    /** Searches that wait for the index; beyond, they are answered `busy`, and after this time `unavailable`. */
    searchesWaiting: 100,
    searchTimeoutMs: 5000,
    /** What the index's thread may take; beyond, it ends, and a new one is started a while later. */
    indexMegabytes: 2048,
    restartMs: 1000,
    /** How often changed counts of sources are looked up: those that changed, and a few of the others. */
    countIntervalMs: 250,
    /** Within this time each entry has been looked at. */
    roundMs: 60_000,
  },
  /** Connections that haven't closed this long after a stop are cut. */
  stopGraceMs: 2000,
} as const;
