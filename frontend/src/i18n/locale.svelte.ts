import { baseLocale, extractLocaleFromNavigator, isLocale, locales, overwriteGetLocale, overwriteSetLocale, type Locale } from '../paraglide/runtime';

export type { Locale };
export { locales };

const KEY = 'hothouse.locale';
const RIGHT_TO_LEFT = new Set(['he', 'ar', 'fa', 'ur', 'yi']);

/** The names of the languages, each in itself: never translated. */
export const languageNames: Record<Locale, string> = { en: 'English', he: 'עברית' };

/** 'rtl' or 'ltr' for a language code such as "he" or "he-IL". */
export function directionOf(language: string): 'rtl' | 'ltr' {
  return RIGHT_TO_LEFT.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

function remembered(): Locale {
  const asked = new URLSearchParams(location.search).get('lang');
  const stored = localStorage.getItem(KEY);
  if (asked && isLocale(asked)) return asked;
  if (stored && isLocale(stored)) return stored;
  return extractLocaleFromNavigator() ?? baseLocale;
}

class CurrentLocale {
  #locale: Locale = $state(remembered());

  get code(): Locale {
    return this.#locale;
  }

  get direction(): 'rtl' | 'ltr' {
    return directionOf(this.#locale);
  }

  /** Change the language of the page at once, without a reload, and remember it on this device. */
  choose(locale: Locale): void {
    this.#locale = locale;
    localStorage.setItem(KEY, locale);
    this.apply();
  }

  /** Write the language and direction on <html>. */
  apply(): void {
    document.documentElement.lang = this.#locale;
    document.documentElement.dir = this.direction;
  }
}

/** The language of the page. Reading `locale.code` in a component makes it follow a change. */
export const locale = new CurrentLocale();

overwriteGetLocale(() => locale.code);
overwriteSetLocale((next) => locale.choose(next as Locale));
