import { describe, expect, it } from 'vitest';
import { layTree, nearest, type Grown } from './tree';

const idea = (id: string, postedAt: number, ...parents: string[]): Grown => ({ id, postedAt, parents: parents.map((parent) => ({ id: parent })) });
const drawn = (ideas: Grown[]) => layTree(ideas).map((row) => [row.idea.id, row.depth, row.stem, row.alsoOn]);

describe('layTree', () => {
  it('hangs each idea under its parent, siblings oldest first', () => {
    const ideas = [idea('young', 4, 'root'), idea('root', 1), idea('old', 2, 'root'), idea('leaf', 5, 'old')];
    expect(drawn(ideas)).toEqual([
      ['root', 0, null, []],
      ['old', 1, 0, []],
      ['leaf', 2, 1, []],
      ['young', 1, 0, []],
    ]);
  });

  it('shows an idea with two parents once, under the older, and names the other', () => {
    const ideas = [idea('a', 1), idea('b', 2), idea('both', 3, 'b', 'a')];
    expect(drawn(ideas)).toEqual([
      ['a', 0, null, []],
      ['both', 1, 0, ['b']],
      ['b', 0, null, []],
    ]);
  });

  it('places everything once even where parents run in a circle', () => {
    const rows = layTree([idea('a', 1, 'b'), idea('b', 2, 'a')]);
    expect(rows.map((row) => row.idea.id).sort()).toEqual(['a', 'b']);
  });

  it('takes an idea whose parent is not shown as a root', () => {
    expect(drawn([idea('child', 2, 'hidden')])).toEqual([['child', 0, null, []]]);
  });
});

describe('nearest', () => {
  const chain = [idea('r', 1), idea('s1', 2, 'r'), idea('s2', 3, 'r'), idea('me', 4, 'r'), idea('mine', 5, 'me')];

  it('keeps the way down to the idea and what grew from it', () => {
    const rows = nearest(layTree(chain), 'me', 3);
    expect(rows.map((row) => [row.idea.id, row.stem])).toEqual([['r', null], ['me', 0], ['mine', 1]]);
  });

  it('is everything when it fits', () => {
    expect(nearest(layTree(chain), 'me', 5)).toHaveLength(5);
  });
});
