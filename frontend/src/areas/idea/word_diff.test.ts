import { describe, expect, it } from 'vitest';
import { wordDiff, type Stretch } from './word_diff';

const only = (parts: Stretch[], ...kinds: Stretch['kind'][]) => parts.filter((part) => kinds.includes(part.kind)).map((part) => part.text).join('');

describe('wordDiff', () => {
  it('marks a word that was replaced', () => {
    expect(wordDiff('The last bus waits', 'The night bus waits')).toEqual([
      { kind: 'same', text: 'The ' },
      { kind: 'removed', text: 'last' },
      { kind: 'added', text: 'night' },
      { kind: 'same', text: ' bus waits' },
    ]);
  });

  it('keeps Hebrew words with their vowels whole', () => {
    const parts = wordDiff('שָׁלוֹם עולם', 'שָׁלוֹם לכם');
    expect(only(parts, 'removed')).toBe('עולם');
    expect(only(parts, 'added')).toBe('לכם');
  });

  it('is one stretch for equal texts and nothing for empty ones', () => {
    expect(wordDiff('same, same', 'same, same')).toEqual([{ kind: 'same', text: 'same, same' }]);
    expect(wordDiff('', '')).toEqual([]);
  });

  it('gives back both texts, whatever they are', () => {
    const texts = ['', 'a', 'one two three', 'three two one', 'one  two\nthree.', 'x one y three z', 'אחת שתיים שלוש'];
    for (const before of texts) {
      for (const after of texts) {
        const parts = wordDiff(before, after);
        expect(only(parts, 'same', 'removed')).toBe(before);
        expect(only(parts, 'same', 'added')).toBe(after);
      }
    }
  });

  it('answers for very long texts too', () => {
    const before = Array.from({ length: 5000 }, (_, index) => `a${index}`).join(' ');
    const after = Array.from({ length: 5000 }, (_, index) => `b${index}`).join(' ');
    const parts = wordDiff(before, after);
    expect(only(parts, 'removed')).toBe(before.slice(0));
    expect(only(parts, 'added')).toBe(after);
  });
});
