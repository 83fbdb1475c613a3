import { Button } from "../../ui/button.tsx";
import type { Action } from "./trouble.ts";
import "./trouble-card.css";

/** The sentence under a title that says what's wrong, and the one thing to do. */
export function TroubleCard({
  sentence,
  action,
  quiet,
  onHome,
}: {
  readonly sentence: string;
  readonly action: Action;
  /** When something else on the page is the main thing to do. */
  readonly quiet: boolean;
  readonly onHome: () => void;
}) {
  return (
    <div className="trouble">
      <p className="trouble__sentence">{sentence}</p>
      {action.kind === "advice" ? (
        <p className="trouble__advice">{action.text}</p>
      ) : (
        <Button
          look={quiet ? "quiet" : "solid"}
          size="l"
          onClick={action.kind === "home" ? onHome : () => window.location.reload()}
        >
          {action.label}
        </Button>
      )}
    </div>
  );
}
