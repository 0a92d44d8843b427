import { describe, expect, it } from 'vitest';
import { blend, moves, startOf } from './glide';
import type { MapPoint } from './points';

const point = (id: string): MapPoint => ({ id, x: 0, y: 0, themeId: null, subthemeId: null, title: null, language: null, support: 0, postedAt: 0 });

describe('gliding from one map to the next', () => {
  const before = [point('a'), point('b')];
  const shown = Float32Array.from([1, 2, 3, 4]);
  const points = [point('b'), point('new'), point('a')];
  const target = Float32Array.from([30, 40, 50, 60, 1, 2]);

  it('starts known points where they were shown, new ones at their place', () => {
    expect([...startOf(before, shown, points, target)]).toEqual([3, 4, 50, 60, 1, 2]);
  });

  it('knows whether anything moves', () => {
    expect(moves(startOf(before, shown, points, target), target)).toBe(true);
    expect(moves(target, target)).toBe(false);
  });

  it('ends exactly at the places, and is half way in the middle', () => {
    const start = startOf(before, shown, points, target);
    expect([...blend(start, target, 1)]).toEqual([...target]);
    expect([...blend(start, target, 0)]).toEqual([...start]);
    expect([...blend(start, target, 0.5)].slice(0, 2)).toEqual([16.5, 22]);
  });
});
