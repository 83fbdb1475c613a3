/**
 * Every bound on what a stranger can make grow, in one place; `docs/limits.md` explains each.
 * Bytes unless the name says otherwise.
 */
export const LIMITS = {
  /** One message on a data channel: below the 256 KiB that every browser's SCTP accepts. */
  frameBytes: 256 * 1024 - 1,
  /** One block's payload: measured fastest at 64 to 128 KiB. */
  blockBytes: 128 * 1024,
  /** A whole manifest: room for 20,000 paths of 400 bytes. */
  manifestBytes: 8 * 1024 * 1024,
  /** One part of a manifest on the wire. */
  manifestPartBytes: 64 * 1024,
  fileCount: 20_000,
  pathBytes: 1024,
  pathNameBytes: 255,
  pathDepth: 32,
  /** Total size of a share: 2,000,000 of the largest pieces less one per file. */
  shareBytes: 7 * 1024 ** 4,
  /** A bitfield of this many bits still fits one frame. */
  pieceCount: 2_000_000,
  pieceBytesLeast: 64 * 1024,
  pieceBytesMost: 4 * 1024 * 1024,
  /** Content that one hash page covers. */
  pageContentBytes: 32 * 1024 * 1024,
  /** Piece indexes in one HAVE. */
  haveCount: 1024,
  /** Piece indexes in the HAVEs of one peer while the manifest isn't known here yet. */
  earlyHaveCount: 65_536,
  /** Blocks that one peer may have asked for and not received. */
  requestsPerPeer: 512,
  /** Manifest parts and pages that one peer may have asked for and not received. */
  metaRequestsPerPeer: 64,
  /** Pieces that didn't match, of which it is remembered who sent what. */
  suspectPieces: 64,
  /** A send buffer of which the receiver takes nothing, answers to its own messages included. */
  backlogBytes: 4 * 1024 * 1024,
  /** What a person lets others call them: 40 letters of any script. */
  personNameBytes: 128,
  /** A statement to a catalogue, signature included: more than its fields can have together. */
  entryBytes: 8 * 1024,
  entryTitleBytes: 200,
  entryDescriptionBytes: 1000,
  entryTags: 8,
  entryTagBytes: 48,
  /** How long a statement to a catalogue may hold, unless it is renewed. */
  entryLifeMs: 24 * 3_600_000,
  /** What an overlay's member says through a swarm's connection: a whole sealed signal, and its head. */
  overlayContentBytes: 24 * 1024 + 256,
  /** What clocks may differ by. */
  entryClockMs: 5 * 60_000,
  /** Connections of one swarm. */
  peers: 40,
  /** Connections up to which peers are dialled; the rest is room for those that dial. */
  dialledPeers: 24,
  /** Peers known but not connected. */
  knownPeers: 200,
  /** Peers of which a neighbour is told at a time that they are here: enough to keep a mesh whole. */
  toldPeers: 24,
  /** Peers in one message that tells of them. */
  peersPerMessage: 50,
  /** Peers wanted per announce. */
  numWant: 50,
  /** Longest time between announces that a tracker may ask for. */
  announceIntervalMs: 3_600_000,
  /** Longest time after which a tracker that stops may ask its peers to come back. */
  comeBackMs: 60_000,
  /** STUN and TURN servers of all trackers; more than four make gathering slow, say browsers. */
  iceServers: 4,
  /** Letters of a STUN or TURN server's URL, user name or credential. */
  iceLetters: 512,
  /** Dials that an announce may tell of: the rest of what happened in the meantime isn't told. */
  dials: 1000,
  /** A sealed signal as base64url; an SDP with many candidates has about 8,000 letters. */
  signalBodyLetters: 32 * 1024,
  /** The same in bytes, as neighbours pass it on. */
  signalBodyBytes: 24 * 1024,
  /** Signal exchanges remembered, so that none is replayed. */
  exchanges: 1024,
  /** Signal exchanges open at once, each a connection of the browser: twice `peers`. */
  openExchanges: 80,
  /** Messages within one exchange and direction. */
  signalsPerExchange: 256,
  /** The part of a link that follows the '#'. */
  linkLetters: 2048,
  trackersPerLink: 4,
  /** An invite or a reply: a link of that length, and a description with all its candidates. */
  inviteLetters: 4096,
  /** Addresses in an invite or a reply; a QR code is to stay readable. */
  inviteCandidates: 8,
  trackerHostBytes: 255,
  /** Code points of a password. */
  passwordLetters: 256,
} as const;
