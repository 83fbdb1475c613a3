import { useId } from "react";
import type { KeptDays } from "../../protocol/kept.ts";
import { t } from "../../locales/words.ts";

const CHOICES = [
  { days: 1, word: "day" },
  { days: 3, word: "threeDays" },
  { days: 7, word: "week" },
  { days: 30, word: "month" },
] as const;
/** As the value of an option: there is no null. */
const FOREVER = "forever";

/** How long everything in the list stays. */
export function KeepChoice({
  days,
  isPersisted,
  onChoose,
}: {
  readonly days: KeptDays;
  /** Whether the browser promises not to clear it away; null while unknown. */
  readonly isPersisted: boolean | null;
  readonly onChoose: (days: KeptDays) => void;
}) {
  const id = useId();
  return (
    <div className="shares__keep">
      <label htmlFor={id}>{t("shares.keep.label")}</label>
      <select
        id={id}
        className="field shares__select"
        value={days ?? FOREVER}
        onChange={({ currentTarget: { value } }) =>
          onChoose(CHOICES.find((choice) => `${choice.days}` === value)?.days ?? null)
        }
      >
        {CHOICES.map((choice) => (
          <option key={choice.days} value={choice.days}>
            {t(`shares.keep.days.${choice.word}`)}
          </option>
        ))}
        <option value={FOREVER}>{t("shares.keep.forever")}</option>
      </select>
      <p role="status" className="shares__may-go">
        {days === null && isPersisted === false && t("shares.keep.mayGo")}
      </p>
    </div>
  );
}
