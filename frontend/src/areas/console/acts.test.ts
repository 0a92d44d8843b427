import { describe, expect, it } from 'vitest';
import { actsFor, inverseOf, isMarked, outcomeOf, type Actable } from './acts';

const idea: Actable = { __typename: 'Idea', id: 'i1', status: 'VISIBLE', topic: { id: 't1' }, mergedInto: null, isLocked: true };

describe('what can be done', () => {
  it('with a reported idea that is visible', () => {
    expect(actsFor(idea, true)).toEqual(['dismiss', 'hide', 'remove', 'merge', 'move', 'lock', 'pin', 'feature']);
  });

  it('with a comment, which is neither merged nor moved', () => {
    expect(actsFor({ __typename: 'Comment', id: 'c', status: 'VISIBLE' }, false)).toEqual(['hide', 'remove']);
  });

  it.each([
    ['HIDDEN', ['restore', 'remove']],
    ['REMOVED', ['restore']],
    ['MERGED', ['unmerge', 'hide', 'remove']],
  ] as const)('with an idea that is %s', (status, acts) => {
    expect(actsFor({ ...idea, status }, false)).toEqual(acts);
  });
});

describe('a report', () => {
  it('is upheld by what changes the thing, dismissed by keeping it, and left open by praise', () => {
    expect(outcomeOf({ name: 'hide' })).toBe('UPHELD');
    expect(outcomeOf({ name: 'dismiss' })).toBe('DISMISSED');
    expect(outcomeOf({ name: 'feature', on: true })).toBeNull();
  });

  it('is not upheld by unlocking', () => {
    expect(outcomeOf({ name: 'lock', on: true })).toBe('UPHELD');
    expect(outcomeOf({ name: 'lock', on: false })).toBeNull();
  });
});

describe('undo', () => {
  it('gives back the status that was', () => {
    expect(inverseOf({ name: 'hide' }, idea, 'why')).toEqual({ name: 'restore', reason: 'why' });
    expect(inverseOf({ name: 'remove' }, { ...idea, status: 'HIDDEN' }, 'why')).toEqual({ name: 'hide', reason: 'why' });
    expect(inverseOf({ name: 'restore' }, { ...idea, status: 'REMOVED' }, 'why')).toEqual({ name: 'remove', reason: 'why' });
    expect(inverseOf({ name: 'hide' }, { ...idea, status: 'MERGED' }, 'why')).toEqual({ name: 'restore', reason: 'why' });
  });

  it('unmerges, merges again and moves back', () => {
    expect(inverseOf({ name: 'merge' }, idea, 'why')).toEqual({ name: 'unmerge', reason: 'why' });
    const merged: Actable = { ...idea, status: 'MERGED', mergedInto: { id: 'i2' } };
    expect(inverseOf({ name: 'unmerge' }, merged, 'why')).toEqual({ name: 'merge', intoId: 'i2', reason: 'why' });
    expect(inverseOf({ name: 'move' }, idea, 'why')).toEqual({ name: 'move', topicId: 't1', reason: 'why' });
  });

  it('turns a mark round', () => {
    expect(inverseOf({ name: 'pin', on: true }, idea, 'why')).toEqual({ name: 'pin', on: false, reason: 'why' });
  });

  it('has nothing to do to a thing that was kept', () => {
    expect(inverseOf({ name: 'dismiss' }, idea, 'why')).toBeNull();
  });
});

it('a mark stands or does not', () => {
  expect([isMarked('lock', idea), isMarked('pin', idea), isMarked('hide', idea)]).toEqual([true, false, false]);
});
