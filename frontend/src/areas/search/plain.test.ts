import { describe, expect, it } from 'vitest';
import { plainText } from './plain';

describe('plainText', () => {
  it('is the words without the markup', () => {
    expect(plainText('<p>One &amp; <strong>two</strong></p><p>&lt;three&gt;</p>', 'one')).toBe('One & two <three>');
  });

  it('undoes one level of escaping only', () => {
    expect(plainText('<p>&amp;lt;b&amp;gt;</p>', 'x')).toBe('&lt;b&gt;');
  });

  it('begins shortly before what was sought', () => {
    const cut = plainText(`<p>${'word '.repeat(100)}needle ${'word '.repeat(100)}</p>`, 'NEEDLE');
    expect(cut.startsWith('… word')).toBe(true);
    expect(cut.indexOf('needle')).toBeLessThan(70);
    expect(cut.endsWith('…')).toBe(true);
  });
});
