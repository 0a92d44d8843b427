import { describe, expect, it } from 'vitest';
import { pixelOf, placesOf, radiiOf, type Frame } from './frame';
import type { MapPoint } from './points';

const frame = (width: number, height: number, isMirrored = false): Frame => ({ width, height, isMirrored });
const point = (x: number, y: number, support = 0): MapPoint => ({ id: `${x} ${y}`, x, y, support, themeId: null, subthemeId: null, title: null, language: null, postedAt: 0 });

describe('the frame of the map', () => {
  it('mirrors across, not down, where the page runs from right to left', () => {
    const [left, top] = pixelOf(frame(700, 600), 0.2, 0.3);
    const [right, same] = pixelOf(frame(700, 600, true), 0.2, 0.3);
    expect(left + right).toBeCloseTo(700);
    expect(same).toBe(top);
  });

  it('holds all of the map, and stretches it at most by 1.35', () => {
    const [left, top] = pixelOf(frame(2000, 600), 0, 0);
    const [right, bottom] = pixelOf(frame(2000, 600), 1, 1);
    expect((right - left) / (bottom - top)).toBeCloseTo(1.35);
    expect((left + right) / 2).toBeCloseTo(1000);
    expect(top).toBeGreaterThan(0);
    expect(bottom).toBeLessThan(600);
  });

  it('gives pixels by turns', () => {
    expect([...placesOf([point(0, 0), point(1, 1)], frame(600, 500))].map(Math.round)).toEqual([26, 26, 574, 448]);
  });

  it('lets the area of a point grow with its support', () => {
    const [none, quarter, all] = radiiOf([point(0, 0), point(0, 0, 25), point(0, 0, 100)], frame(700, 600)) as unknown as [number, number, number];
    expect(quarter - none).toBeCloseTo((all - none) / 2);
    expect(all).toBeLessThanOrEqual(15);
  });

  it('makes points smaller when there are very many', () => {
    const many = radiiOf(Array.from({ length: 46_000 }, () => point(0, 0, 1)), frame(800, 600));
    expect(many[0]).toBe(3);
  });
});
