import { describe, expect, it } from 'vitest';
import { reorder } from './order';

const topics = ['a', 'b', 'c'].map((id, position) => ({ id, position }));

describe('reordering', () => {
  it('writes only what changes its place', () => {
    expect(reorder(topics, 0, 1)).toEqual([
      { id: 'b', position: 0 },
      { id: 'a', position: 1 },
    ]);
  });

  it('heals places that are the same', () => {
    const tied = topics.map((topic) => ({ ...topic, position: 0 }));
    expect(reorder(tied, 2, 1)).toEqual([
      { id: 'c', position: 1 },
      { id: 'b', position: 2 },
    ]);
  });

  it('does not go beyond the ends', () => {
    expect(reorder(topics, 0, -1)).toEqual([]);
    expect(reorder(topics, 2, 3)).toEqual([]);
  });
});
