import { describe, expect, it } from 'vitest';
import { HitGrid, nextTowards } from './hit_grid';

const all = (): boolean => true;

describe('HitGrid', () => {
  it('finds the same as looking at every point', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const places = Float32Array.from({ length: 2000 }, () => random() * 500);
    const grid = new HitGrid(places);
    for (let turn = 0; turn < 60; turn += 1) {
      const [x, y] = [random() * 540 - 20, random() * 540 - 20];
      expect(grid.nearest(x, y, 15, (index) => index % 3 > 0)).toBe(naive(places, x, y, 15));
    }
  });

  it('finds nothing out of reach, and nothing that is not accepted', () => {
    const grid = new HitGrid(Float32Array.from([10, 10]));
    expect(grid.nearest(10, 30, 19, all)).toBeNull();
    expect(grid.nearest(10, 30, 20, all)).toBe(0);
    expect(grid.nearest(10, 10, 5, () => false)).toBeNull();
  });
});

function naive(places: Float32Array, x: number, y: number, within: number): number | null {
  let best: number | null = null;
  let least = within ** 2;
  for (let index = 0; index < places.length / 2; index += 1) {
    const far = ((places[2 * index] as number) - x) ** 2 + ((places[2 * index + 1] as number) - y) ** 2;
    if (index % 3 > 0 && far <= least) [best, least] = [index, far];
  }
  return best;
}

describe('nextTowards', () => {
  const places = Float32Array.from([0, 0, 10, 1, 6, 7, 0, 10, -4, 0]);

  it('prefers what is straight ahead', () => {
    expect(nextTowards(places, { x: 0, y: 0 }, 'right', all)).toBe(1);
    expect(nextTowards(places, { x: 0, y: 0 }, 'down', all)).toBe(3);
    expect(nextTowards(places, { x: 0, y: 0 }, 'left', all)).toBe(4);
  });

  it('stays where nothing is ahead', () => {
    expect(nextTowards(places, { x: 0, y: 0 }, 'up', all)).toBeNull();
    expect(nextTowards(places, { x: 0, y: 0 }, 'left', (index) => index !== 4)).toBeNull();
  });
});
