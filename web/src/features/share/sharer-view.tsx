import { Suspense } from "react";
import type { Ref } from "react";
import type { ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { formatBytes, formatSpeed } from "../../ui/format.ts";
import { optional } from "../../ui/optional.tsx";
import { Head, titleOf } from "./head.tsx";
import { LinkCard } from "./link-card.tsx";
import { EndShareButton, SharedFiles } from "./own-share.tsx";
import { MeteredNote } from "./metered.tsx";
import { PasswordEntry } from "./password-entry.tsx";
import { PeerList } from "./peer-list.tsx";
import "./sharer-view.css";
import { t } from "../../locales/words.ts";
import { Traffic } from "./traffic.tsx";
import { UploadLimit } from "./upload-limit.tsx";

const ListingEntry = optional(async () => {
  const { ListingEntry: entry } = await import("./listing-entry.tsx");
  return entry;
});

/** What the one who shares sees: the link first, then who is here and what they have. */
export function SharerView({
  session,
  state,
  headingRef,
  hrefOfSearch,
  onPassword,
}: {
  readonly session: Session;
  readonly state: ShareState;
  readonly headingRef: Ref<HTMLHeadingElement>;
  /** The address of a search of the catalogue for these words. */
  readonly hrefOfSearch: (words: string) => string;
  /** Shares the same anew, under this password or without one; false where nothing came of it. */
  readonly onPassword: (password: string | null) => Promise<boolean>;
}) {
  const { link, listing, sentBytes, uploadBytesPerSec } = state;
  const title = titleOf(state);
  return (
    <>
      <div className="share__main">
        <Head
          tone="live"
          status={t("share.sharing.status")}
          title={title}
          state={state}
          ref={headingRef}
        />
        {link === null ? (
          <p className="sharer__making">{t("share.link.making")}</p>
        ) : (
          <LinkCard title={t("share.link.sharerTitle")} link={link} name={title} prominent>
            <PasswordEntry
              state={state}
              onPassword={session.sharedFiles() === null ? null : onPassword}
            />
            {listing.kind !== "off" && (
              <Suspense fallback={null}>
                <ListingEntry
                  session={session}
                  state={state}
                  listing={listing}
                  hrefOfSearch={hrefOfSearch}
                />
              </Suspense>
            )}
          </LinkCard>
        )}
        <Copies state={state} />
        <MeteredNote state={state} />
      </div>
      <div className="share__side">
        <PeerList session={session} state={state} />
        {state.peers.length > 0 && <Traffic state={state} />}
        <div className="sharer__end">
          <p className="sharer__sent number">
            <span>{t("share.sharing.sent", { bytes: formatBytes(sentBytes) })}</span>
            {uploadBytesPerSec >= 1000 && (
              <span>{t("share.sharing.upload", { speed: formatSpeed(uploadBytesPerSec) })}</span>
            )}
          </p>
          <UploadLimit session={session} state={state} />
          <EndShareButton session={session} look="quiet">
            {t("share.sharing.stop")}
          </EndShareButton>
        </div>
      </div>
      <SharedFiles session={session} state={state} />
    </>
  );
}

/** Answers the question "can I close this now?". */
function Copies({ state: { peers, copiesOut } }: { readonly state: ShareState }) {
  const copies = Math.floor(copiesOut);
  return (
    <p className={`sharer__copies${copies > 0 ? " sharer__copies--safe" : ""}`}>
      <strong>
        {copies > 0 ? t("share.sharing.copies", { count: copies }) : t("share.sharing.keepOpen")}
      </strong>{" "}
      {copies > 0
        ? t("share.sharing.copiesWhy")
        : peers.length > 0
          ? t("share.sharing.keepOpenWhy")
          : t("share.sharing.keepOpenAlone")}
    </p>
  );
}
