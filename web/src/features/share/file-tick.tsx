import "./file-tick.css";

/** A row's checkbox, which may be half on. */
export function FileTick({
  label,
  state,
  onTick,
}: {
  readonly label: string;
  readonly state: "on" | "off" | "some";
  readonly onTick: (isOn: boolean) => void;
}) {
  return (
    <label className="file-tick">
      <input
        type="checkbox"
        aria-label={label}
        checked={state === "on"}
        ref={(box) => {
          if (box !== null) box.indeterminate = state === "some";
        }}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
    </label>
  );
}
