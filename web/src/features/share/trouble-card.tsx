import type { Session } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import type { Action, ButtonKind } from "./trouble.ts";
import "./trouble-card.css";

/** The sentence under a title that says what's wrong, and the one thing to do. */
export function TroubleCard({
  session,
  sentence,
  action,
  quiet,
  onHome,
  onAgain,
}: {
  readonly session: Session;
  readonly sentence: string;
  readonly action: Action;
  /** When something else on the page is the main thing to do. */
  readonly quiet: boolean;
  readonly onHome: () => void;
  readonly onAgain: () => void;
}) {
  const press: Record<ButtonKind, () => void> = {
    home: onHome,
    reload: () => window.location.reload(),
    retry: () => session.download(),
    resume: () => session.resume(),
    again: onAgain,
  };
  return (
    <div className="trouble">
      <p className="trouble__sentence">{sentence}</p>
      {action.kind === "advice" ? (
        <p className="trouble__advice">{action.text}</p>
      ) : (
        <Button
          data-testid={action.kind === "resume" ? "resume" : undefined}
          look={quiet ? "quiet" : "solid"}
          size="l"
          onClick={press[action.kind]}
        >
          {action.label}
        </Button>
      )}
    </div>
  );
}
