import "./password-needed.css";
import { t } from "../../locales/words.ts";

/** Beside a link that is passed on: it alone opens nothing. */
export function PasswordNeeded() {
  return <p className="password-needed">{t("share.password.needed")}</p>;
}
