import { useId } from "react";
import type { Ref } from "react";
import "./password-field.css";

/**
 * Takes a password, which can be looked at; what is wrong with it is said below. Its value is the
 * input's own: what fills fields in for a person doesn't always tell React.
 */
export function PasswordField({
  label,
  show,
  isShown,
  onShow,
  isReadOnly,
  error,
  ref,
}: {
  readonly label: string;
  /** What the button that shows it says, and what it is called. */
  readonly show: { readonly label: string; readonly name: string };
  readonly isShown: boolean;
  readonly onShow: (isShown: boolean) => void;
  readonly isReadOnly: boolean;
  /** Null: nothing. */
  readonly error: string | null;
  /** Whose value it is. */
  readonly ref: Ref<HTMLInputElement>;
}) {
  const id = useId();
  return (
    <div className="password-field">
      <label htmlFor={`${id}field`} className="password-field__label">
        {label}
      </label>
      <div className="password-field__row">
        <input
          ref={ref}
          id={`${id}field`}
          className="password-field__input"
          type={isShown ? "text" : "password"}
          // It is the share's, not an account's: nothing for the browser to remember.
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          readOnly={isReadOnly}
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : `${id}error`}
        />
        <button
          type="button"
          className="password-field__show"
          aria-label={show.name}
          aria-pressed={isShown}
          onClick={() => onShow(!isShown)}
        >
          {show.label}
        </button>
      </div>
      <p role="alert" id={`${id}error`} className="password-field__error">
        {error}
      </p>
    </div>
  );
}
