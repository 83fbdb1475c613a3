/** The languages there are besides English; CONTRIBUTING.md says how to add one. */
import type { en } from "./en.ts";
import type { enInvite } from "./en-invite.ts";

/** The plural forms that English hasn't. */
type Form = "zero" | "two" | "few" | "many";

type Translated<Words> = {
  readonly [Key in keyof Words]?: Words[Key] extends string
    ? string
    : Words[Key] extends readonly string[]
      ? readonly string[]
      : Translated<Words[Key]>;
} & { readonly [Key in `${string}_${Form}`]?: string };

/**
 * A language's words: the English keys, and the plural forms that the language has. What it lacks is
 * shown in English.
 */
export type Catalogue = Translated<typeof en & typeof enInvite>;

/** By language tag, "de" or "pt-BR": where its words are. They are fetched only where they are wanted. */
export const LANGUAGES: Readonly<Record<string, () => Promise<{ readonly default: Catalogue }>>> =
  {};
