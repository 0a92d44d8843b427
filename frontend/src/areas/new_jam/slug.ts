const LONGEST = 60;

/** Hebrew letters as they are usually written in addresses; vowels are not marked in Hebrew, so a few are missing. */
const HEBREW: Record<string, string> = {
  א: 'a', ב: 'b', ג: 'g', ד: 'd', ה: 'h', ו: 'v', ז: 'z', ח: 'h', ט: 't', י: 'i', כ: 'k', ך: 'k', ל: 'l', מ: 'm', ם: 'm',
  נ: 'n', ן: 'n', ס: 's', ע: 'a', פ: 'p', ף: 'f', צ: 'ts', ץ: 'ts', ק: 'k', ר: 'r', ש: 'sh', ת: 't',
};

/** An address suggested from a title: small letters, digits and dashes, at most 60; "" when nothing can be made of it. */
export function suggestSlug(title: string): string {
  const latin = [...title.normalize('NFKD').toLowerCase()].map((letter) => HEBREW[letter] ?? letter).join('');
  const dashed = latin.replace(/\p{M}/gu, '').replace(/['’׳״"]/gu, '').replace(/[^a-z0-9]+/g, '-');
  return dashed.slice(0, LONGEST).replace(/^-+|-+$/g, '');
}

/** Whether the server takes an address: 1 to 60 small letters, digits and dashes, none at the ends. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/.test(text);
}

/** The address a jam will have, isolated so that it reads from left to right inside a Hebrew sentence. */
export function shownAddress(host: string, slug: string): string {
  return `\u2066${host}/jam/${slug || '…'}\u2069`;
}
