/**
 * Whom to upload to. For now everyone who is interested: the place for tit-for-tat, optimistic
 * unchoke and a seeder's policy, which bring state and time of their own.
 */
export type ChokeView = { readonly connection: number; readonly peerInterested: boolean };

/** The connections to serve. */
export function chooseUnchoked(peers: Iterable<ChokeView>): Set<number> {
  const unchoked = new Set<number>();
  for (const peer of peers) if (peer.peerInterested) unchoked.add(peer.connection);
  return unchoked;
}
