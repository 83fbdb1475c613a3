import type { FoundShare } from "../../session/catalogue.ts";
import { Button } from "../../ui/button.tsx";
import { formatAge, formatBytes } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { t } from "../../locales/words.ts";
import "./found-entry.css";

/** One share that was found: what its sharer says of it, and who has it now. */
export function FoundEntry({
  share,
  hrefOf,
  onReport,
}: {
  readonly share: FoundShare;
  /** The address of a search for these words. */
  readonly hrefOf: (words: string) => string;
  readonly onReport: () => void;
}) {
  const { title, description, tags, kind, link, fileCount, totalBytes } = share;
  return (
    <li className="found" data-swarm={share.swarm} data-sources={share.sources}>
      <h2 className="found__title">
        <a href={`/#${link}`}>
          <bdi>{title}</bdi>
        </a>
      </h2>
      {description !== "" && (
        <p className="found__description" dir="auto">
          {description}
        </p>
      )}
      <p className="found__facts number">
        <span>{t(`catalogue.kinds.${kind}`)}</span>
        <span>{formatBytes(totalBytes)}</span>
        <span>{t("search.files", { count: fileCount })}</span>
        <strong>{t("search.sources", { count: share.sources })}</strong>
        {share.isNear && <strong>{t("search.near")}</strong>}
        {share.listedMs !== null && (
          <span>{t("search.age", { age: formatAge(share.listedMs) })}</span>
        )}
        {share.isProtected && (
          <span className="found__protected">
            <Icon name="lock" />
            {t("search.protected")}
          </span>
        )}
      </p>
      <div className="found__foot">
        {tags.length > 0 && (
          <ul className="found__tags" aria-label={t("search.tags", { name: title })}>
            {tags.map((tag) => (
              <li key={tag}>
                <a className="found__tag" href={hrefOf(tag)}>
                  <bdi>{tag}</bdi>
                </a>
              </li>
            ))}
          </ul>
        )}
        <Button
          look="plain"
          size="s"
          aria-label={t("search.report.openLabel", { name: title })}
          onClick={onReport}
        >
          {t("search.report.open")}
        </Button>
      </div>
    </li>
  );
}
