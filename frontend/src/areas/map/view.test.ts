import { describe, expect, it } from 'vitest';
import { MOST_ZOOM, WHOLE, between, fitted, kept, moved, toMap, toScreen, zoomedAt } from './view';

const SIZE = { width: 800, height: 600 };

describe('a view of the map', () => {
  it('keeps what is under the pointer where it is while zooming', () => {
    const at = { x: 300, y: 200 };
    const before = toMap(WHOLE, at);
    const view = zoomedAt(WHOLE, 3, at, SIZE);
    expect(view.k).toBe(3);
    expect(toScreen(view, before)).toEqual(at);
  });

  it('never shows what is beyond the edges, nor becomes smaller than the map', () => {
    expect(kept({ k: 0.2, dx: 90, dy: -90 }, SIZE)).toEqual(WHOLE);
    expect(moved({ k: 2, dx: -10, dy: -10 }, { x: 500, y: -5000 }, SIZE)).toEqual({ k: 2, dx: 0, dy: -600 });
    expect(zoomedAt(WHOLE, 1e9, { x: 1, y: 1 }, SIZE).k).toBe(MOST_ZOOM);
  });

  it('fits a box into the middle with room around it', () => {
    const view = fitted({ left: 300, top: 200, right: 500, bottom: 300 }, SIZE, 0);
    expect(view.k).toBe(4);
    expect(toScreen(view, { x: 400, y: 250 })).toEqual({ x: 400, y: 300 });
  });

  it('goes from one view to another and holds still what both show at the same place', () => {
    const to = zoomedAt(WHOLE, 4, { x: 200, y: 100 }, SIZE);
    expect(between(WHOLE, to, 0)).toEqual(WHOLE);
    expect(between(WHOLE, to, 1)).toEqual(to);
    const half = between(WHOLE, to, 0.5);
    expect(half.k).toBe(2);
    expect(toScreen(half, { x: 200, y: 100 })).toEqual({ x: 200, y: 100 });
  });
});
