import type { ComponentProps, ReactNode } from "react";
import "./button.css";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

type Look = {
  /** `solid` for the one main thing to do, `quiet` beside it, `plain` for what is rarely pressed. */
  readonly look?: "solid" | "quiet" | "plain" | "danger";
  readonly size?: "s" | "m" | "l";
  readonly icon?: IconName;
  /** Does nothing for a while, and keeps the focus, which a disabled button would lose. */
  readonly busy?: boolean;
  /** Sends the form that it stands in. */
  readonly submit?: boolean;
  readonly children: ReactNode;
};

/** The class of anything that looks like a button. */
export function buttonClass(look: Look["look"] = "quiet", size: Look["size"] = "m"): string {
  return `button button--${look} button--${size}`;
}

/** A button with words; an icon only ever accompanies them. */
export function Button({
  look,
  size,
  icon,
  submit = false,
  busy = false,
  children,
  onClick,
  ...rest
}: Look & Omit<ComponentProps<"button">, "className" | "type">) {
  return (
    <button
      type={submit ? "submit" : "button"}
      className={buttonClass(look, size)}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      {...rest}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}
