import { useState } from "react";
import type { ReactNode } from "react";
import type { Description } from "@shoal/swarm/catalogue/entry";
import type { Listing, ShareState } from "../../protocol/state.ts";
import type { Session } from "../../session/session.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { SLOT, Slotted } from "../../ui/slotted.tsx";
import { guessKind } from "./guess-kind.ts";
import { titleOf } from "./head.tsx";
import "./listing-entry.css";
import { PublishDialog } from "./publish-dialog.tsx";
import { t } from "../../locales/words.ts";

type Listed = Exclude<Listing, { kind: "off" }>;

/** Beside a sharer's link: whether the share can be found by anybody, and the way there and back. */
export function ListingEntry({
  session,
  state,
  listing,
  hrefOfSearch,
}: {
  readonly session: Session;
  readonly state: ShareState;
  readonly listing: Listed;
  /** The address of a search for these words. */
  readonly hrefOfSearch: (words: string) => string;
}) {
  const [asking, setAsking] = useState<"what" | "whether-to-withdraw" | null>(null);
  const said = listing.kind === "unlisted" ? null : listing.description;
  const isListed = listing.kind === "listed";
  return (
    <div className="listing" data-listing={listing.kind}>
      <div role="status" className="listing__words">
        {wordsOf(listing)}
      </div>
      <div className="listing__buttons">
        {isListed && (
          <a
            className={buttonClass("plain", "s")}
            href={hrefOfSearch(listing.description.title)}
            target="_blank"
          >
            {t("share.publish.see")}
          </a>
        )}
        {(isListed || listing.kind === "unlisted") && (
          <Button
            look="plain"
            size="s"
            {...(!isListed && { icon: "search" })}
            onClick={() => setAsking("what")}
          >
            {isListed ? t("share.publish.change") : t("share.publish.open")}
          </Button>
        )}
        {isListed && (
          <Button look="plain" size="s" onClick={() => setAsking("whether-to-withdraw")}>
            {t("share.publish.withdraw")}
          </Button>
        )}
        {listing.kind === "refused" && canTryAgain(listing) && (
          <Button
            look="quiet"
            size="s"
            onClick={() =>
              listing.description === null
                ? session.withdraw()
                : session.publish(listing.description)
            }
          >
            {t("share.publish.again")}
          </Button>
        )}
      </div>
      {asking === "what" && (
        <PublishDialog
          before={said ?? firstDescription(state)}
          isListed={isListed}
          isProtected={state.isProtected}
          onPublish={(description) => {
            setAsking(null);
            session.publish(description);
          }}
          onCancel={() => setAsking(null)}
        />
      )}
      {asking === "whether-to-withdraw" && (
        <ConfirmDialog
          words={t("share.publish.withdrawDialog", { returnObjects: true })}
          onConfirm={() => {
            setAsking(null);
            session.withdraw();
          }}
          onCancel={() => setAsking(null)}
        />
      )}
    </div>
  );
}

const firstDescription = (state: ShareState): Description => ({
  title: titleOf(state),
  description: "",
  tags: [],
  kind: guessKind(state.files),
});

/** What doesn't go on by itself, and isn't the host's last word. */
const canTryAgain = ({ reason }: Extract<Listing, { kind: "refused" }>): boolean =>
  reason === "too-many" || reason === "refused";

function wordsOf(listing: Listed): ReactNode {
  switch (listing.kind) {
    case "unlisted":
      return null;
    case "sending":
      return (
        <p>
          {listing.description === null
            ? t("share.publish.withdrawing")
            : t("share.publish.publishing")}
        </p>
      );
    case "listed":
      return (
        <p>
          <strong>{t("share.publish.listed")}</strong>{" "}
          <Slotted words={t("share.publish.listedAs", { title: SLOT })}>
            {listing.description.title}
          </Slotted>
        </p>
      );
    case "refused":
      return (
        <p data-refusal={listing.reason}>
          <strong>
            {listing.description === null
              ? t("share.publish.notWithdrawn")
              : t("share.publish.notPublished")}
          </strong>{" "}
          {t(`share.publish.refusals.${listing.reason}`)}
        </p>
      );
  }
}
