import { describe, expect, it } from 'vitest';
import { birthYears, majorityOf } from './ages';

describe('majorityOf', () => {
  it('is the first of the month after the birthday', () => {
    expect(majorityOf({ year: 2012, month: 5 }, 18)).toBe(Date.UTC(2030, 5, 1));
    expect(new Date(majorityOf({ year: 2012, month: 5 }, 18)).toISOString()).toBe('2030-06-01T00:00:00.000Z');
    expect(new Date(majorityOf({ year: 2012, month: 12 }, 18)).toISOString()).toBe('2031-01-01T00:00:00.000Z');
  });
});

describe('birthYears', () => {
  it('has every year of someone who may take part', () => {
    expect(birthYears(Date.UTC(2026, 10, 22), 13, 18)).toEqual([2013, 2012, 2011, 2010, 2009, 2008]);
  });
});
