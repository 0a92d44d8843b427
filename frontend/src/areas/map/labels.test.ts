import { describe, expect, it } from 'vitest';
import { placeLabels, spotsAround, type Label } from './labels';
import type { Box } from './view';

const SIZE = { width: 400, height: 300 };
const label = (id: string, ...spots: [number, number][]): Label => ({ id, width: 80, height: 40, spots: spots.map(([x, y]) => ({ x, y })) });
const nothing = (): number => 0;

describe('placeLabels', () => {
  it('never lets two labels overlap: the more important keeps its place, the other goes elsewhere', () => {
    const placed = placeLabels([label('a', [100, 100]), label('b', [120, 110], [120, 160])], SIZE, nothing);
    expect(placed.get('a')).toEqual({ x: 100, y: 100 });
    expect(placed.get('b')).toEqual({ x: 120, y: 160 });
  });

  it('leaves out what finds no place', () => {
    const placed = placeLabels([label('a', [100, 100]), label('b', [120, 110])], SIZE, nothing);
    expect([...placed.keys()]).toEqual(['a']);
  });

  it('holds over many random labels', () => {
    let seed = 3;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const labels = Array.from({ length: 40 }, (_, index) => label(`l${index}`, [random() * 400, random() * 300], [random() * 400, random() * 300]));
    const spots = [...placeLabels(labels, SIZE, nothing).values()];
    expect(spots.length).toBeGreaterThan(5);
    for (const [index, a] of spots.entries()) {
      for (const b of spots.slice(index + 1)) expect(Math.abs(a.x - b.x) > 80 || Math.abs(a.y - b.y) > 40).toBe(true);
    }
  });

  it('takes the spot that hides least, if it is worth leaving the better one', () => {
    const hides = (box: Box): number => (box.top < 100 ? 50 : 1);
    expect(placeLabels([label('a', [100, 100], [100, 200])], SIZE, hides).get('a')?.y).toBe(200);
    expect(placeLabels([label('a', [100, 100], [100, 200])], SIZE, () => 1).get('a')?.y).toBe(100);
  });

  it('stays within the map, out of reserved boxes, and is silent about what is out of sight', () => {
    expect(placeLabels([label('a', [5, 5])], SIZE, nothing).get('a')).toEqual({ x: 44, y: 24 });
    expect(placeLabels([label('a', [900, 100])], SIZE, nothing).size).toBe(0);
    expect(placeLabels([label('a', [350, 30])], SIZE, nothing, [{ left: 330, right: 400, top: 0, bottom: 150 }]).size).toBe(0);
  });
});

describe('spotsAround', () => {
  it('begins above the box', () => {
    expect(spotsAround({ left: 100, right: 200, top: 50, bottom: 90 }, { width: 60, height: 20 })[0]).toEqual({ x: 150, y: 40 });
  });
});
