import { describe, expect, it } from 'vitest';
import { COUNTRIES } from '../me/countries';
import { bubblesOf, WORLD } from './bubbles';

describe('bubblesOf', () => {
  it('knows a place on the map for every country that people can choose', () => {
    const bubbles = bubblesOf(COUNTRIES.map((country) => ({ country, count: 3 })));
    expect(bubbles.map((each) => each.country).sort()).toEqual([...COUNTRIES].sort());
    for (const { x, y } of bubbles) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(WORLD.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(WORLD.height);
    }
  });

  it('gives areas in proportion to the counts, the largest first, and leaves out what it does not know', () => {
    const [israel, france] = bubblesOf([{ country: 'FR', count: 25 }, { country: 'IL', count: 100 }, { country: '??', count: 9 }]);
    expect([israel?.country, france?.country]).toEqual(['IL', 'FR']);
    expect((israel?.radius ?? 0) / (france?.radius ?? 1)).toBeCloseTo(2);
  });

  it('puts countries where they are', () => {
    const at = Object.fromEntries(bubblesOf(['IL', 'US', 'NZ', 'IS'].map((country) => ({ country, count: 3 }))).map((each) => [each.country, each]));
    expect(at['US']!.x).toBeLessThan(at['IS']!.x);
    expect(at['IS']!.x).toBeLessThan(at['IL']!.x);
    expect(at['IL']!.x).toBeLessThan(at['NZ']!.x);
    expect(at['IS']!.y).toBeLessThan(at['IL']!.y);
    expect(at['IL']!.y).toBeLessThan(at['NZ']!.y);
  });
});
