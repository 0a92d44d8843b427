import { describe, expect, it } from 'vitest';
import type { Numbers } from '../map/documents';
import { momentumRange, ranked, spanOf, sureOf, trendOf } from './figures';

const numbers = (more: Partial<Numbers>): Numbers => ({
  rank: 1, support: 0, supporters: 0, topics: 0, countries: 0, relations: 0, breadth: 0, momentum: 0, novelty: 0, supportOverTime: [], supportByRelation: [], ...more,
});
const over = (before: number, last: number): number[] => [before, ...Array.from({ length: 22 }, () => 0), last];

describe('ranked', () => {
  const themes = [
    { id: 'a', briefing: numbers({ support: 10, novelty: 0.5 }) },
    { id: 'b', briefing: numbers({ support: 30, novelty: 0.5 }) },
    { id: 'c', briefing: numbers({ support: 20, novelty: 0.9 }) },
  ];

  it('is highest first; of equals the one with more support', () => {
    expect(ranked(themes, 'support').map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect(ranked(themes, 'novelty').map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(themes[0]?.id).toBe('a');
  });
});

describe('momentumRange', () => {
  it('is the interval of the ratio of two rates on the log scale', () => {
    const { low, high } = momentumRange(over(100, 40));
    const [ratio, error] = [40.5 / (100.5 / 5), Math.sqrt(1 / 40.5 + 1 / 100.5)];
    expect(low).toBeCloseTo(ratio * Math.exp(-1.96 * error), 10);
    expect(high).toBeCloseTo(ratio * Math.exp(1.96 * error), 10);
  });

  it('counts the last sixth of the buckets as the last', () => {
    const buckets = Array.from({ length: 24 }, (_, index) => (index >= 20 ? 5 : 1));
    const { low, high } = momentumRange(buckets);
    expect(Math.sqrt(low * high)).toBeCloseTo(20.5 / (20.5 / 5), 10);
  });

  it('is wide where there are few votes and finite where there are none', () => {
    const width = ({ low, high }: { low: number; high: number }): number => high / low;
    expect(width(momentumRange(over(5, 2)))).toBeGreaterThan(width(momentumRange(over(500, 200))));
    expect(Number.isFinite(momentumRange(over(0, 0)).high)).toBe(true);
  });

  it('calls a theme rising or fading only when chance would hardly do it', () => {
    expect(trendOf(momentumRange(over(100, 60)))).toBe('rising');
    expect(trendOf(momentumRange(over(100, 5)))).toBe('fading');
    expect(trendOf(momentumRange(over(5, 2)))).toBe('steady');
  });
});

describe('words and spans', () => {
  it('trusts a theme by its overlap', () => {
    expect([0.9, 0.75, 0.74, 0.6, 0.59, 0].map(sureOf)).toEqual(['firm', 'firm', 'fair', 'fair', 'loose', 'loose']);
  });

  it('spans from the doors to now, or to the end of voting', () => {
    const schedule = { ideationAt: 100, reviewAt: 500 };
    expect(spanOf(schedule, 300)).toEqual({ from: 100, to: 300 });
    expect(spanOf(schedule, 900)).toEqual({ from: 100, to: 500 });
    expect(spanOf(schedule, 50)).toBeNull();
    expect(spanOf(null, 300)).toBeNull();
  });
});
