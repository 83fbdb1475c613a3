/** Every word that people read, in the language that they prefer of those there are. */
import i18next from "i18next";
import type { BackendModule, LanguageDetectorModule } from "i18next";
import { en } from "./en.ts";
import type { enInvite } from "./en-invite.ts";
import { LANGUAGES } from "./languages.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof enInvite };
  }
}

/** English comes with the page; any other language is fetched once it is chosen. */
const FALLBACK = "en";

const catalogues: BackendModule = {
  type: "backend",
  callbackApi: true,
  init: () => undefined,
  read(language, _namespace, answer) {
    const load = LANGUAGES[language];
    if (load === undefined) return answer(new Error(`no words for ${language}`), false);
    // Safe: i18next shows English where words can't be fetched.
    load().then(
      ({ default: words }) => answer(null, words),
      (error: unknown) => answer(error instanceof Error ? error : String(error), false),
    );
  },
};

/** What `chooseLanguage` was given last; i18next asks a plugin for it. */
let wanted: readonly string[] = [FALLBACK];

const preference: LanguageDetectorModule = { type: "languageDetector", detect: () => wanted };

// With English at hand this is done at once: whoever imports `t` can call it.
void i18next
  .use(catalogues)
  .use(preference)
  .init({
    fallbackLng: FALLBACK,
    supportedLngs: [FALLBACK, ...Object.keys(LANGUAGES)],
    // "en-GB" and "de-AT" are spoken with the words of "en" and "de".
    nonExplicitSupportedLngs: true,
    resources: { [FALLBACK]: { translation: en } },
    partialBundledLanguages: true,
    // React escapes.
    interpolation: { escapeValue: false },
  });

/**
 * The words of a key in `en.ts`, with its parameters filled in. Call it while rendering, not while a
 * module is loaded: the language is chosen after that.
 */
export const { t } = i18next;

/** English words that come with a part of the page; called where that is loaded. */
export function addWords(words: object): void {
  i18next.addResourceBundle(FALLBACK, "translation", words, true);
}

/** The tag by which numbers and dates are written: the person's own, "en-GB", where its words are shown. */
export const locale = (): string => i18next.language;

/**
 * Chooses the first preferred language that there is, else English, and fetches its words.
 *
 * @param preferred Language tags, the dearest first, as in `navigator.languages`.
 * @param root Where the page says its language and direction.
 */
export async function chooseLanguage(
  preferred: readonly string[],
  root: Pick<HTMLElement, "lang" | "dir">,
): Promise<void> {
  wanted = preferred;
  await i18next.changeLanguage();
  const language = i18next.resolvedLanguage ?? FALLBACK;
  root.lang = language;
  root.dir = i18next.dir(language);
}
