/** What counts as a word, in entries as in what people type. */

/** Scripts that put no spaces between words; of them a dictionary finds words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;
/** Accents, but not the vowels that other scripts write as marks. */
const ACCENTS = /[\u0300-\u036f]/gu;

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** The words of a text in their order, without case and accents: "São-Paulo 2" has "sao", "paulo", "2". */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replaceAll(ACCENTS, "").normalize("NFC").toLowerCase();
  const parts = plain.split(BETWEEN_WORDS).filter((part) => part !== "");
  return parts.flatMap((part) => (UNSPACED.test(part) ? segmentsOf(part) : [part]));
}

const segmentsOf = (text: string): string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

/** Whether other words may begin with it: two letters, or one of those that are a word by themselves. */
export const canBegin = (word: string): boolean => word.length > 1 || UNSPACED.test(word);
