import { describe, expect, it } from 'vitest';
import { inLanguages, newDraft, writtenTopics } from './draft';

describe('the draft of a jam', () => {
  it('begins in the language of the page, with a plan and room for topics', () => {
    const draft = newDraft('he', ['en', 'he'], Date.now());
    expect([draft.main, draft.languages, draft.slug, draft.topics.length]).toEqual(['he', ['en', 'he'], null, 2]);
    expect(draft.plan.lobbyAt).toMatch(/T09:00$/);
  });

  it('keeps the topics that have a title in the main language', () => {
    const topics: Record<string, string>[] = [{ en: 'Work' }, { he: 'בית' }, { en: ' ' }];
    const draft = { ...newDraft('en', ['en', 'he'], 0), topics };
    expect(writtenTopics(draft)).toEqual([{ en: 'Work' }]);
  });

  it('sends no text of a language that was given up', () => {
    expect(inLanguages({ en: 'Jam', he: 'ג׳אם' }, ['en'])).toEqual({ en: 'Jam' });
  });
});
