/** What a peer signs and authenticates in PROOF: who talks to whom over which connection. */
import { type Bytes, concat, utf8 } from "../bytes.ts";
import { idBytes, type PeerId, type SwarmId } from "../ids.ts";

/** Who made the offer of the connection. */
export type Role = "initiator" | "responder";

/** One end of a connection. */
export type End = {
  readonly peer: PeerId;
  /** Its DTLS certificate's, as SDP writes it: `sha-256 AB:CD:...`. */
  readonly fingerprint: string;
  /** 32 random bytes from its HELLO. */
  readonly nonce: Bytes;
};

/**
 * The statement of the end `mine` toward the end `theirs`. Role and order make it differ from what
 * the other end states, so that a reflected proof fails; the fingerprints tie it to this very
 * DTLS connection, so that nobody can sit in the middle; the nonces make it fresh.
 */
export function proofStatement(swarm: SwarmId, role: Role, mine: End, theirs: End): Bytes {
  return concat(
    utf8(`shoal proof v1\0${role}\0`),
    idBytes(swarm),
    ...[mine, theirs].flatMap((end) => [
      idBytes(end.peer),
      end.nonce,
      utf8(`${end.fingerprint.toLowerCase()}\0`),
    ]),
  );
}

/** The other role. */
export function opposite(role: Role): Role {
  return role === "initiator" ? "responder" : "initiator";
}
