import { useId } from "react";
import type { ReactNode } from "react";
import "./switch.css";

/** Something that is on or off from the moment it is pressed, and what that means. */
export function Switch({
  label,
  hint,
  isOn,
  isDisabled = false,
  onChange,
}: {
  readonly label: string;
  readonly hint: ReactNode;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        className="switch__box"
        checked={isOn}
        aria-checked={isOn}
        disabled={isDisabled}
        aria-describedby={`${id}hint`}
        onChange={({ currentTarget: { checked } }) => onChange(checked)}
      />
      <label htmlFor={id} className="switch__label">
        {label}
      </label>
      <div id={`${id}hint`} className="switch__hint">
        {hint}
      </div>
    </div>
  );
}
