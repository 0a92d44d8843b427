import { locale } from './locale.svelte';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const made = new Map<string, unknown>();

/** The page's language as the viewer's device writes it: "en-GB" has other dates than "en-US". */
function regional(code: string): string {
  return navigator.languages.find((language) => language.split('-')[0] === code) ?? code;
}

/** Intl objects are dear to make: one of each language and kind. */
function once<T>(kind: string, make: (code: string) => T): T {
  const key = `${locale.code} ${kind}`;
  if (!made.has(key)) made.set(key, make(regional(locale.code)));
  return made.get(key) as T;
}

/** A whole number with the language's separators: 1,204. */
export function number(value: number): string {
  return once('number', (code) => new Intl.NumberFormat(code)).format(value);
}

/** A number short enough for a chip: 12K. */
export function shortNumber(value: number): string {
  return once('short', (code) => new Intl.NumberFormat(code, { notation: 'compact', maximumFractionDigits: 1 })).format(value);
}

/** A share from 0 to 1 as a percentage without decimals: 18%. */
export function percent(share: number): string {
  return once('percent', (code) => new Intl.NumberFormat(code, { style: 'percent' })).format(share);
}

/** Milliseconds with their unit, as exactly as a measure is: 240 ms, 3.9 ms, 0.1 ms. */
export function milliseconds(value: number): string {
  const digits = { maximumSignificantDigits: 2, maximumFractionDigits: 1, roundingPriority: 'lessPrecision' } as const;
  const make = (code: string) => new Intl.NumberFormat(code, { style: 'unit', unit: 'millisecond', unitDisplay: 'short', ...digits });
  return once('milliseconds', make).format(value);
}

/** A decimal number with at most `digits` digits after the point. */
export function decimal(value: number, digits = 1): string {
  return once(`decimal ${digits}`, (code) => new Intl.NumberFormat(code, { maximumFractionDigits: digits })).format(value);
}

/** Day and time in the viewer's own time zone, from milliseconds since 1970: 22 Nov 2026, 14:05. */
export function dateTime(at: number): string {
  const make = (code: string) => new Intl.DateTimeFormat(code, { dateStyle: 'medium', timeStyle: 'short' });
  return once('dateTime', make).format(at);
}

/** Weekday, day and time without the year: Sunday, 22 November, 14:05. */
export function dayAndTime(at: number): string {
  const make = (code: string) =>
    new Intl.DateTimeFormat(code, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
  return once('dayAndTime', make).format(at);
}

/** The day alone: 22 Nov 2026. */
export function date(at: number): string {
  return once('date', (code) => new Intl.DateTimeFormat(code, { dateStyle: 'medium' })).format(at);
}

/** The time alone: 14:05. */
export function time(at: number): string {
  return once('time', (code) => new Intl.DateTimeFormat(code, { timeStyle: 'short' })).format(at);
}

/** How long ago (or until), in the largest fitting unit: 5 min ago, in 2 hr. */
export function relativeTime(at: number, now: number): string {
  const make = (code: string) => new Intl.RelativeTimeFormat(code, { numeric: 'auto', style: code.startsWith('he') ? 'long' : 'short' });
  const [value, unit] = largestUnit(at - now);
  // Hebrew forms of one and two carry their number twice: "לפני שעתיים (2)".
  return once('relative', make).format(value, unit).replace(/\s*\([^)]*\)$/u, '');
}

function largestUnit(span: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(span);
  if (size < 45 * SECOND) return [0, 'second'];
  if (size < 50 * MINUTE) return [Math.round(span / MINUTE) || Math.sign(span), 'minute'];
  if (size < 22 * HOUR) return [Math.round(span / HOUR) || Math.sign(span), 'hour'];
  if (size < 26 * DAY) return [Math.round(span / DAY) || Math.sign(span), 'day'];
  if (size < 320 * DAY) return [Math.round(span / (30 * DAY)) || Math.sign(span), 'month'];
  return [Math.round(span / (365 * DAY)) || Math.sign(span), 'year'];
}

/** The name of a country code (ISO 3166, "IL") in the page's language; the code itself where unknown. */
export function countryName(code: string): string {
  try {
    return once('country', (language) => new Intl.DisplayNames(language, { type: 'region' })).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The name of a language code in the page's language: "Hebrew". */
export function languageName(code: string): string {
  try {
    return once('language', (language) => new Intl.DisplayNames(language, { type: 'language' })).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Several words as one: "Hebrew, English and French". */
export function list(words: readonly string[]): string {
  return once('list', (code) => new Intl.ListFormat(code, { type: 'conjunction' })).format(words);
}

/** Parts of a countdown in milliseconds, never below zero. */
export function countdownParts(left: number): { days: number; hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.ceil(left / SECOND));
  return {
    days: Math.floor(whole / 86_400),
    hours: Math.floor(whole / 3600) % 24,
    minutes: Math.floor(whole / 60) % 60,
    seconds: whole % 60,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Hours, minutes and seconds of a countdown in milliseconds: "41:07:12". Hours go on past 24. */
export function countdownText(left: number): string {
  const { days, hours, minutes, seconds } = countdownParts(left);
  return `${two(days * 24 + hours)}:${two(minutes)}:${two(seconds)}`;
}

/** A name or number with its unit, which keeps its own direction within a sentence of either (Unicode's isolates). */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
