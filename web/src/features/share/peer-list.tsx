import { Suspense } from "react";
import type { PeerState, ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { t } from "../../locales/words.ts";
import { FishMeter } from "../../ui/fish-meter.tsx";
import { optional } from "../../ui/optional.tsx";
import { formatCount, formatPercent, formatSpeed } from "../../ui/format.ts";
import { HideAddress } from "./hide-address.tsx";
import { type ShownName, shownNames } from "./peer-name.ts";
import "./peer-list.css";
import { PersonName } from "./person-name.tsx";
import { usePreferences } from "./use-preferences.ts";
import { UseRing } from "./use-ring.tsx";
import { You } from "./you.tsx";

const InviteEntry = optional(async () => {
  const { InviteEntry: entry } = await import("./invite-entry.tsx");
  return entry;
});

/** Below this a speed is keep-alive noise and is not shown. */
const LEAST_SPEED = 1000;

/** Who is connected, what each has, and what flows between them and this page. */
export function PeerList({
  session,
  state,
}: {
  readonly session: Session;
  readonly state: ShareState;
}) {
  const { self, peers, swarmPeerCount, hasRelay } = state;
  const { name, hidesAddress } = usePreferences();
  const people = peers.map(({ id, person }) => ({ id, name: person?.name ?? "" }));
  const names = shownNames(self === null ? people : [{ id: self, name }, ...people]);
  const others = Math.max(0, (swarmPeerCount ?? 0) - peers.length);
  const lack = lackOf(hasRelay, hidesAddress, peers.length === 0 && others > 0);
  return (
    <section className="peer-list" aria-labelledby="peer-list-title">
      <h2 id="peer-list-title" className="section-title">
        {t("share.peers.title")}
        {peers.length > 0 && (
          <span className="section-title__count">{formatCount(peers.length + 1)}</span>
        )}
      </h2>
      <ul className="peer-list__rows">
        {self !== null && <You name={names.get(self) ?? NAMELESS} />}
        {peers.map((peer) => (
          <PeerRow key={peer.id} peer={peer} name={names.get(peer.id) ?? NAMELESS} />
        ))}
      </ul>
      {peers.length === 0 && <p className="peer-list__none">{t("share.peers.none")}</p>}
      {others > 0 && <p className="peer-list__none">{t("share.peers.more", { count: others })}</p>}
      {lack !== null && <p className="peer-list__none">{t(lack)}</p>}
      <Suspense fallback={null}>
        <InviteEntry session={session} />
      </Suspense>
      <HideAddress state={state} />
      <UseRing state={state} />
    </section>
  );
}

/** What keeps people from each other; null where nothing does. */
function lackOf(hasRelay: boolean | null, hidesAddress: boolean, isUnreached: boolean) {
  if (hasRelay === false) return hidesAddress ? "share.hide.nobody" : "share.peers.directOnly";
  return hidesAddress && isUnreached ? "share.hide.trying" : null;
}

const NAMELESS: ShownName = { name: "", hint: null };

function PeerRow({ peer, name }: { readonly peer: PeerState; readonly name: ShownName }) {
  const { person, has, isSharer, isRelayed, foundBy } = peer;
  const { downloadBytesPerSec, uploadBytesPerSec } = peer;
  return (
    <li className="peer-list__row">
      <span className="peer-list__name">
        <PersonName name={name} device={person?.device ?? null} />
        {isSharer && <span className="peer-list__badge">{t("share.peers.sharer")}</span>}
        {isRelayed !== null && <Way way={isRelayed ? "relayed" : "direct"} />}
        {foundBy !== null && (
          <span className="peer-list__way">{t(`share.peers.foundBy.${foundBy}`)}</span>
        )}
      </span>
      <span className="peer-list__speeds number">
        <Speed way="from" mark="↓" bytesPerSec={downloadBytesPerSec} />
        <Speed way="to" mark="↑" bytesPerSec={uploadBytesPerSec} />
      </span>
      <span className="peer-list__has number">
        <FishMeter share={has} />
        <span className="visually-hidden">{t("share.peers.has")} </span>
        <span>{has >= 1 ? t("share.peers.all") : formatPercent(has)}</span>
      </span>
    </li>
  );
}

/** How a peer is reached. */
function Way({ way }: { readonly way: "relayed" | "direct" }) {
  return (
    <span className="peer-list__way" title={t(`share.peers.wayLong.${way}`)}>
      {t(`share.peers.way.${way}`)}
    </span>
  );
}

function Speed({
  way,
  mark,
  bytesPerSec,
}: {
  readonly way: "from" | "to";
  readonly mark: string;
  readonly bytesPerSec: number;
}) {
  if (bytesPerSec < LEAST_SPEED) return null;
  return (
    <span>
      <span aria-hidden="true">{mark} </span>
      <span className="visually-hidden">{t(`share.peers.speed.${way}`)} </span>
      {formatSpeed(bytesPerSec)}
    </span>
  );
}
