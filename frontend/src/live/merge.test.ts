import { describe, expect, it } from 'vitest';
import { fresher, merge, type Changes, type Known } from './merge';

interface Thing {
  id: string;
  seq: number;
  count?: number;
  body?: string;
}

const idea = (id: string, seq: number, count = 0): Thing => ({ id, seq, count });

function knowing(seq: number, ideas: Thing[] = [], comments: Thing[] = [], themes: Thing[] = []): Known<Thing, Thing, Thing> {
  return {
    seq,
    idea: (id) => ideas.find((thing) => thing.id === id),
    comment: (id) => comments.find((thing) => thing.id === id),
    theme: (id) => themes.find((thing) => thing.id === id),
  };
}

function tick(fromSeq: number, seq: number, rest: Partial<Changes<Thing, Thing, Thing>> = {}): Changes<Thing, Thing, Thing> {
  return { fromSeq, seq, mustRefetch: false, ideas: [], comments: [], themes: [], removedIds: [], ...rest };
}

/** Fold ticks as the page does. */
function fold(ticks: Changes<Thing, Thing, Thing>[]): { seq: number; ideas: Record<string, Thing> } {
  const ideas = new Map<string, Thing>();
  let seq = 0;
  for (const changes of ticks) {
    const patch = merge({ seq, idea: (id) => ideas.get(id), comment: () => undefined, theme: () => undefined }, changes);
    for (const thing of patch.ideas) ideas.set(thing.id, thing);
    for (const id of patch.removedIds) ideas.delete(id);
    seq = patch.seq;
  }
  return { seq, ideas: Object.fromEntries(ideas) };
}

describe('merge', () => {
  it('takes what is new and names it', () => {
    const patch = merge(knowing(4), tick(4, 6, { ideas: [idea('a', 5)], comments: [idea('c', 6)] }));
    expect(patch).toEqual({
      seq: 6,
      mustRefetch: false,
      ideas: [idea('a', 5)],
      comments: [idea('c', 6)],
      themes: [],
      removedIds: [],
      newIdeaIds: ['a'],
      newCommentIds: ['c'],
    });
  });

  it('replaces totals by the newer ones and calls nothing new', () => {
    const patch = merge(knowing(6, [idea('a', 5, 1)]), tick(6, 9, { ideas: [idea('a', 9, 4)] }));
    expect(patch.ideas).toEqual([idea('a', 9, 4)]);
    expect(patch.newIdeaIds).toEqual([]);
  });

  it('never lets a lower number overwrite a higher one', () => {
    const patch = merge(knowing(9, [idea('a', 9, 4)]), tick(6, 7, { ideas: [idea('a', 7, 2)] }));
    expect(patch.ideas).toEqual([]);
    expect(patch.seq).toBe(9);
  });

  it('keeps fields that only the known version has', () => {
    const known = { ...idea('a', 5, 1), body: 'long text' };
    const patch = merge(knowing(6, [known]), tick(6, 8, { ideas: [idea('a', 8, 2)] }));
    expect(patch.ideas).toEqual([{ id: 'a', seq: 8, count: 2, body: 'long text' }]);
  });

  it('removes what can no longer be seen', () => {
    const patch = merge(knowing(6, [idea('a', 5)]), tick(6, 8, { removedIds: ['a'] }));
    expect(patch.removedIds).toEqual(['a']);
  });

  it('merges themes by id and removes those that no longer stand', () => {
    const known = knowing(6, [], [], [idea('t1', 5, 10), idea('t2', 4, 3)]);
    const patch = merge(known, tick(6, 8, { themes: [idea('t1', 7, 12)], removedIds: ['t2'] }));
    expect(patch.themes).toEqual([idea('t1', 7, 12)]);
    expect(patch.removedIds).toEqual(['t2']);
  });

  it('ignores a removal that a later change has overtaken', () => {
    const patch = merge(knowing(12, [idea('a', 11)]), tick(6, 8, { removedIds: ['a'] }));
    expect(patch.removedIds).toEqual([]);
  });

  it('asks for a refetch when the server says so, and when a tick starts after what is known', () => {
    expect(merge(knowing(3), tick(3, 900, { mustRefetch: true })).mustRefetch).toBe(true);
    expect(merge(knowing(3), tick(7, 9)).mustRefetch).toBe(true);
    expect(merge(knowing(3), tick(2, 9)).mustRefetch).toBe(false);
  });

  it('ends in the same state whatever is repeated or delayed', () => {
    const first = tick(0, 3, { ideas: [idea('a', 1, 1), idea('b', 3, 1)] });
    const second = tick(3, 5, { ideas: [idea('a', 5, 7)] });
    const expected = { seq: 5, ideas: { a: idea('a', 5, 7), b: idea('b', 3, 1) } };
    expect(fold([first, second])).toEqual(expected);
    expect(fold([first, second, first, second])).toEqual(expected);
    expect(fold([second, first])).toEqual(expected);
  });
});

describe('fresher', () => {
  it('fills gaps from the older version only', () => {
    const known = idea('a', 9, 4);
    expect(fresher(known, { id: 'a', seq: 7, count: 2, body: 'text' })).toEqual({ id: 'a', seq: 9, count: 4, body: 'text' });
  });

  it('takes an equal number as the same state with more fields', () => {
    expect(fresher(idea('a', 9, 4), { id: 'a', seq: 9, body: 'text' })).toEqual({ id: 'a', seq: 9, count: 4, body: 'text' });
  });
});
