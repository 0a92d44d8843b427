import { describe, expect, it } from 'vitest';
import { covers } from './scope';

const idea = { language: 'he', topic: { id: 't1' } };
const comment = { language: 'en', idea: { topic: { id: 't1' } } };

describe('a scope', () => {
  it('covers everything where there is none, and what can not be seen any more', () => {
    expect(covers(null, idea)).toBe(true);
    expect(covers({ topicIds: ['t2'], languages: null }, null)).toBe(true);
  });

  it('asks for the topic of an idea, and for that of the idea of a comment', () => {
    expect(covers({ topicIds: ['t1'], languages: null }, idea)).toBe(true);
    expect(covers({ topicIds: ['t2'], languages: null }, idea)).toBe(false);
    expect(covers({ topicIds: ['t1'], languages: null }, comment)).toBe(true);
  });

  it('asks for the language of the thing itself', () => {
    expect(covers({ topicIds: ['t1'], languages: ['he'] }, idea)).toBe(true);
    expect(covers({ topicIds: ['t1'], languages: ['he'] }, comment)).toBe(false);
  });
});
