import type { Ref } from "react";
import type { ShareState } from "../../protocol/state.ts";
import { formatBytes } from "../../ui/format.ts";
import "./head.css";
import { t } from "../../locales/words.ts";

/** What to call the share on the page. */
export function titleOf({ name, files }: ShareState): string {
  if (name !== "") return name;
  return files.length > 0 ? t("share.files", { count: files.length }) : t("share.unnamed");
}

/** A page's top: where it stands, what it is, how much it is. */
export function Head({
  tone,
  status,
  title,
  state,
  ref,
}: {
  readonly tone: "calm" | "live" | "good" | "bad";
  readonly status: string;
  readonly title: string;
  readonly state: ShareState;
  readonly ref: Ref<HTMLHeadingElement>;
}) {
  const { files, fetched, totalBytes } = state;
  const all = t("share.files", { count: files.length });
  return (
    <div className="head">
      <p className={`head__status head__status--${tone}`}>{status}</p>
      <h1 className="head__title" ref={ref} tabIndex={-1} title={title}>
        <bdi dir="auto">{title}</bdi>
      </h1>
      {files.length > 0 && (
        <p className="head__facts number">
          {files.length > 1 && (fetched !== null || title !== all) && (
            <span>
              {fetched === null
                ? all
                : t("share.fileList.chosen", { part: fetched.size, all: files.length })}
            </span>
          )}
          <span>{formatBytes(totalBytes)}</span>
        </p>
      )}
    </div>
  );
}
