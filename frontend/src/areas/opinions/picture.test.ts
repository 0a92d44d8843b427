import { describe, expect, it } from 'vitest';
import { leftOf, letterOf, ovalOf } from './picture';

const placed = { x: 0.25, y: 0.4, radiusX: 0.2, radiusY: 0.001, angle: Math.PI / 2 };

describe('the picture of opinion groups', () => {
  it('stands where the group stands, and is never too thin to see', () => {
    expect(ovalOf(placed, 100, false)).toEqual({ cx: 25, cy: 40, rx: 20, ry: 3, degrees: -90 });
  });

  it('is mirrored with the direction of reading', () => {
    expect(ovalOf(placed, 100, true)).toEqual({ cx: 75, cy: 40, rx: 20, ry: 3, degrees: 90 });
    expect([leftOf(0, 4, 100, false), leftOf(0, 4, 100, true), leftOf(3, 4, 100, true)]).toEqual([0, 75, 0]);
  });

  it('names groups by letters of the language', () => {
    expect([letterOf(0, 'en'), letterOf(1, 'he'), letterOf(9, 'en')]).toEqual(['A', 'ב', '10']);
  });
});
