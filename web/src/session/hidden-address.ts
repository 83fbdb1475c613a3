/** Signals that tell nothing of where they come from. */

/**
 * A signal of `simple-peer` with relays' addresses alone, or null where nothing of it is left.
 * Browsers that are told to use relays alone leave the others out by themselves; a relay's candidate
 * has a place for the address that it is reached from.
 */
export function withoutAddress(signal: unknown): unknown {
  if (typeof signal !== "object" || signal === null) return null;
  if ("sdp" in signal) {
    return typeof signal.sdp === "string" ? { ...signal, sdp: plainSdp(signal.sdp) } : null;
  }
  if (!("candidate" in signal)) return signal;
  const inner = signal.candidate;
  if (typeof inner !== "object" || inner === null || !("candidate" in inner)) return null;
  if (typeof inner.candidate !== "string") return null;
  if (inner.candidate === "") return signal; // There are no more.
  const candidate = plainCandidate(inner.candidate);
  return candidate === null ? null : { ...signal, candidate: { ...inner, candidate } };
}

/** A relay's, without the address that it is related to; null where it is none. */
function plainCandidate(candidate: string): string | null {
  if (!/ typ relay( |$)/.test(candidate)) return null;
  return candidate.replace(/ raddr \S+/, " raddr 0.0.0.0").replace(/ rport \d+/, " rport 0");
}

function plainSdp(sdp: string): string {
  const lines = sdp.split("\r\n").flatMap((line) => {
    if (line.startsWith("a=candidate:")) return plainCandidate(line) ?? [];
    // Where media would go without ICE: nobody looks at it, and it may be an address.
    if (line.startsWith("c=")) return "c=IN IP4 0.0.0.0";
    if (line.startsWith("o=")) return line.replace(/ IN IP[46] \S+$/, " IN IP4 0.0.0.0");
    if (line.startsWith("a=rtcp:")) return "a=rtcp:9 IN IP4 0.0.0.0";
    return line.replace(/^(m=\S+) \d+ /, "$1 9 ");
  });
  return lines.join("\r\n");
}
