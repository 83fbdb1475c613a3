import { t } from "../locales/words.ts";
import { Button } from "../ui/button.tsx";

/** In place of a page whose code can't be fetched: its server is away, and this browser kept nothing. */
export function Unfetched() {
  return (
    <main className="unfetched">
      <h1>{t("app.unfetched.title")}</h1>
      <p role="alert">{t("app.unfetched.sentence")}</p>
      <Button onClick={() => location.reload()}>{t("app.unfetched.action")}</Button>
    </main>
  );
}
