import { describe, expect, it } from 'vitest';
import { forgetDraft, keepDraft, keptDraft, newerDraft, readDraft, type Draft } from './drafts';

const draft = (title: string, updatedAt: number): Draft => ({ title, body: '', topicId: 't', language: 'en', parentIds: [], updatedAt });

describe('drafts on the device', () => {
  it('are kept for one person in one jam', () => {
    keepDraft('noa', 'green', draft('Buses', 1));
    expect(keptDraft('noa', 'green')).toEqual(draft('Buses', 1));
    expect(keptDraft('uri', 'green')).toBeNull();
    expect(keptDraft('noa', 'blue')).toBeNull();
    forgetDraft('noa', 'green');
    expect(keptDraft('noa', 'green')).toBeNull();
  });
});

describe('readDraft', () => {
  it('takes nothing that is no draft', () => {
    for (const text of [null, undefined, '', 'nonsense', '7', '{}', '{"title": 3, "body": "x"}']) expect(readDraft(text)).toBeNull();
  });

  it('fills in what an older version did not keep', () => {
    expect(readDraft('{"title": "Buses", "body": "late"}')).toEqual({ ...draft('Buses', 0), body: 'late', topicId: '', language: '' });
  });
});

describe('newerDraft', () => {
  it('is the one written last', () => {
    expect(newerDraft(draft('old', 1), draft('new', 2))?.title).toBe('new');
    expect(newerDraft(draft('new', 2), draft('old', 1))?.title).toBe('new');
    expect(newerDraft(null, draft('only', 1))?.title).toBe('only');
    expect(newerDraft(null, null)).toBeNull();
  });

  it('is nothing when the newer one was emptied: posted elsewhere meanwhile', () => {
    expect(newerDraft(draft('posted', 1), draft('', 2))).toBeNull();
  });
});
