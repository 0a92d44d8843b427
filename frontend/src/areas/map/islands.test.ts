import { describe, expect, it } from 'vitest';
import { groundOf, islandsOf } from './islands';

type Pair = [number, number];
const disc = (x: number, y: number, count: number, radius = 40): Pair[] =>
  Array.from({ length: count }, (_, index) => {
    const [angle, far] = [index * 2.399963, radius * Math.sqrt((index + 0.5) / count)];
    return [x + far * Math.cos(angle), y + far * Math.sin(angle)];
  });

describe('islandsOf', () => {
  it('keeps one disc together', () => {
    expect(islandsOf(disc(0, 0, 60)).map((island) => island.length)).toEqual([60]);
  });

  it('parts a theme that lies in two places, the larger first, and leaves out strays', () => {
    const points: Pair[] = [...disc(0, 0, 30), ...disc(400, 0, 60), [200, 500], [-300, 300]];
    expect(islandsOf(points).map((island) => island.length)).toEqual([60, 30]);
  });

  it('takes a few points, and points in one line, as they are', () => {
    expect(islandsOf([])).toEqual([]);
    expect(islandsOf([[1, 2]])).toEqual([[[1, 2]]]);
    expect(islandsOf([[0, 0], [10, 10], [20, 20], [30, 30], [40, 40]])[0]).toHaveLength(5);
  });
});

describe('groundOf', () => {
  it('surrounds its points at the distance asked for', () => {
    const ground = groundOf(disc(100, 100, 80), 10);
    expect(ground?.box.left).toBeGreaterThan(48);
    expect(ground?.box.left).toBeLessThan(56);
    expect(ground?.path).toMatch(/^M\S+C/);
  });

  it('is a disc around a single point, and nothing around none', () => {
    const box = groundOf([[50, 60]], 10)?.box;
    expect(box?.right).toBeCloseTo(60, 0);
    expect(box?.top).toBeCloseTo(50, 0);
    expect(groundOf([], 10)).toBeNull();
  });

  it('has an outline for each island', () => {
    expect(groundOf([...disc(0, 0, 30), ...disc(400, 0, 30)], 8)?.path.match(/M/g)).toHaveLength(2);
  });
});
