import { useEffect, useRef, useState } from "react";
import { checkConnection } from "../../session/connection-check.ts";
import type { Findings } from "../../session/connection-check.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import "./check.css";
import { strings } from "./strings.ts";
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

  usePageTitle(strings.pageTitle);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const isOver = findings?.isOver === true;
  return (
    <main className="check" data-over={isOver}>
      <h1 className="check__title" ref={heading} tabIndex={-1}>
        {strings.title}
      </h1>
      <p className="check__lead">{strings.lead}</p>
      <ol className="check__steps">
        {STEPS.map((step) => (
          <StepRow key={step} step={step} findings={findings} />
        ))}
      </ol>
      <p role="status" className="check__summary">
        {strings.summary[summaryOf(findings)]}
      </p>
      <div className="check__buttons">
        <Button
          size="l"
          disabled={!isOver}
          onClick={() => {
            setFindings(null);
            setRun(run + 1);
          }}
        >
          {isOver ? strings.again : strings.running}
        </Button>
        <Button size="l" look="plain" onClick={onHome}>
          {strings.home}
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
        <span className="visually-hidden">{strings.verdicts[verdict]}: </span>
      </span>
      <span>
        <strong className="check__name">{strings.steps[step]}</strong>
        {sentence !== null && <span className="check__sentence">{sentence}</span>}
      </span>
    </li>
  );
}

function Administrator({ iceUrls }: { readonly iceUrls: readonly string[] }) {
  const words = strings.admin;
  const { origin } = location;
  return (
    <details className="check__admin">
      <summary>{words.title}</summary>
      <p>{words.lead}</p>
      <ul>
        <li>{words.page(origin)}</li>
        <li>{words.socket(origin.replace(/^http/, "ws"))}</li>
        {iceUrls.map((url) => (
          <li key={url}>{words.ice(url)}</li>
        ))}
        <li>{words.peers}</li>
      </ul>
    </details>
  );
}
