/** Scripts that tell a language well enough for a first guess, with the letters they are written in. */
const SCRIPTS: readonly [language: string, letters: RegExp][] = [
  ['he', /\p{Script=Hebrew}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['am', /\p{Script=Ethiopic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['zh', /\p{Script=Han}/gu],
];
const LATIN = new Set(['en', 'fr', 'de', 'es', 'pt', 'it', 'nl', 'pl', 'sv', 'tr', 'vi']);

const count = (text: string, letters: RegExp): number => text.match(letters)?.length ?? 0;

/**
 * The language of a text, as its script tells: the one with most letters. Latin letters are `expected` where that is
 * written with them, else English. Without letters it is `expected`.
 */
export function detectLanguage(text: string, expected: string): string {
  const latin = count(text, /\p{Script=Latin}/gu);
  const [language, most] = SCRIPTS.map(([code, letters]) => [code, count(text, letters)] as const).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (most === 0 && latin === 0) return expected;
  // Hebrew and its like borrow names and terms in Latin letters: a third of the letters is enough.
  if (most * 2 >= latin) return language;
  return LATIN.has(expected) ? expected : 'en';
}
