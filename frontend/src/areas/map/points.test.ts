import { describe, expect, it } from 'vitest';
import { byTime, countByTheme, countUntil, histogram, patched, type MapPoint } from './points';

const point = (id: string, postedAt: number, more: Partial<MapPoint> = {}): MapPoint => ({
  id, postedAt, x: 0, y: 0, themeId: null, subthemeId: null, title: `about ${id}`, language: 'en', support: 0, ...more,
});
const ids = (points: readonly MapPoint[]): string => points.map(({ id }) => id).join('');

describe('points in time', () => {
  it('stand oldest first, equals by id', () => {
    expect(ids(byTime([point('c', 5), point('b', 1), point('a', 5)]))).toBe('bac');
  });

  it('are counted until a time, that time included', () => {
    const points = [1, 3, 3, 7].map((at, index) => point(`p${index}`, at));
    expect([0, 1, 2, 3, 6.9, 7, 99].map((at) => countUntil(points, at))).toEqual([0, 1, 1, 3, 3, 4, 4]);
    expect(countUntil([], 5)).toBe(0);
  });

  it('fall into buckets, those outside at the ends', () => {
    const points = [-5, 0, 24, 25, 99, 100, 140].map((at, index) => point(`p${index}`, at));
    expect(histogram(points, 0, 100, 4)).toEqual([3, 1, 0, 3]);
  });

  it('are counted by theme as far as asked', () => {
    const points = [point('a', 1, { themeId: 't' }), point('b', 2), point('c', 3, { themeId: 't' })];
    expect([...countByTheme(points, 2)]).toEqual([['t', 1], [null, 1]]);
  });
});

describe('patched', () => {
  const known = [point('a', 1, { support: 2 }), point('b', 2), point('c', 3)];

  it('replaces, adds and removes, and keeps the order', () => {
    const changes = new Map([['a', point('a', 1, { support: 9 })], ['b', null], ['d', point('d', 2.5)]]);
    const points = patched(known, changes);
    expect(ids(points)).toBe('adc');
    expect(points[0]?.support).toBe(9);
    expect(ids(known)).toBe('abc');
  });

  it('keeps a title that the change does not carry', () => {
    const [first] = patched(known, new Map([['a', point('a', 1, { title: null, language: null })]]));
    expect([first?.title, first?.language]).toEqual(['about a', 'en']);
  });

  it('takes no harm from removing what is not there', () => {
    expect(ids(patched(known, new Map([['z', null]])))).toBe('abc');
  });
});
