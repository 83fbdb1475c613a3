import { useEffect, useRef, useState } from "react";
import { checkConnection } from "../../session/connection-check.ts";
import type { Findings } from "../../session/connection-check.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import "./check.css";
import { t } from "../../locales/words.ts";
import { STEPS, summaryOf, verdictOf } from "./verdict.ts";
import type { Step } from "./verdict.ts";

/** Names what is wrong with a connection, and what has to be changed by whom. */
export function Check({ onHome }: { readonly onHome: () => void }) {
  const [findings, setFindings] = useState<Findings | null>(null);
  /** Counts the checks: each is another run of the effect. */
  const [run, setRun] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    const leaving = new AbortController();
    void checkConnection(setFindings, leaving.signal);
    return () => leaving.abort();
  }, [run]);

  usePageTitle(t("check.pageTitle"));
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const isOver = findings?.isOver === true;
  return (
    <main className="check" data-over={isOver}>
      <h1 className="check__title" ref={heading} tabIndex={-1}>
        {t("check.title")}
      </h1>
      <p className="check__lead">{t("check.lead")}</p>
      <ol className="check__steps">
        {STEPS.map((step) => (
          <StepRow key={step} step={step} findings={findings} />
        ))}
      </ol>
      <p role="status" className="check__summary">
        {t(`check.summary.${summaryOf(findings)}`)}
      </p>
      <div className="check__buttons">
        <Button
          size="l"
          busy={!isOver}
          onClick={() => {
            setFindings(null);
            setRun(run + 1);
          }}
        >
          {isOver ? t("check.again") : t("check.running")}
        </Button>
        <Button size="l" look="plain" onClick={onHome}>
          {t("check.home")}
        </Button>
      </div>
      <Administrator iceUrls={findings?.iceUrls ?? []} />
    </main>
  );
}

function StepRow({ step, findings }: { readonly step: Step; readonly findings: Findings | null }) {
  const { verdict, sentence } = verdictOf(step, findings);
  return (
    <li className={`check__step check__step--${verdict}`} data-step={step} data-verdict={verdict}>
      <span className="check__mark">
        {verdict === "good" && <Icon name="check" />}
        {(verdict === "bad" || verdict === "unsure") && <Icon name="warn" />}
        <span className="visually-hidden">{t(`check.verdicts.${verdict}`)}: </span>
      </span>
      <span>
        <strong className="check__name">{t(`check.steps.${step}`)}</strong>
        {sentence !== null && <span className="check__sentence">{sentence}</span>}
      </span>
    </li>
  );
}

function Administrator({ iceUrls }: { readonly iceUrls: readonly string[] }) {
  const { origin } = location;
  return (
    <details className="check__admin">
      <summary>{t("check.admin.title")}</summary>
      <p>{t("check.admin.lead")}</p>
      <ul>
        <li>{t("check.admin.page", { origin })}</li>
        <li>{t("check.admin.socket", { address: origin.replace(/^http/, "ws") })}</li>
        {iceUrls.map((url) => (
          <li key={url}>{t("check.admin.ice", { url })}</li>
        ))}
        <li>{t("check.admin.peers")}</li>
      </ul>
    </details>
  );
}
