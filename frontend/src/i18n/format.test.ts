import { afterEach, describe, expect, it } from 'vitest';
import { countdownText, milliseconds, number, relativeTime } from './format';
import { directionOf, locale } from './locale.svelte';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

afterEach(() => locale.choose('en'));

describe('countdownText', () => {
  it('counts hours past a day and never goes below zero', () => {
    expect(countdownText(41 * HOUR + 7 * MINUTE + 12_000)).toBe('41:07:12');
    expect(countdownText(-5)).toBe('00:00:00');
  });

  it('shows 1 until the very end', () => {
    expect(countdownText(1)).toBe('00:00:01');
    expect(countdownText(0)).toBe('00:00:00');
  });
});

describe('relativeTime', () => {
  it('picks the largest fitting unit', () => {
    expect(relativeTime(0, 10_000)).toBe('now');
    expect(relativeTime(0, 5 * MINUTE)).toBe('5 min. ago');
    expect(relativeTime(0, 3 * HOUR)).toBe('3 hr. ago');
    expect(relativeTime(2 * HOUR, 0)).toBe('in 2 hr.');
  });

  it('follows the language of the page', () => {
    locale.choose('he');
    expect(relativeTime(0, 5 * MINUTE)).toBe('לפני 5 דקות');
    expect(relativeTime(0, 2 * HOUR)).toBe('לפני שעתיים');
  });
});

describe('locale', () => {
  it('writes language and direction on the page', () => {
    locale.choose('he');
    expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['he', 'rtl']);
    locale.choose('en');
    expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['en', 'ltr']);
  });

  it('knows the direction of a language with a region', () => {
    expect(directionOf('he-IL')).toBe('rtl');
    expect(directionOf('en-GB')).toBe('ltr');
  });
});

describe('number', () => {
  it('separates thousands', () => {
    expect(number(1204)).toBe('1,204');
  });
});

describe('milliseconds', () => {
  it('are as exact as a measure is', () => {
    expect([0.066, 3.94, 36.4, 1_234].map(milliseconds)).toEqual(['0.1 ms', '3.9 ms', '36 ms', '1,200 ms']);
  });
});
