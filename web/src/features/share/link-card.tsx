import { Suspense, useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { optional } from "../../ui/optional.tsx";
import "./link-card.css";
import { t } from "../../locales/words.ts";
import { useCopy } from "./use-copy.ts";

const QrCode = optional(async () => {
  const { QrCode: picture } = await import("../../ui/qr-code.tsx");
  return picture;
});

/** How long the button says that it has copied. */
const COPIED_MS = 2500;

/** The link of a share, to be sent on: copied, handed to the system's share sheet, or scanned. */
export function LinkCard({
  title,
  link,
  name,
  prominent,
  children,
}: {
  readonly title: string;
  readonly link: string;
  /** What the share sheet calls it. */
  readonly name: string;
  /** For the sharer the link is the page's main thing. */
  readonly prominent: boolean;
  /** What else is to be said of the link. */
  readonly children?: ReactNode;
}) {
  const { copied, copy } = useCopy(link, COPIED_MS);
  const field = useRef<HTMLInputElement>(null);
  const copyButton = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    // What was pressed to get here is gone; the next thing to do is to copy.
    if (prominent && document.activeElement?.matches("body, h1") === true) {
      copyButton.current?.focus({ preventScroll: true });
    }
  }, [prominent]);

  async function copyLink(): Promise<void> {
    // What is selected can be copied by hand.
    if ((await copy()) === "by-hand") field.current?.select();
  }

  const canShare = typeof navigator.share === "function";

  return (
    <section
      className={`link-card${prominent ? " link-card--prominent" : ""}`}
      aria-labelledby={`${id}title`}
    >
      <div className="link-card__main">
        <h2 id={`${id}title`} className={prominent ? "link-card__title" : "section-title"}>
          {title}
        </h2>
        <input
          ref={field}
          className="link-card__field"
          data-testid="share-link"
          aria-label={t("share.link.label")}
          readOnly
          dir="ltr"
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <div className="link-card__buttons">
          <Button
            ref={copyButton}
            look={prominent ? "solid" : "quiet"}
            icon={copied === "yes" ? "check" : "copy"}
            onClick={() => void copyLink()}
          >
            {copied === "yes" ? t("share.link.copied") : t("share.link.copy")}
          </Button>
          {canShare && (
            <Button icon="send" onClick={() => void openShareSheet({ url: link, title: name })}>
              {t("share.link.share")}
            </Button>
          )}
        </div>
        <p role="status" className={copied === "by-hand" ? "link-card__hint" : "visually-hidden"}>
          {copied === "yes" && t("share.link.copied")}
          {copied === "by-hand" && t("share.link.copyByHand")}
        </p>
        {children}
      </div>
      {prominent ? (
        <Qr link={link} />
      ) : (
        <details className="link-card__more">
          <summary>{t("share.link.qrShow")}</summary>
          <Qr link={link} />
        </details>
      )}
    </section>
  );
}

function Qr({ link }: { readonly link: string }) {
  return (
    <figure className="link-card__qr">
      <div className="link-card__qr-room">
        <Suspense fallback={null}>
          <QrCode text={link} label={t("share.link.qr")} />
        </Suspense>
      </div>
      <figcaption className="link-card__caption">{t("share.link.qrHint")}</figcaption>
    </figure>
  );
}

async function openShareSheet(data: ShareData): Promise<void> {
  try {
    await navigator.share(data);
  } catch {
    // Closed without choosing anyone, most often; the link is still in view.
  }
}
