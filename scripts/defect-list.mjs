/**
 * Defects that `pnpm defects` plants, one at a time, to see that the suite catches them. Each is what
 * a person could have written.
 */

/**
 * @typedef {object} Defect
 * @property {string} name Chooses it on the command line.
 * @property {string} file Within `swarm/src`.
 * @property {string} find Stands in the file exactly once.
 * @property {string} replace What is planted there.
 * @property {string} why What is wrong with it then.
 * @property {string[]} tests Test files to run first, by parts of their names: where it should be
 *   caught. The others follow only where it isn't.
 */

/** @type {readonly Defect[]} */
export const DEFECTS = [
  // What is trusted.
  {
    name: "hash-ignored",
    file: "driver.ts",
    find: "piece: effect.piece, ...verdict }",
    replace: "piece: effect.piece, ...verdict, matches: true }",
    why: "a piece counts as had whatever its hash",
    tests: ["test/hostile"],
  },
  {
    name: "wrong-hash",
    file: "engine/hash-pages.ts",
    find: "(piece - layout.piecesOfPage(index).first) * HASH_BYTES",
    replace: "piece * HASH_BYTES",
    why: "behind the first page a piece is compared with another one's hash",
    tests: ["test/life"],
  },
  {
    name: "page-unsigned",
    file: "driver.ts",
    find: 'type: "page-checked", connection, page, ok }',
    replace: 'type: "page-checked", connection, page, ok: true }',
    why: "a hash page is taken whoever signed it",
    tests: ["test/hostile"],
  },
  {
    name: "page-slot-unsigned",
    file: "share/statement.ts",
    find: "    u32(index),\n",
    replace: "",
    why: "a signature doesn't cover the page's number: one page passes for another",
    tests: ["statement"],
  },
  {
    name: "end-unsigned",
    file: "driver.ts",
    find: 'type: "end-checked", connection, end, ok }',
    replace: 'type: "end-checked", connection, end, ok: true }',
    why: "anybody can end a share",
    tests: ["test/hostile"],
  },
  {
    name: "proof-without-role",
    file: "wire/handshake.ts",
    find: String.raw`\0${"$"}{role}\0`,
    replace: String.raw`\0`,
    why: "a proof doesn't say which end made it",
    tests: ["handshake"],
  },
  {
    name: "wrong-ban",
    file: "engine/suspicion.ts",
    find: "if (version.hashes[index] !== hashes[index]) liars.add(sender);",
    replace: "liars.add(sender);",
    why: "whoever sent a block of a bad piece is banned, not the one whose block was bad",
    tests: ["suspicion"],
  },
  {
    name: "replay",
    file: "signal/exchanges.ts",
    find: "    this.#usedIds.add(exchange.id);\n",
    replace: "",
    why: "an offer that comes a second time is taken a second time",
    tests: ["exchanges"],
  },
  // What a stranger sends.
  {
    name: "spare-bits",
    file: "engine/bitfield.ts",
    find: "& ((1 << spare) - 1)) !== 0",
    replace: "& 0) !== 0",
    why: "a bitfield may claim pieces past the last",
    tests: ["bitfield"],
  },
  {
    name: "have-list-unbounded",
    file: "wire/frame.ts",
    find: "count < 1 || count > LIMITS.haveCount",
    replace: "count < 1",
    why: "a HAVE or SUGGEST may name any number of pieces",
    tests: ["frame"],
  },
  {
    name: "unaligned-block",
    file: "share/layout.ts",
    find: " || block.offset % LIMITS.blockBytes !== 0",
    replace: "",
    why: "blocks may begin anywhere",
    tests: ["layout"],
  },
  {
    name: "unhashed-served",
    file: "engine/uploads.ts",
    find: "if (!isKnown) return void peer.unhashed.push(block);",
    replace: "",
    why: "the sharer serves what it hasn't hashed yet",
    tests: ["test/regressions"],
  },
  {
    name: "request-flood",
    file: "engine/uploads.ts",
    find: " || peer.uploads.length + peer.unhashed.length >= LIMITS.requestsPerPeer",
    replace: "",
    why: "a peer's queue grows without bound",
    tests: ["uploads"],
  },
  // Asking.
  {
    name: "timeout-dropped",
    file: "engine/downloads.ts",
    find: "return Math.max(peer.lastDataAtMs, oldest.askedAtMs) + peer.pipeline.patienceMs;",
    replace: "return Infinity;",
    why: "a peer that never answers is waited for without end",
    tests: ["engine.test"],
  },
  {
    name: "snub-stays",
    file: "engine/pipeline.ts",
    find: "    this.#snubbed = false;\n",
    replace: "",
    why: "a peer that was slow once is asked for one block at a time ever after",
    tests: ["pipeline"],
  },
  {
    name: "owed-miscounted",
    file: "engine/downloads.ts",
    find: "peer.owed.set(key, (peer.owed.get(key) ?? 0) + 1);",
    replace: "peer.owed.set(key, 1);",
    why: "of two late answers for one block the second looks like a cheat",
    tests: ["engine.test"],
  },
  {
    name: "block-unreleased",
    file: "engine/downloads.ts",
    find: "if (this.#picker?.release(peer.connection, block) === true) {",
    replace: "if (this.#picker === undefined) {",
    why: "a block that was rejected or given up is asked of nobody else",
    tests: ["engine.test"],
  },
  {
    name: "in-flight-leak",
    file: "engine/downloads.ts",
    find: "    peer.requestedBytes -= block.length;\n",
    replace: "",
    why: "a rejected block counts as in flight ever after: the window closes",
    tests: ["engine.test"],
  },
  {
    name: "endgame-for-all",
    file: "engine/picker.ts",
    find: "partial.askedToo[index] !== NOBODY || !wish.isSoonerThan(other, block)",
    replace: "partial.askedToo[index] !== NOBODY",
    why: "in an endgame a block is asked for again of whoever comes, not of who is sooner",
    tests: ["picker"],
  },
  {
    name: "last-block",
    file: "engine/picker.ts",
    find: "Math.ceil(this.#layout.span(piece).length / LIMITS.blockBytes)",
    replace: "Math.floor(this.#layout.span(piece).length / LIMITS.blockBytes) + 1",
    why: "a piece of whole blocks waits for one more, which is empty",
    tests: ["picker"],
  },
  {
    name: "open-pieces-unbounded",
    file: "engine/picker.ts",
    find: "return this.#partials.size < this.#openPieceLimit;",
    replace: "return true;",
    why: "open pieces take as much memory as there are",
    tests: ["picker"],
  },
  {
    name: "copies-leak",
    file: "engine/downloads.ts",
    find: "else for (const piece of peer.has.pieces()) picker.rarity.removeCopy(piece);",
    replace: "",
    why: "the copies of a peer that left count on: rare pieces look common",
    tests: ["engine.test"],
  },
  // Telling.
  {
    name: "have-lost",
    file: "engine/downloads.ts",
    find: "if (!isHeld && !peer.peerInterested) return this.#core.sendFrame(peer, frame);",
    replace: "if (!isHeld && !peer.peerInterested) return;",
    why: "who lacks a piece doesn't hear that it is here now",
    tests: ["engine/engine", "test/choice"],
  },
  {
    name: "news-held-back",
    file: "engine/downloads.ts",
    find: "if (peer.lateHaves.length > 0 && peer.has?.isFull !== true) this.#flushHavesTo(peer);",
    replace: "",
    why: "who has nothing more to ask for waits to hear of what is new",
    tests: ["engine/engine"],
  },
  {
    name: "late-have-unwoken",
    file: "engine/downloads.ts",
    find: "    this.#core.wakeBy(this.#lateHavesAtMs);\n",
    replace: "",
    why: "HAVEs for who has the piece too wait until something else happens",
    tests: ["engine.test"],
  },
  {
    name: "late-haves-overflow",
    file: "engine/downloads.ts",
    find: "if (peer.lateHaves.length >= LIMITS.haveCount) return this.#flushHavesTo(peer);",
    replace: "",
    why: "one HAVE names more pieces than it may: its receiver drops the connection",
    tests: ["test/choice"],
  },
  // Serving.
  {
    name: "slot-leak",
    file: "engine/choker.ts",
    find: "peer?.isInterested !== true",
    replace: "peer === undefined",
    why: "a slot that nobody uses stays taken until the next rotation",
    tests: ["choker"],
  },
  {
    name: "optimistic-stuck",
    file: "engine/choker.ts",
    find: "++this.#optimisticAge",
    replace: "this.#optimisticAge",
    why: "the optimistic slot never moves on",
    tests: ["choker"],
  },
  {
    name: "cancel-unanswered",
    file: "engine/uploads.ts",
    find: "peer.unhashed, block)) return;\n    this.#reject(peer, block);",
    replace: "peer.unhashed, block)) return;",
    why: "who cancels waits for an answer that never comes",
    tests: ["uploads"],
  },
  {
    name: "choke-unanswered",
    file: "engine/uploads.ts",
    find: "      else this.#reject(peer, block);\n",
    replace: "",
    why: "requests that wait when a peer is choked are forgotten",
    tests: ["uploads"],
  },
  {
    name: "limit-late",
    file: "engine/uploads.ts",
    find: "this.#allowanceBytes = 0;\n    this.#allowedAtMs",
    replace: "this.#allowanceBytes = bytesPerSec ?? 0;\n    this.#allowedAtMs",
    why: "an upload limit allows a second's worth beside at once",
    tests: ["uploads"],
  },
  {
    name: "high-mark-ignored",
    file: "engine/uploads.ts",
    find: "      if (unsentBytes >= most) continue;\n",
    replace: "",
    why: "blocks are read however full a send buffer is",
    tests: ["engine.test"],
  },
  {
    name: "read-failure-leak",
    file: "driver.ts",
    find: '      this.handle({ type: "block-unread", connection, block });\n',
    replace: "",
    why: "a block that couldn't be read counts as being read ever after, and isn't rejected",
    tests: ["test/life"],
  },
  {
    name: "offers-kept",
    file: "engine/suggester.ts",
    find: "    for (const piece of offers.keys()) this.#withdraw(offers, piece);\n",
    replace: "",
    why: "what was offered to a peer that vanished is offered to nobody else",
    tests: ["uploads"],
  },
  // Connections.
  {
    name: "greeting-unwoken",
    file: "engine/greeting.ts",
    find: "    core.wakeBy(nowMs + GREETING_MS);\n",
    replace: "",
    why: "a connection that says nothing stays",
    tests: ["test/hostile"],
  },
  {
    name: "glare-split",
    file: "engine/greeting.ts",
    find: '(peer.role === "initiator") === iAmLower',
    replace: '(peer.role === "initiator") !== iAmLower || iAmLower',
    why: "of two connections made at once each end keeps another",
    tests: ["engine.test"],
  },
  {
    name: "glare-both-yield",
    file: "signal/exchanges.ts",
    find: "      if (this.#identity.peer < signal.from) return null;\n",
    replace: "",
    why: "of two offers made at once both are given up",
    tests: ["exchanges"],
  },
  {
    name: "no-backoff",
    file: "engine/acquaintances.ts",
    find: "FIRST_RETRY_MS * 2 ** (failures - 1)",
    replace: "FIRST_RETRY_MS",
    why: "a peer that can't be reached is dialled as often as one that can",
    tests: ["acquaintances"],
  },
  {
    name: "departed-unbounded",
    file: "engine/downloads.ts",
    find: "      this.#departed.delete(longestGone);\n",
    replace: "",
    why: "every connection that ever ended is remembered",
    tests: ["engine.test"],
  },
];

/**
 * The source with a defect in it.
 *
 * @param {Defect} defect
 * @param {string} source
 * @returns {string}
 * @throws {Error} Where the snippet is missing or not unique: the table is out of date.
 */
export function planted({ name, file, find, replace }, source) {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`${name}: ${count} times in ${file}, not once: ${find}`);
  return source.replace(find, () => replace);
}
