import { describe, expect, it } from 'vitest';
import { casesOf, neighbour, nextAfter, type Filed } from './cases';

const filed = (id: string, filedAt: number, more: Partial<Filed> = {}): Filed => ({
  id,
  filedAt,
  sameTargetCount: 1,
  outcome: null,
  idea: { id: `idea-of-${id}` },
  comment: null,
  ...more,
});

describe('cases', () => {
  it('hold all open reports on one thing and stand oldest first', () => {
    const idea = { id: 'i1' };
    const cases = casesOf([filed('late', 30, { idea }), filed('other', 20), filed('early', 10, { idea })]);
    expect(cases.map((item) => [item.id, item.reports.map((report) => report.id)])).toEqual([
      ['i1', ['early', 'late']],
      ['idea-of-other', ['other']],
    ]);
    expect(cases[0]?.oldestAt).toBe(10);
  });

  it('are about the comment, not about the idea above it', () => {
    const [only] = casesOf([filed('r', 1, { idea: { id: 'i1' }, comment: { id: 'c1' } })]);
    expect(only?.targetId).toBe('c1');
  });

  it('leave out what is settled', () => {
    expect(casesOf([filed('r', 1, { outcome: 'UPHELD' })])).toEqual([]);
  });

  it('count reports that are not loaded', () => {
    const idea = { id: 'i1' };
    const [only] = casesOf([filed('a', 1, { idea, sameTargetCount: 1 }), filed('b', 2, { idea, sameTargetCount: 7 })]);
    expect(only?.count).toBe(7);
  });

  it('keep a report whose thing can no longer be seen', () => {
    const [only] = casesOf([filed('r', 1, { idea: null })]);
    expect([only?.id, only?.targetId]).toEqual(['r', null]);
  });
});

describe('moving through the queue', () => {
  const list = (...ids: string[]) => ids.map((id) => ({ id }));

  it('goes on to the case that followed', () => {
    expect(nextAfter('b', list('a', 'b', 'c'), list('a', 'c'))).toBe('c');
  });

  it('stays at the end when the last one left', () => {
    expect(nextAfter('c', list('a', 'b', 'c'), list('a', 'b'))).toBe('b');
    expect(nextAfter('a', list('a'), [])).toBeNull();
  });

  it('does not leave the list', () => {
    expect(neighbour(null, ['a', 'b'], 1)).toBe('a');
    expect(neighbour('b', ['a', 'b'], 1)).toBe('b');
    expect(neighbour('a', ['a', 'b'], -1)).toBe('a');
    expect(neighbour('gone', ['a', 'b'], 1)).toBe('a');
    expect(neighbour('a', [], 1)).toBeNull();
  });
});
